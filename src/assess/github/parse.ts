import type { Scalar } from './values.js';

/** An expression of GitHub (`${{ … }}`) as a tree. */
export type Expression =
  | { readonly is: 'literal'; readonly value: Scalar }
  | { readonly is: 'context'; readonly name: string }
  | { readonly is: 'index'; readonly of: Expression; readonly by: Expression | '*' }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: 'not'; readonly of: Expression }
  | { readonly is: 'binary'; readonly by: string; readonly left: Expression; readonly right: Expression };

/** GitHub's own limits are 21,000 characters and 50 levels. */
const LONGEST = 21_000;
const DEEPEST = 50;
const MOST_TOKENS = 3000;

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|([+-]?(?:0x[\da-f]+|0o[0-7]+|\d+(?:\.\d*)?(?:e[+-]?\d+)?)(?![\w-]))|([a-z_][\w-]*)|(&&|\|\||[=!<>]=|[()[\].,!<>*]))/iy;

/** The tree of an expression, without its `${{ }}`; undefined when GitHub would refuse it. */
export function parseExpression(text: string): Expression | undefined {
  if (text.length > LONGEST) return undefined;
  const tokens = tokensOf(text);
  if (!tokens?.length) return undefined;
  const reader = new Reader(tokens);
  const tree = reader.either(0);
  return tree && reader.atEnd() ? tree : undefined;
}

type Token =
  { readonly is: 'value'; readonly value: Scalar } | { readonly is: 'name' | 'sign'; readonly text: string };

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match || tokens.length >= MOST_TOKENS) return undefined;
    const [, quoted, number, name, sign = ''] = match;
    if (quoted !== undefined) tokens.push({ is: 'value', value: quoted.slice(1, -1).replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ is: 'value', value: Number(number) });
    else if (name !== undefined) tokens.push(wordOf(name));
    else tokens.push({ is: 'sign', text: sign });
  }
  return tokens;
}

const WORDS: Readonly<Record<string, Scalar>> = { true: true, false: false, null: null };

function wordOf(name: string): Token {
  return Object.hasOwn(WORDS, name)
    ? { is: 'value', value: WORDS[name] ?? null }
    : { is: 'name', text: name };
}

const COMPARE = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Every method gives undefined where no expression follows. */
class Reader {
  private next = 0;
  constructor(private readonly tokens: readonly Token[]) {}

  atEnd(): boolean {
    return this.next === this.tokens.length;
  }

  either(depth: number): Expression | undefined {
    return this.chain(new Set(['||']), () => this.both(depth));
  }

  private both(depth: number): Expression | undefined {
    return this.chain(new Set(['&&']), () => this.chain(COMPARE, () => this.prefixed(depth)));
  }

  private chain(signs: ReadonlySet<string>, part: () => Expression | undefined): Expression | undefined {
    let left = part();
    for (let sign = this.sign(); left && sign && signs.has(sign); sign = this.sign()) {
      this.next += 1;
      const right = part();
      left = right && { is: 'binary', by: sign, left, right };
    }
    return left;
  }

  private prefixed(depth: number): Expression | undefined {
    if (depth > DEEPEST) return undefined;
    if (!this.takes('!')) return this.postfixed(depth);
    const of = this.prefixed(depth + 1);
    return of && { is: 'not', of };
  }

  private postfixed(depth: number): Expression | undefined {
    let tree = this.primary(depth);
    while (tree) {
      if (this.takes('.')) tree = this.named(tree);
      else if (this.takes('[')) tree = this.bracketed(tree, depth);
      else break;
    }
    return tree;
  }

  private named(of: Expression): Expression | undefined {
    if (this.takes('*')) return { is: 'index', of, by: '*' };
    const token = this.tokens[this.next];
    const name = token?.is === 'name' ? token.text : token?.is === 'value' ? String(token.value) : undefined;
    this.next += 1;
    return name === undefined ? undefined : { is: 'index', of, by: { is: 'literal', value: name } };
  }

  private bracketed(of: Expression, depth: number): Expression | undefined {
    const by = this.takes('*') ? '*' : this.either(depth + 1);
    return by && this.takes(']') ? { is: 'index', of, by } : undefined;
  }

  private primary(depth: number): Expression | undefined {
    if (this.takes('(')) {
      const tree = this.either(depth + 1);
      return this.takes(')') ? tree : undefined;
    }
    const token = this.tokens[this.next];
    if (!token || token.is === 'sign') return undefined;
    this.next += 1;
    if (token.is === 'value') return { is: 'literal', value: token.value };
    if (!this.takes('(')) return { is: 'context', name: token.text.toLowerCase() };
    const args = this.args(depth);
    return args && { is: 'call', name: token.text.toLowerCase(), args };
  }

  private args(depth: number): Expression[] | undefined {
    const args: Expression[] = [];
    if (this.takes(')')) return args;
    do {
      const arg = this.either(depth + 1);
      if (!arg) return undefined;
      args.push(arg);
    } while (this.takes(','));
    return this.takes(')') ? args : undefined;
  }

  private sign(): string | undefined {
    const token = this.tokens[this.next];
    return token?.is === 'sign' ? token.text : undefined;
  }

  private takes(sign: string): boolean {
    if (this.sign() !== sign) return false;
    this.next += 1;
    return true;
  }
}
