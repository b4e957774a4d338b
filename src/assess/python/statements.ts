import { Expressions } from './expressions.js';
import { DEDENT, END, INDENT, NAME, NEWLINE, OPERATOR, Unread } from './lexer.js';
import { Branch, branch, type Syntax } from './tree.js';

/** A text as syntax. */
export interface Read {
  readonly root: Syntax;
  readonly comments: readonly (readonly [number, number])[];
  /** Import statements, and what else gives a name a value. */
  readonly imports: readonly Syntax[];
  readonly binds: readonly Syntax[];
}

/**
 * The syntax of sound Python 3, several times as fast as the tolerant parser gives it; undefined when anything in the
 * text is none (Python 2, IPython, a slip of the pen) or newer than this reader, `match` among it.
 */
export function readPlain(text: string): Read | undefined {
  try {
    return new Statements(text).file();
  } catch (error) {
    if (error instanceof Unread || error instanceof RangeError) return undefined;
    throw error;
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  pass: 'PassStatement',
  break: 'BreakStatement',
  continue: 'ContinueStatement',
};
const UPDATE = /^(?:[-+*/%@&|^]|\*\*|\/\/|<<|>>)=$/;

class Statements extends Expressions {
  private readonly imports: Branch[] = [];

  file(): Read {
    const root = new Branch('Script', 0, this.text.length);
    this.next();
    while (this.kind !== END) root.add(this.statement());
    root.to = this.text.length;
    return { root, comments: this.comments, imports: this.imports, binds: this.binds };
  }

  private statement(): Branch {
    return this.deeper(() => {
      if (this.kind === OPERATOR && this.word === '@') return this.decorated();
      return (this.kind === NAME ? this.compound(this.word) : undefined) ?? this.line();
    });
  }

  private compound(word: string): Branch | undefined {
    switch (word) {
      case 'if':
        return this.conditional('IfStatement', 'if');
      case 'while':
        return this.conditional('WhileStatement', 'while');
      case 'for':
        return this.loop([]);
      case 'try':
        return this.attempt();
      case 'with':
        return this.with([]);
      case 'def':
        return this.function([]);
      case 'class':
        return this.class();
      case 'async': {
        const word = this.leaf('async');
        if (this.is('def')) return this.function([word]);
        return this.is('for') ? this.loop([word]) : this.with([word]);
      }
      default:
        return undefined;
    }
  }

  /** Simple statements up to the end of the line. */
  private line(): Branch {
    const first = this.simple();
    if (this.kind === NEWLINE) {
      this.next();
      return first;
    }
    const group = branch('StatementGroup', first);
    while (this.is(';')) {
      group.add(this.leaf(';'));
      if (this.kind !== NEWLINE) group.add(this.simple());
    }
    if (this.kind !== NEWLINE) throw new Unread();
    this.next();
    return group;
  }

  private simple(): Branch {
    if (this.kind !== NAME) return this.expression();
    const { word } = this;
    switch (word) {
      case 'pass':
      case 'break':
      case 'continue':
        return branch(SIMPLE[word] ?? '', this.leaf(word));
      case 'import':
      case 'from':
        return this.import();
      case 'return': {
        const made = branch('ReturnStatement', this.leaf(word));
        if (this.startsOne()) for (const part of this.list()) made.add(part);
        return made;
      }
      case 'raise': {
        const made = branch('RaiseStatement', this.leaf(word));
        if (this.startsOne()) made.add(this.test());
        return this.is('from') ? made.add(this.leaf('from')).add(this.test()) : made;
      }
      case 'assert': {
        const made = branch('AssertStatement', this.leaf(word), this.test());
        return this.is(',') ? made.add(this.leaf(',')).add(this.test()) : made;
      }
      case 'global':
      case 'nonlocal':
        return this.binding('ScopeStatement');
      case 'del':
        return this.binding('DeleteStatement');
      case 'yield':
        return this.yielded('YieldStatement');
      default:
        return this.expression();
    }
  }

  private binding(name: string): Branch {
    const made = branch(name, this.leaf(this.word));
    for (const part of this.list()) made.add(part);
    this.binds.push(made);
    return made;
  }

  private import(): Branch {
    const made = branch('ImportStatement', this.leaf(this.word));
    while (this.kind !== NEWLINE && !this.is(';')) {
      if (this.kind !== NAME && this.kind !== OPERATOR) throw new Unread();
      made.add(this.leaf(/^(?:import|as)$/.test(this.word) ? this.word : 'VariableName'));
    }
    this.imports.push(made);
    return made;
  }

  /** An expression, or what gives names their values. */
  private expression(): Branch {
    const parts = this.list();
    if (this.is(':')) {
      parts.push(branch('TypeDef', this.leaf(':'), this.test()));
      if (!this.is('=')) return this.bound('AssignStatement', parts);
    }
    if (this.kind === OPERATOR && UPDATE.test(this.word)) {
      parts.push(this.leaf('UpdateOp'), ...this.list());
      return this.bound('UpdateStatement', parts);
    }
    if (!this.is('=')) return branch('ExpressionStatement', ...parts);
    while (this.is('=')) parts.push(this.leaf('AssignOp'), ...this.list());
    return this.bound('AssignStatement', parts);
  }

  private bound(name: string, parts: readonly Branch[]): Branch {
    const made = branch(name, ...parts);
    this.binds.push(made);
    return made;
  }

  private body(): Branch {
    const made = branch('Body', this.expect(':'));
    if (!this.isA(NEWLINE)) return made.add(this.line());
    this.next();
    if (!this.isA(INDENT)) throw new Unread();
    this.next();
    while (!this.isA(DEDENT)) made.add(this.statement());
    this.next();
    return made;
  }

  private conditional(name: string, word: string): Branch {
    const made = branch(name, this.leaf(word), this.named(), this.body());
    while (name === 'IfStatement' && this.is('elif'))
      made.add(this.leaf('elif')).add(this.named()).add(this.body());
    return this.otherwise(made);
  }

  private otherwise(made: Branch): Branch {
    return this.is('else') ? made.add(this.leaf('else')).add(this.body()) : made;
  }

  private loop(before: readonly Branch[]): Branch {
    const made = branch('ForStatement', ...before, this.leaf('for'), ...this.targets());
    made.add(this.expect('in'));
    for (const part of this.list()) made.add(part);
    this.binds.push(made);
    return this.otherwise(made.add(this.body()));
  }

  private attempt(): Branch {
    const made = branch('TryStatement', this.leaf('try'), this.body());
    while (this.is('except')) {
      made.add(this.leaf('except'));
      if (this.is('*')) made.add(this.leaf('*'));
      if (!this.is(':')) made.add(this.test());
      if (this.is('as')) made.add(this.leaf('as')).add(this.variable());
      made.add(this.body());
    }
    this.otherwise(made);
    if (this.is('finally')) made.add(this.leaf('finally')).add(this.body());
    this.binds.push(made);
    return made;
  }

  private with(before: readonly Branch[]): Branch {
    const made = branch('WithStatement', ...before, this.expect('with'));
    for (;;) {
      made.add(this.test());
      if (this.is('as')) made.add(this.leaf('as')).add(this.primary());
      if (!this.is(',')) break;
      made.add(this.leaf(','));
    }
    this.binds.push(made);
    return made.add(this.body());
  }

  private function(before: readonly Branch[]): Branch {
    const made = branch('FunctionDefinition', ...before, this.expect('def'), this.variable());
    const list = branch('ParamList', this.expect('('));
    this.parameters(list, ')', true);
    made.add(list.add(this.leaf(')')));
    if (this.is('->')) {
      this.next();
      made.add(branch('TypeDef', this.test()));
    }
    return made.add(this.body());
  }

  private class(): Branch {
    const made = branch('ClassDefinition', this.leaf('class'), this.variable());
    if (this.is('(')) made.add(this.argumentList());
    return made.add(this.body());
  }

  private decorated(): Branch {
    const made = new Branch('DecoratedStatement', this.from, this.from);
    while (this.is('@')) {
      const one = branch('Decorator', this.leaf('At'), this.variable());
      while (this.is('.')) one.add(this.leaf('.')).add(this.variable());
      if (this.is('(')) one.add(this.argumentList());
      if (this.kind !== NEWLINE) throw new Unread();
      this.next();
      made.add(one);
    }
    if (this.is('class')) return made.add(this.class());
    if (!this.is('async')) return made.add(this.function([]));
    return made.add(this.function([this.leaf('async')]));
  }
}
