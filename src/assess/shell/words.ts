/** A part of a word: text as it stands, a variable, or a command whose output takes its place. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly raw: string;
      readonly fallback?: string;
      readonly quoted: boolean;
    }
  | { readonly kind: 'commands'; readonly text: string; readonly line: number; readonly raw: string };

export interface Word {
  readonly kind: 'word';
  readonly parts: readonly Part[];
  readonly line: number;
}

export const BREAKS: ReadonlySet<string> = new Set(' \t\n;&|()<>');

/** Reads words from where it stands; its methods move `at` on. */
export class WordReader {
  protected at = 0;

  constructor(
    protected readonly text: string,
    protected line: number,
  ) {}

  /** The word that begins here. */
  protected word(): Word {
    const { text } = this;
    const line = this.line;
    const parts: Part[] = [];
    let plainText = '';
    const flush = () => {
      if (plainText) parts.push({ kind: 'text', text: plainText, quoted: false });
      plainText = '';
    };
    while (this.at < text.length) {
      const char = text.charAt(this.at);
      if (char === '\\') {
        if (text[this.at + 1] === '\n') this.skip(this.at + 2);
        else {
          plainText += text.charAt(this.at + 1);
          this.at += 2;
        }
      } else if (char === "'") {
        flush();
        const end = this.closing("'", this.at + 1);
        parts.push({ kind: 'text', text: text.slice(this.at + 1, end), quoted: true });
        this.skip(end + 1);
      } else if (char === '"') {
        flush();
        this.skip(this.at + 1);
        this.doubleQuoted(parts);
      } else if (char === '$' || char === '`') {
        const before = parts.length;
        flush();
        const start = this.at;
        this.dollar(parts, false);
        if (parts.length === before && this.at === start) plainText += text.charAt(this.at++);
      } else if (/^[<>]\(/.test(text.slice(this.at, this.at + 2))) {
        flush();
        const end = closingBracket(text, this.at + 2, '(', ')');
        const raw = `${char}(…)`;
        parts.push({ kind: 'commands', text: text.slice(this.at + 2, end), line: this.line, raw });
        this.skip(end + 1);
      } else if (char === '(' && plainText.endsWith('=') && parts.length === 0) {
        const end = closingBracket(text, this.at + 1, '(', ')');
        plainText += `(${text.slice(this.at + 1, end)})`;
        this.skip(end + 1);
      } else if (BREAKS.has(char)) break;
      else {
        plainText += char;
        this.at++;
      }
    }
    flush();
    if (this.at === 0 && parts.length === 0) this.at++;
    return { kind: 'word', parts, line };
  }

  private doubleQuoted(parts: Part[]): void {
    const { text } = this;
    let run = '';
    const before = parts.length;
    const flush = () => {
      if (run) parts.push({ kind: 'text', text: run, quoted: true });
      run = '';
    };
    while (this.at < text.length && text[this.at] !== '"') {
      const char = text.charAt(this.at);
      if (char === '\\' && '"\\$`\n'.includes(text.charAt(this.at + 1))) {
        if (text[this.at + 1] !== '\n') run += text.charAt(this.at + 1);
        this.skip(this.at + 2);
      } else if (char === '$' || char === '`') {
        flush();
        const start = this.at;
        this.dollar(parts, true);
        if (this.at === start) run += text.charAt(this.at++);
      } else {
        run += char;
        this.skip(this.at + 1);
      }
    }
    flush();
    if (parts.length === before) parts.push({ kind: 'text', text: '', quoted: true });
    this.at++;
  }

  /** `$name`, `${…}`, `$(…)`, and what other programs fill in before the shell sees it: `${{ … }}`. */
  private dollar(parts: Part[], quoted: boolean): void {
    const { text, at } = this;
    const rest = text.slice(at, at + 3);
    const raw = (open: number, close: string) => {
      const end = text.indexOf(close, at + open);
      const stop = end === -1 ? text.length : end + close.length;
      parts.push({ kind: 'text', text: text.slice(at, stop), quoted: true });
      this.skip(stop);
    };
    if (rest === '${{') raw(3, '}}');
    else if (rest === '$[[') raw(3, ']]');
    else if (rest === '$((') raw(3, '))');
    else if (rest.startsWith('$(')) {
      const end = closingBracket(text, at + 2, '(', ')');
      parts.push({ kind: 'commands', text: text.slice(at + 2, end), line: this.line, raw: '$(…)' });
      this.skip(end + 1);
    } else if (rest.startsWith('`')) {
      const end = this.closing('`', at + 1);
      parts.push({ kind: 'commands', text: text.slice(at + 1, end), line: this.line, raw: '$(…)' });
      this.skip(end + 1);
    } else if (rest.startsWith('${')) {
      const end = closingBracket(text, at + 2, '{', '}');
      const inner = text.slice(at + 2, end);
      const found = /^[!#]?(\w+(?:\[[^\]]{0,40}\])?|[@*#?$!-])(?::?[-=]([\s\S]*)|:?[?+][\s\S]*)?$/.exec(
        inner,
      );
      const fallback = found?.[2];
      parts.push({
        kind: 'variable',
        name: found && !/^[!#]./.test(inner) && !/^\w+:?\+/.test(inner) ? (found[1] ?? '') : '',
        raw: `\${${inner.slice(0, 200)}}`,
        quoted,
        ...(fallback === undefined ? {} : { fallback }),
      });
      this.skip(end + 1);
    } else if (rest.startsWith("$'") && !quoted) {
      const end = this.closing("'", at + 2);
      parts.push({ kind: 'text', text: text.slice(at + 2, end), quoted: true });
      this.skip(end + 1);
    } else {
      const name = /^(?:[A-Za-z_]\w{0,200}|[\d@*#?$!-])/.exec(text.slice(at + 1, at + 202))?.[0];
      if (!name) return;
      parts.push({ kind: 'variable', name, raw: `$${name}`, quoted });
      this.at += name.length + 1;
    }
  }

  protected endOfLine(): number {
    const end = this.text.indexOf('\n', this.at);
    return end === -1 ? this.text.length : end;
  }

  protected closing(char: string, from: number): number {
    const end = this.text.indexOf(char, from);
    return end === -1 ? this.text.length : end;
  }

  protected skip(to: number): void {
    for (let index = this.at; index < to && index < this.text.length; index++)
      if (this.text[index] === '\n') this.line++;
    this.at = to;
  }
}

/** The text of a word that holds nothing but text. */
export function plain(word: Word): string | undefined {
  let out = '';
  for (const part of word.parts) {
    if (part.kind !== 'text') return undefined;
    out += part.text;
  }
  return out;
}

/** `case x in`, where a command begins. */
const CASE = /(?<=[;&|({\n][ \t]*|\b(?:then|do|else)[ \t]+)case[ \t][^\n;]{1,200}?[ \t]in(?=\s)/y;
const ESAC = /(?<=[\s;])esac(?![\w-])/y;

/** Where a bracket closes that was opened before `from`; quotes and what they hold are passed over. */
export function closingBracket(text: string, from: number, open: string, close: string): number {
  const quotes: string[] = [];
  let depth = 1;
  const depths: number[] = [];
  // How deep each `case` stands whose patterns end with a bracket that nothing opened.
  const cases: string[] = [];
  const standsAt = (pattern: RegExp, at: number): boolean => {
    pattern.lastIndex = at;
    return pattern.test(text);
  };
  const place = (): string => `${quotes.length} ${depths.at(-1) ?? depth}`;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    const quote = quotes.at(-1);
    if (open === '(' && (quote === undefined || quote === '(')) {
      if (char === 'c' && standsAt(CASE, at)) cases.push(place());
      else if (char === 'e' && cases.length > 0 && standsAt(ESAC, at)) cases.pop();
      else if (char === ')' && cases.at(-1) === place()) continue;
    }
    if (char === '\\' && quote !== "'") at++;
    else if (quote === "'") {
      if (char === "'") quotes.pop();
    } else if (quote === '"' && char === '$' && text[at + 1] === '(') {
      // A substitution inside quotes has quotes of its own.
      quotes.push('(');
      depths.push(1);
      at++;
    } else if (char === '"') {
      if (quote === '"') quotes.pop();
      else quotes.push('"');
    } else if (quote === '"') continue;
    else if (char === "'") quotes.push("'");
    else if (quote === '(') {
      const inner = (depths.at(-1) ?? 1) + (char === '(' ? 1 : char === ')' ? -1 : 0);
      depths[depths.length - 1] = inner;
      if (inner === 0) {
        quotes.pop();
        depths.pop();
      }
    } else if (char === open) depth++;
    else if (char === close && --depth === 0) return at;
  }
  return text.length;
}
