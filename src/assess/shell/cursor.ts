import type { Token } from './lex.js';
import type { Word } from './words.js';

/** Where a parser is among its tokens. */
export class Cursor {
  protected at = 0;

  constructor(protected readonly tokens: readonly Token[]) {}

  done(): boolean {
    return this.at >= this.tokens.length;
  }

  skip(): void {
    this.at++;
  }

  /** What a compound command is written to. */
  protected redirections(): Word[] {
    const out: Word[] = [];
    for (let token = this.tokens[this.at]; token; token = this.tokens[++this.at]) {
      if (token.kind === 'written') out.push(token.word);
      else if (token.kind !== 'input') break;
    }
    return out;
  }

  /** Passes over `((…))`. */
  protected arithmetic(): void {
    let depth = 0;
    do {
      const operator = this.operator();
      if (operator === '(') depth++;
      else if (operator === ')') depth--;
      else if (operator === '\n') return;
      this.at++;
    } while (depth > 0 && !this.done());
  }

  protected newlines(): void {
    while (this.operator() === '\n' || this.operator() === ';') this.at++;
  }

  protected expect(word: string): void {
    this.newlines();
    if (this.word() === word) this.at++;
  }

  protected operator(ahead = 0): string | undefined {
    const token = this.tokens[this.at + ahead];
    return token?.kind === 'operator' ? token.text : undefined;
  }

  /** A keyword is one only when it is not quoted. */
  protected word(): string | undefined {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word' || token.parts.length !== 1) return undefined;
    const [part] = token.parts;
    return part?.kind === 'text' && !part.quoted ? part.text : undefined;
  }

  protected isWord(words: ReadonlySet<string>): boolean {
    const word = this.word();
    return word !== undefined && words.has(word);
  }
}
