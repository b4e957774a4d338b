import { BREAKS, plain, type Word, WordReader } from './words.js';

export type Token =
  | Word
  | { readonly kind: 'operator'; readonly text: string; readonly line: number }
  /** What is written into a command's input: a heredoc, which is text and no command. */
  | { readonly kind: 'input'; readonly text: string; readonly line: number }
  | { readonly kind: 'written'; readonly word: Word; readonly line: number };

const OPERATORS = ['&&', '||', ';;&', ';;', ';&', '|&', '&', '|', ';', '(', ')', '\n'];

/** The tokens of a shell text; tolerant: what is never closed ends with the text. Comments are left out. */
export function lex(text: string, firstLine = 1): Token[] {
  return new Lexer(text.replaceAll('\r\n', '\n'), firstLine).tokens();
}

/** One pass over the text; methods move `at` on. */
class Lexer extends WordReader {
  private readonly out: Token[] = [];
  private heredocs: { end: string; dashed: boolean; index: number }[] = [];

  tokens(): Token[] {
    while (this.at < this.text.length) this.next();
    return this.out;
  }

  private next(): void {
    const { text } = this;
    const char = text.charAt(this.at);
    if (char === ' ' || char === '\t' || char === '\r') this.at++;
    else if (char === '\\' && /^\\\r?\n/.test(text.slice(this.at, this.at + 3)))
      this.skip(text.indexOf('\n', this.at) + 1);
    else if (char === '#') this.at = this.endOfLine();
    else if (char === '<' || char === '>' || (char === '&' && text[this.at + 1] === '>')) this.redirection();
    else {
      const operator = OPERATORS.find((one) => text.startsWith(one, this.at));
      if (operator) this.operator(operator);
      else this.out.push(this.word());
    }
  }

  private operator(operator: string): void {
    this.out.push({ kind: 'operator', text: operator, line: this.line });
    this.skip(this.at + operator.length);
    if (operator === '\n') this.readHeredocs();
  }

  private redirection(): void {
    const { text } = this;
    const process = /^[<>]\(/.test(text.slice(this.at, this.at + 2));
    if (process) {
      this.out.push(this.word());
      return;
    }
    const operator =
      /^(?:<<<|<<-|<<|<>|>>|>\||&>>|&>|[<>]&|[<>])/.exec(text.slice(this.at, this.at + 3))?.[0] ?? '<';
    this.at += operator.length;
    const last = this.out.at(-1);
    // `2>file`: the number is no argument.
    if (
      last?.kind === 'word' &&
      /\d/.test(text.charAt(this.at - operator.length - 1)) &&
      /^\d$/.test(plain(last) ?? '')
    )
      this.out.pop();
    while (text[this.at] === ' ' || text[this.at] === '\t') this.at++;
    if (
      this.at >= text.length ||
      (BREAKS.has(text.charAt(this.at)) && !/^[<>]\(/.test(text.slice(this.at, this.at + 2)))
    )
      return;
    const line = this.line;
    const word = this.word();
    if (operator === '<<' || operator === '<<-') {
      this.heredocs.push({ end: plain(word) ?? '', dashed: operator === '<<-', index: this.out.length });
      this.out.push({ kind: 'input', text: '', line });
    } else if (operator.includes('>') && !operator.endsWith('&'))
      this.out.push({ kind: 'written', word, line });
    else if (word.parts.some(({ kind }) => kind === 'commands'))
      this.out.push({ kind: 'written', word, line });
  }

  private readHeredocs(): void {
    for (const { end, dashed, index } of this.heredocs) {
      const line = this.line;
      const start = this.at;
      let stop = this.text.length;
      while (this.at < this.text.length) {
        const lineStart = this.at;
        const lineEnd = this.endOfLine();
        const whole = this.text.slice(lineStart, lineEnd).replace(/\r$/, '');
        this.skip(Math.min(lineEnd + 1, this.text.length));
        if ((dashed ? whole.replace(/^\t+/, '') : whole.trim()) === end) {
          stop = lineStart;
          break;
        }
      }
      this.out[index] = { kind: 'input', text: this.text.slice(start, stop), line };
    }
    this.heredocs = [];
  }
}
