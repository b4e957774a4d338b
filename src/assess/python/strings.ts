import { FORMAT, Lexer, STRING, Unread } from './lexer.js';
import { Branch, branch } from './tree.js';

/** Deeper nesting than any person writes. */
const DEEPEST = 200;

/** Text between quotes, with the expressions that a format string fills in. */
export abstract class Strings extends Lexer {
  private depth = 0;

  /** Expressions side by side. */
  protected abstract list(): Branch[];

  protected deeper<T>(read: () => T): T {
    if (++this.depth > DEEPEST) throw new Unread();
    const made = read();
    this.depth--;
    return made;
  }

  /** One, or several side by side. */
  protected strings(): Branch {
    const first = this.string();
    if (this.kind !== STRING && this.kind !== FORMAT) return first;
    const made = branch('ContinuedString', first);
    while (this.kind === STRING || this.kind === FORMAT) made.add(this.string());
    return made;
  }

  private string(): Branch {
    return this.kind === STRING ? this.leaf('String') : this.format();
  }

  private format(): Branch {
    const { text, word: quote } = this;
    const made = new Branch('FormatString', this.from, this.to);
    for (;;) {
      const char = text.charAt(this.to);
      if (char === '' || (char === '\n' && quote.length === 1)) throw new Unread();
      if (text.startsWith(quote, this.to)) break;
      // `\N{BULLET}` fills nothing in.
      if (text.startsWith('\\N{', this.to)) this.to = text.indexOf('}', this.to) + 1 || text.length;
      else if (char === '\\') this.to += text.charAt(this.to + 1) === '{' ? 1 : 2;
      else if (char !== '{') this.to++;
      else if (text.charAt(this.to + 1) === '{') this.to += 2;
      else this.filled(made, quote);
    }
    made.to = this.to += quote.length;
    this.next();
    return made;
  }

  /** `{value!r:format}` in a format string. */
  private filled(into: Branch, quote: string): void {
    const { text } = this;
    this.to++;
    const outside = this.open;
    this.open = outside + 1;
    this.next();
    this.deeper(() => {
      for (const part of this.list()) into.add(part);
    });
    if (this.is('=')) this.next();
    if (this.is('!')) {
      this.next();
      this.next();
    }
    if (this.is(':') || this.is(':=')) {
      for (this.to = this.from + 1; text.charAt(this.to) !== '}';) {
        if (text.charAt(this.to) === '{') this.filled(into, quote);
        else if (this.to >= text.length || text.startsWith(quote, this.to)) throw new Unread();
        else this.to++;
      }
      this.to++;
    } else if (!this.is('}')) throw new Unread();
    this.open = outside;
  }
}
