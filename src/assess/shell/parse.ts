import { Cursor } from './cursor.js';
import { lex } from './lex.js';
import type { List, Node, Simple } from './nodes.js';
import { plain, type Word } from './words.js';

/** Deeper ones no person wrote. */
const DEEPEST = 60;

/** What a shell text says, tolerant: what is no shell becomes commands that nobody knows. */
export function parse(text: string, firstLine = 1): List {
  const tokens = lex(text, firstLine);
  const parser = new Parser(tokens);
  const out: Node[] = [];
  while (!parser.done()) {
    out.push(...parser.list(new Set()));
    // A closing word without an opening one.
    parser.skip();
  }
  return out;
}

class Parser extends Cursor {
  private depth = 0;

  list(ends: ReadonlySet<string>): Node[] {
    const out: Node[] = [];
    if (++this.depth > DEEPEST) {
      this.at = this.tokens.length;
      return out;
    }
    while (!this.done()) {
      const token = this.tokens[this.at];
      if (token?.kind === 'operator' && [';', '\n', '&'].includes(token.text)) this.at++;
      else if (token?.kind === 'operator' && token.text !== '(') break;
      else if (this.isWord(ends)) break;
      else {
        const before = this.at;
        const node = this.both();
        out.push(this.operator() === '&' ? { kind: 'background', node } : node);
        if (this.at === before) this.at++;
      }
    }
    this.depth--;
    return out;
  }

  private both(): Node {
    const first = this.pipeline();
    const rest: { operator: '&&' | '||'; node: Node }[] = [];
    for (let operator = this.operator(); operator === '&&' || operator === '||'; operator = this.operator()) {
      this.at++;
      this.newlines();
      rest.push({ operator, node: this.pipeline() });
    }
    return rest.length ? { kind: 'both', first, rest } : first;
  }

  private pipeline(): Node {
    let negated = false;
    for (; this.isWord(BEFORE); this.at++) if (this.word() === '!') negated = !negated;
    const parts = [this.command()];
    while (this.operator() === '|' || this.operator() === '|&') {
      this.at++;
      this.newlines();
      parts.push(this.command());
    }
    const [only] = parts;
    return only && parts.length === 1 && !negated ? only : { kind: 'pipeline', parts, negated };
  }

  private command(): Node {
    const word = this.word();
    const node = word === undefined ? undefined : this.compound(word);
    if (node) return this.redirected(node);
    if (this.operator() === '(') {
      if (this.tokens[this.at + 1]?.kind === 'operator' && this.operator(1) === '(') {
        this.arithmetic();
        return { kind: 'simple', words: [], line: 1, written: [] };
      }
      this.at++;
      const body = this.list(new Set());
      if (this.operator() === ')') this.at++;
      return this.redirected({ kind: 'group', body, subshell: true });
    }
    return this.simple();
  }

  private redirected(node: Node): Node {
    const written = this.redirections();
    return written.length ? { kind: 'redirected', node, written } : node;
  }

  private compound(word: string): Node | undefined {
    switch (word) {
      case 'if': {
        const branches: { condition: List; body: List }[] = [];
        let otherwise: List = [];
        do {
          this.at++;
          const condition = this.list(THEN);
          this.expect('then');
          branches.push({ condition, body: this.list(ELSE) });
        } while (this.word() === 'elif');
        if (this.word() === 'else') {
          this.at++;
          otherwise = this.list(FI);
        }
        this.expect('fi');
        return { kind: 'if', branches, otherwise };
      }
      case 'while':
      case 'until': {
        this.at++;
        const condition = this.list(DO);
        return { kind: 'loop', condition, values: [], body: this.loopBody(), until: word === 'until' };
      }
      case 'for':
      case 'select':
        return this.forLoop();
      case 'case':
        return this.caseOf();
      case '{': {
        this.at++;
        const body = this.list(BRACE);
        this.expect('}');
        return { kind: 'group', body, subshell: false };
      }
      case 'function': {
        this.at++;
        const name = this.word() ?? '';
        this.at++;
        return this.functionBody(name);
      }
    }
    const called = this.operator(1) === '(' && this.operator(2) === ')' && /^[\w.:-]+$/.test(word);
    if (!called) return undefined;
    this.at++;
    return this.functionBody(word);
  }

  private functionBody(name: string): Node {
    if (this.operator() === '(') this.at += 2;
    this.newlines();
    if (++this.depth > DEEPEST) this.at = this.tokens.length;
    const body = this.command();
    this.depth--;
    return { kind: 'function', name, body };
  }

  private loopBody(): List {
    this.expect('do');
    const body = this.list(DONE);
    this.expect('done');
    return body;
  }

  private forLoop(): Node {
    this.at++;
    const values: Word[] = [];
    let name: string | undefined;
    if (this.operator() === '(') this.arithmetic();
    else {
      name = this.word();
      this.at++;
      this.newlines();
      if (this.word() === 'in') {
        this.at++;
        for (let token = this.tokens[this.at]; token?.kind === 'word'; token = this.tokens[this.at]) {
          values.push(token);
          this.at++;
        }
      }
    }
    this.newlines();
    const loop = { kind: 'loop', condition: [], values, body: this.loopBody(), until: false } as const;
    return name === undefined ? loop : { ...loop, name };
  }

  private caseOf(): Node {
    this.at++;
    const token = this.tokens[this.at++];
    const word: Word = token?.kind === 'word' ? token : { kind: 'word', parts: [], line: 1 };
    this.newlines();
    this.expect('in');
    const branches: { patterns: Word[]; body: List }[] = [];
    for (;;) {
      this.newlines();
      if (this.done() || this.word() === 'esac') break;
      const before = this.at;
      if (this.operator() === '(') this.at++;
      const patterns: Word[] = [];
      for (let next = this.tokens[this.at]; next; next = this.tokens[this.at]) {
        if (next.kind === 'word') patterns.push(next);
        else if (next.kind !== 'operator' || next.text !== '|') break;
        this.at++;
      }
      if (this.operator() === ')') this.at++;
      const body = this.list(ESAC);
      if (this.operator()?.startsWith(';')) this.at++;
      branches.push({ patterns, body });
      if (this.at === before) this.at++;
    }
    this.expect('esac');
    return { kind: 'case', word, branches };
  }

  private simple(): Simple {
    const words: Word[] = [];
    const written: Word[] = [];
    const line = this.tokens[this.at]?.line ?? 1;
    let input: Simple['input'];
    const test = this.word() === '[[';
    for (let token = this.tokens[this.at]; token; token = this.tokens[this.at]) {
      if (token.kind === 'word') words.push(token);
      else if (token.kind === 'input') input = token;
      else if (token.kind === 'written') written.push(token.word);
      else if (test && token.text !== '\n' && token.text !== ';' && !this.ended(words))
        words.push({
          kind: 'word',
          parts: [{ kind: 'text', text: token.text, quoted: false }],
          line: token.line,
        });
      else break;
      this.at++;
    }
    return { kind: 'simple', words, line, written, ...(input ? { input } : {}) };
  }

  private ended(words: readonly Word[]): boolean {
    const last = words.at(-1);
    return last !== undefined && plain(last) === ']]';
  }
}

/** What stands before a pipeline; `time` is a word of the shell, not a command. */
const BEFORE = new Set(['!', 'time', '-p']);
const THEN = new Set(['then', 'fi']);
const ELSE = new Set(['elif', 'else', 'fi']);
const FI = new Set(['fi']);
const DO = new Set(['do', 'done']);
const DONE = new Set(['done']);
const BRACE = new Set(['}']);
const ESAC = new Set(['esac']);
