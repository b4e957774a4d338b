/** Columns of a line that Prettier fills before it breaks. */
const WIDTH = 80;

/**
 * JSON as Prettier 3 prints a `.json` file, so that a team that formats its repository changes nothing of ours: objects
 * on lines of their own, a list on one line when it fits, one of numbers filled line by line.
 */
export const prettyJson = (value: unknown): string => printed(value, 0, 0) + '\n';

/**
 * @param depth how deep the value stands
 * @param taken columns of its line that are taken already, by the indentation, the key and the comma behind
 */
function printed(value: unknown, depth: number, taken: number): string {
  if (Array.isArray(value)) return list(value, depth, taken);
  if (typeof value !== 'object' || value === null) return scalar(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const indent = '  '.repeat(depth + 1);
  return block('{', '}', depth, entries, ([key, each], comma) => {
    const start = `${indent}${JSON.stringify(key)}: `;
    return start + printed(each, depth + 1, widthOf(start) + comma.length) + comma;
  });
}

function list(values: readonly unknown[], depth: number, taken: number): string {
  const flat = values.some(isFull) ? undefined : `[${values.map(flatly).join(', ')}]`;
  if (flat !== undefined && !breaks(values) && taken + widthOf(flat) <= WIDTH) return flat;
  const indent = '  '.repeat(depth + 1);
  if (values.length > 1 && values.every((each) => typeof each === 'number'))
    return `[\n${filled(values, indent)}\n${'  '.repeat(depth)}]`;
  return block('[', ']', depth, values, (each, comma) => {
    return indent + printed(each, depth + 1, indent.length + comma.length) + comma;
  });
}

function block<T>(
  open: string,
  close: string,
  depth: number,
  entries: readonly T[],
  line: (entry: T, comma: string) => string,
): string {
  if (!entries.length) return open + close;
  const lines = entries.map((entry, at) => line(entry, at < entries.length - 1 ? ',' : ''));
  return `${open}\n${lines.join('\n')}\n${'  '.repeat(depth)}${close}`;
}

/** Numbers, as many to a line as it holds. */
function filled(values: readonly number[], indent: string): string {
  const lines: string[] = [];
  values.forEach((value, at) => {
    const text = scalar(value) + (at < values.length - 1 ? ',' : '');
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(indent + text);
  });
  return lines.join('\n');
}

/** Holds an object with a key, which always breaks. */
const isFull = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(isFull) || breaks(value)
    : typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** Lists of two and more stand one below the other, however short. */
const breaks = (values: readonly unknown[]): boolean =>
  values.length > 1 && values.every((each) => Array.isArray(each) && each.length > 1);

const flatly = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(flatly).join(', ')}]` : scalar(value);

/** An object here has no keys. */
const scalar = (value: unknown): string =>
  typeof value === 'number' ? JSON.stringify(value).replace('e+', 'e') : JSON.stringify(value);

/** Columns that a text takes up in a terminal: none for a mark on the letter before, two for a wide letter or a picture. */
function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  const plain = text.replace(PICTURE, () => ((width += 2), ''));
  for (const char of plain) width += NONE.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

const NONE = /[\p{Nonspacing_Mark}\p{Enclosing_Mark}\u0080-\u009f\u007f]/u;
/** By the constructor: TypeScript knows the flag from ES2024 on, Node from 20. */
const PICTURE = new RegExp(String.raw`\p{RGI_Emoji}`, 'gv');
const WIDE =
  /[\u1100-\u115f\u261d\u2329\u232a\u2630-\u2637\u268a-\u268f\u26f9\u270c\u270d\u2e80-\u303e\u3041-\u3247\u3250-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{1f3cb}\u{1f3cc}\u{1f574}\u{1f575}\u{1f590}\u{20000}-\u{3fffd}]/u;
