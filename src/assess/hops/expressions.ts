/** One argument of a call as it is written. */
export interface Argument {
  readonly key?: string;
  readonly text: string;
}

/** What an expression of Python is, as far as its text and constants say; unknown parts are written `{…}`. */
export type Lookup = (name: string) => string | undefined;

const DEEPEST = 8;

/** The arguments of a call, split at the commas that part them; tolerant of a text that was cut off. */
export function argumentsOf(text: string): Argument[] {
  return split(text, ',').map((part) => {
    const named = /^\s*([A-Za-z_]\w*)\s*=(?!=)([\s\S]*)$/.exec(part);
    return named?.[1] ? { key: named[1], text: (named[2] ?? '').trim() } : { text: part.trim() };
  });
}

/** The words that an argument list makes: strings, lists and what is spread, in order. */
export function wordsOf(text: string, lookup: Lookup, depth = 0): string[] {
  const expression = text.trim().replace(/^\*\s*/, '');
  if (expression === '' || depth > DEEPEST) return [];
  const inside = bracketed(expression);
  if (inside !== undefined) {
    const parts = split(inside.text, ',').filter((part) => part.trim() !== '');
    if (
      inside.open === '[' ||
      parts.length > 1 ||
      /,\s*$/.test(inside.text) ||
      inside.text.trim().startsWith('*')
    )
      return parts.flatMap((part) => wordsOf(part, lookup, depth + 1));
    return wordsOf(inside.text, lookup, depth + 1);
  }
  const literal = stringOf(expression, lookup);
  if (literal !== undefined) return [literal];
  const splitting = /^(?:shlex\.split\(([\s\S]*)\)|([\s\S]+)\.split\(\s*\))$/.exec(expression);
  if (splitting)
    return wordsOf(splitting[1] ?? splitting[2] ?? '', lookup, depth + 1).flatMap((one) => one.split(/\s+/));
  const sum = split(expression, '+');
  if (sum.length > 1) {
    const parts = sum.map((part) => wordsOf(part, lookup, depth + 1));
    const lists = sum.some((part) => bracketed(part.trim())?.open === '[');
    return lists ? parts.flat() : [parts.map((part) => part.join(' ')).join('')];
  }
  if (/^[A-Za-z_]\w*$/.test(expression)) {
    const value = lookup(expression);
    if (value !== undefined && depth < DEEPEST) return wordsOf(value, lookup, depth + 3);
  }
  const path = pathOf(expression, lookup, depth);
  return [path ?? `{${expression.replace(/\s+/g, ' ').slice(0, 80)}}`];
}

/** `str(ROOT / "src")`, `Path("a", "b")`, `os.path.join(...)`: the parts that are plain text. */
function pathOf(text: string, lookup: Lookup, depth: number): string | undefined {
  const call =
    /^(?:str|Path|PurePath|pathlib\.Path|os\.path\.join|os\.fspath|PurePosixPath)\(([\s\S]*)\)(?:\.(?:resolve|absolute|as_posix)\(\))*$/.exec(
      text,
    );
  const parts = call ? split(call[1] ?? '', ',') : split(text, '/');
  if (!call && parts.length < 2) return undefined;
  const words = parts.map((part) => wordsOf(part, lookup, depth + 1).join(' '));
  const known = words.filter((word) => !/^\{/.test(word));
  const last = words.at(-1);
  if (last === undefined || last.startsWith('{') || known.length === 0) return undefined;
  return known.join('/').replace(/\/+/g, '/');
}

/** The text of a string literal, also of several side by side; what an f-string fills in stays in braces. */
export function stringOf(text: string, lookup: Lookup): string | undefined {
  let at = 0;
  let out = '';
  let found = false;
  const literal = /\s*([rRbBuUfF]{0,2})("""|'''|"|')/y;
  while (at < text.length) {
    literal.lastIndex = at;
    const start = literal.exec(text);
    if (!start) return text.slice(at).trim() === '' && found ? out : undefined;
    const quote = start[2] ?? '"';
    const from = literal.lastIndex;
    let end = from;
    while (end < text.length && !text.startsWith(quote, end)) end += text[end] === '\\' ? 2 : 1;
    const body = text
      .slice(from, end)
      .replace(/\\(["'\\])/g, '$1')
      .replace(/\\[nt]/g, ' ');
    out += /f/i.test(start[1] ?? '') ? filled(body, lookup) : body;
    found = true;
    at = end + quote.length;
  }
  return found ? out : undefined;
}

const filled = (text: string, lookup: Lookup): string =>
  text.replace(/\{(\w+)(?:![rsa])?\}/g, (whole, name: string) => {
    const value = lookup(name);
    return (value === undefined ? undefined : stringOf(value, () => undefined)) ?? whole;
  });

/** What stands inside the one pair of brackets that an expression is. */
function bracketed(text: string): { open: string; text: string } | undefined {
  const open = text[0];
  if (open !== '[' && open !== '(') return undefined;
  const parts = split(text.slice(1), open === '[' ? ']' : ')', true);
  const rest = text.slice(1 + (parts[0]?.length ?? 0) + 1);
  return rest.trim() === '' ? { open, text: parts[0] ?? '' } : undefined;
}

/** Parts of a text between one sign, where it stands in no bracket or string; `once` gives only what is before. */
function split(text: string, sign: string, once = false): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") {
      const quote = text.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
      at += quote.length;
      while (at < text.length && !text.startsWith(quote, at)) at += text[at] === '\\' ? 2 : 1;
      at += quote.length - 1;
    } else if (depth === 0 && char === sign) {
      parts.push(text.slice(start, at));
      if (once) return parts;
      start = at + 1;
    } else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
  }
  return [...parts, text.slice(start)];
}
