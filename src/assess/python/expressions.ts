import { FORMAT, NAME, NUMBER, OPERATOR, STRING, Unread } from './lexer.js';
import { LEVELS, NOT, RESERVED, UNARY } from './operators.js';
import { Strings } from './strings.js';
import { Branch, branch } from './tree.js';

export class Expressions extends Strings {
  readonly binds: Branch[] = [];

  protected test(): Branch {
    if (this.is('lambda')) return this.lambda();
    const left = this.binary(0);
    if (!this.is('if')) return left;
    const made = branch('ConditionalExpression', left, this.leaf('if'), this.binary(0));
    return made.add(this.expect('else')).add(this.test());
  }

  /** One that `:=` may give a name. */
  protected named(): Branch {
    const left = this.test();
    if (!this.is(':=')) return left;
    const made = branch('NamedExpression', left, this.leaf('AssignOp'), this.test());
    this.binds.push(made);
    return made;
  }

  private binary(least: number): Branch {
    let left = this.prefixed();
    for (;;) {
      const level = this.kind === OPERATOR || this.kind === NAME ? LEVELS.get(this.word) : undefined;
      if (!level || level[0] < least) return left;
      const [binds, name] = level;
      const made = branch('BinaryExpression', left);
      const first = this.word;
      made.add(this.leaf(name));
      if (first === 'not') made.add(this.expect('in'));
      else if (first === 'is' && this.is('not')) made.add(this.leaf('not'));
      left = made.add(this.binary(first === '**' ? UNARY : binds + 1));
    }
  }

  private prefixed(): Branch {
    if (this.is('not')) {
      const not = this.leaf('not');
      return branch(
        'UnaryExpression',
        not,
        this.deeper(() => this.binary(NOT)),
      );
    }
    if (this.kind === OPERATOR && (this.word === '-' || this.word === '+' || this.word === '~')) {
      const sign = this.leaf('ArithOp');
      return branch(
        'UnaryExpression',
        sign,
        this.deeper(() => this.binary(UNARY)),
      );
    }
    return this.primary();
  }

  /** What stands on the left of a point, a bracket or a comma of targets. */
  protected primary(): Branch {
    if (this.is('await')) {
      const word = this.leaf('await');
      return branch('AwaitExpression', word, this.primary());
    }
    let made = this.atom();
    while (this.kind === OPERATOR)
      if (this.word === '.') {
        const point = this.leaf('.');
        if (!this.isA(NAME)) throw new Unread();
        made = branch('MemberExpression', made, point, this.leaf('PropertyName'));
      } else if (this.word === '(') made = branch('CallExpression', made, this.argumentList());
      else if (this.word === '[') made = this.subscript(made);
      else break;
    return made;
  }

  protected variable(): Branch {
    if (this.kind !== NAME || RESERVED.has(this.word)) throw new Unread();
    return this.leaf('VariableName');
  }

  private atom(): Branch {
    const { kind, word } = this;
    if (kind === NAME) {
      if (word === 'True' || word === 'False') return this.leaf('Boolean');
      return word === 'None' ? this.leaf('None') : this.variable();
    }
    if (kind === NUMBER) return this.leaf('Number');
    if (kind === STRING || kind === FORMAT) return this.strings();
    if (kind !== OPERATOR) throw new Unread();
    if (word === '...') return this.leaf('Ellipsis');
    if (word === '(') return this.deeper(() => this.parenthesized());
    if (word === '[') return this.deeper(() => this.listed());
    if (word === '{') return this.deeper(() => this.braced());
    throw new Unread();
  }

  protected argumentList(): Branch {
    const made = branch('ArgList', this.leaf('('));
    this.deeper(() => {
      while (!this.is(')')) {
        if (this.is('*') || this.is('**')) made.add(this.leaf(this.word)).add(this.test());
        else {
          made.add(this.test());
          if (this.is('=') || this.is(':=')) made.add(this.leaf('AssignOp')).add(this.test());
          this.comprehension(made);
        }
        if (!this.is(')')) made.add(this.expect(','));
      }
    });
    return made.add(this.leaf(')'));
  }

  private subscript(of: Branch): Branch {
    const made = branch('MemberExpression', of, this.leaf('['));
    this.deeper(() => {
      while (!this.is(']'))
        if (this.is(':') || this.is(',') || this.is('*')) made.add(this.leaf(this.word));
        else {
          made.add(this.named());
          if (!this.is(']') && !this.is(':')) made.add(this.expect(','));
        }
    });
    return made.add(this.leaf(']'));
  }

  private parenthesized(): Branch {
    const open = this.leaf('(');
    if (this.is('yield'))
      return branch('ParenthesizedExpression', open, this.yielded('YieldExpression'), this.expect(')'));
    const parts = this.items(')');
    const [first, ...rest] = parts;
    const one = first !== undefined && rest.length === 0 && first.name !== '*';
    if (one && !this.is(')'))
      return this.comprehension(branch('ComprehensionExpression', open, first)).add(this.expect(')'));
    return branch(one ? 'ParenthesizedExpression' : 'TupleExpression', open, ...parts, this.expect(')'));
  }

  private listed(): Branch {
    const open = this.leaf('[');
    const parts = this.items(']');
    if (this.is(']')) return branch('ArrayExpression', open, ...parts, this.leaf(']'));
    return this.comprehension(branch('ArrayComprehensionExpression', open, ...parts)).add(this.expect(']'));
  }

  /** What commas part, up to a bracket or the `for` of a comprehension. `with (a as b, c):` is read as well. */
  private items(close: string): Branch[] {
    const parts: Branch[] = [];
    while (!this.is(close)) {
      if (this.is('*')) parts.push(this.leaf('*'));
      parts.push(this.named());
      if (close === ')' && this.is('as')) parts.push(this.leaf('as'), this.primary());
      if (!this.is(',')) break;
      parts.push(this.leaf(','));
    }
    return parts;
  }

  private braced(): Branch {
    const parts = [this.leaf('{')];
    let pairs = this.is('}');
    while (!this.is('}')) {
      if (this.is('**') || this.is('*')) {
        pairs ||= this.is('**');
        parts.push(this.leaf(this.word), this.binary(0));
      } else {
        parts.push(this.named());
        if (this.is(':')) {
          pairs = true;
          parts.push(this.leaf(':'), this.test());
        }
      }
      if (!this.is(',')) break;
      parts.push(this.leaf(','));
    }
    const kind = pairs ? 'Dictionary' : 'Set';
    if (this.is('}')) return branch(`${kind}Expression`, ...parts, this.leaf('}'));
    return this.comprehension(branch(`${kind}ComprehensionExpression`, ...parts)).add(this.expect('}'));
  }

  private comprehension(into: Branch): Branch {
    while (this.is('for') || this.is('async')) {
      if (this.is('async')) into.add(this.leaf('async'));
      into.add(this.expect('for'));
      for (const part of this.targets()) into.add(part);
      into.add(this.expect('in')).add(this.binary(0));
      while (this.is('if')) into.add(this.leaf('if')).add(this.named());
    }
    return into;
  }

  /** Of a loop: `a, (b, *c)`. */
  protected targets(): Branch[] {
    const parts: Branch[] = [];
    while (!this.is('in')) {
      if (this.is('*')) parts.push(this.leaf('*'));
      parts.push(this.primary());
      if (!this.is(',')) break;
      parts.push(this.leaf(','));
    }
    return parts;
  }

  private lambda(): Branch {
    const word = this.leaf('lambda');
    const list = new Branch('ParamList', this.from, this.from);
    this.parameters(list, ':', false);
    return branch(
      'LambdaExpression',
      word,
      list,
      this.leaf(':'),
      this.deeper(() => this.test()),
    );
  }

  protected parameters(list: Branch, close: string, typed: boolean): void {
    this.binds.push(list);
    while (!this.is(close)) {
      if (this.is('*') || this.is('**')) list.add(this.leaf(this.word));
      // It has no name in the parser's tree.
      if (this.is('/')) this.next();
      else if (!this.is(',')) list.add(this.variable());
      if (typed && this.is(':')) list.add(branch('TypeDef', this.leaf(':'), this.test()));
      if (this.is('=')) list.add(this.leaf('AssignOp')).add(this.test());
      if (!this.is(close)) list.add(this.expect(','));
    }
  }

  /** Expressions side by side: `a, *b`. */
  protected list(): Branch[] {
    const parts: Branch[] = [];
    for (;;) {
      if (this.is('*')) parts.push(this.leaf('*'));
      parts.push(this.is('yield') ? this.yielded('YieldExpression') : this.test());
      if (!this.is(',')) return parts;
      parts.push(this.leaf(','));
      if (!this.startsOne()) return parts;
    }
  }

  /** Whether an expression begins here; after a comma, or after `return`, none need. */
  protected startsOne(): boolean {
    if (this.kind === NAME) return !RESERVED.has(this.word) || /^(?:not|lambda|await|yield)$/.test(this.word);
    if (this.kind === OPERATOR) return /^(?:[-+~([{*]|\.\.\.)$/.test(this.word);
    return this.kind === NUMBER || this.kind === STRING || this.kind === FORMAT;
  }

  protected yielded(name: string): Branch {
    const made = branch(name, this.leaf('yield'));
    if (this.is('from')) made.add(this.leaf('from')).add(this.test());
    else if (this.startsOne()) for (const part of this.list()) made.add(part);
    return made;
  }
}
