import { posix } from 'node:path';
import { holds, matches, nodeHolds } from './conditions.js';
import { plain, type Word } from './lex.js';
import { type List, type Node, parse, type Simple } from './parse.js';
import { type Constants, expand, known, positional, quoted } from './values.js';

/** One command of a shell text, with what is known of it from the lines around. */
export interface ShellCommand {
  /** Quotes taken off, constants filled in: what is not known stays as it is written, `$NAME`. */
  readonly words: readonly string[];
  /** The words on one line, as a person would type them. */
  readonly text: string;
  readonly line: number;
  /** Relative to where the text began; undefined when a `cd` went where files do not show. */
  readonly dir: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly off?: string;
  readonly swallowed?: string;
  /** What a heredoc feeds it. */
  readonly input?: { readonly text: string; readonly line: number };
}

export interface ShellContext {
  readonly line?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a failure before a `|` stops the text; without a word on it, yes. */
  readonly pipefail?: boolean;
  /** What the script was called with. */
  readonly words?: readonly string[];
  /** The files that a pattern stands for, seen from a folder relative to where the text began. */
  readonly glob?: (pattern: string, dir: string) => readonly string[];
}

export interface ShellText {
  readonly commands: readonly ShellCommand[];
  /** What it writes: a file that is made here need not be in the repository. */
  readonly writes: ReadonlySet<string>;
}

const MOST = 5000;
const DEEPEST = 12;
/** A loop over more constants is read once, its variable unknown. */
const MOST_TURNS = 10;
const LONGEST = 2000;

/** Commands that only say or remember something, and start nothing. */
const SILENT = new Set(
  'echo printf : true false [ [[ test export set local declare readonly typeset read shift trap exit return break continue unset umask wait cat cd pushd popd alias type hash shopt getopts let'.split(
    ' ',
  ),
);
/** What stands after `||` when a failure is let pass. */
const SHRUGS = new Set(['true', ':', 'echo', 'printf', 'cat', 'continue', 'logger', 'say', 'warn', 'log']);

/** The commands of a shell text in the order in which they would run; never throws, and bounded. */
export function commandsOf(text: string, context: ShellContext = {}): readonly ShellCommand[] {
  return shellText(text, context).commands;
}

/** The commands of a shell text, and the files that it writes. */
export function shellText(text: string, context: ShellContext = {}): ShellText {
  const walk = new Walk(context);
  walk.text(text, context.line ?? 1);
  return { commands: walk.out, writes: walk.writes };
}

interface Fate {
  readonly off?: string;
  readonly swallowed?: string;
}

class Walk {
  readonly out: ShellCommand[] = [];
  readonly writes = new Set<string>();
  private constants: Constants;
  private dir: string | undefined = '';
  private readonly functions = new Map<string, Node>();
  private readonly running: string[] = [];
  private careless = false;
  private pipefail: boolean;
  /** Why nothing after this is done. */
  private ended: string | undefined;
  private endedBefore: string | undefined;
  private depth = 0;
  private steps = 0;

  constructor(private readonly context: ShellContext) {
    this.pipefail = context.pipefail ?? true;
    const env = Object.entries(context.env ?? {}).filter(([, value]) => !value.includes('${{'));
    this.constants = new Map(env);
    if (context.words) this.constants = positional(context.words, this.constants);
  }

  text(text: string, line: number, fate: Fate = {}): void {
    if (this.depth >= DEEPEST) return;
    this.depth++;
    this.list(parse(text, line), fate);
    this.depth--;
  }

  private list(list: List, fate: Fate): void {
    list.forEach((node, index) => {
      const next = list[index + 1];
      // `cmd; exit 0` on one line says that its failure does not matter.
      const passedOver =
        next?.kind === 'simple' &&
        lineOf(node) === next.line &&
        ['exit 0', 'true', ':', 'exit'].includes(next.words.map((word) => plain(word) ?? '$').join(' '));
      const careless = this.careless && !(next && mentionsStatus(next));
      const swallowed = fate.swallowed ?? (passedOver ? '`; exit 0`' : careless ? '`set +e`' : undefined);
      this.node(node, {
        ...(fate.off === undefined ? {} : { off: fate.off }),
        ...(swallowed === undefined ? {} : { swallowed }),
      });
    });
  }

  private node(node: Node, fate: Fate): void {
    if (this.out.length >= MOST || ++this.steps > MOST * 4) return;
    switch (node.kind) {
      case 'simple':
        return this.simple(node, fate);
      case 'pipeline':
        return this.pipeline(node.parts, fate);
      case 'both':
        return this.both(node, fate);
      case 'group': {
        const before = [this.dir, new Map(this.constants), this.ended] as const;
        this.list(node.body, fate);
        if (node.subshell) [this.dir, this.constants, this.ended] = before;
        return;
      }
      case 'if':
        return this.branches(node, fate);
      case 'loop':
        return this.loop(node, fate);
      case 'case':
        return this.caseOf(node, fate);
      case 'function':
        this.functions.set(node.name, node.body);
        return;
    }
  }

  private pipeline(parts: readonly Node[], fate: Fate): void {
    parts.forEach((part, index) => {
      const next = parts[index + 1];
      const swallowed =
        fate.swallowed ?? (next && !this.pipefail ? `\`| ${firstWord(next)}\` without pipefail` : undefined);
      this.node(part, { ...fate, ...(swallowed === undefined ? {} : { swallowed }) });
    });
  }

  private both(node: Extract<Node, { kind: 'both' }>, fate: Fate): void {
    let before = nodeHolds(node.first, this.constants);
    const shrug = (from: number): string | undefined => {
      const after = node.rest.slice(from);
      const last = after.find(({ operator }) => operator === '||');
      return last && shrugs(last.node) ? `\`|| ${firstWord(last.node)}\`` : undefined;
    };
    const letPass = (from: number): Fate => {
      const swallowed = fate.swallowed ?? shrug(from);
      return { ...fate, ...(swallowed === undefined ? {} : { swallowed }) };
    };
    this.node(node.first, letPass(0));
    const { ended } = this;
    node.rest.forEach(({ operator, node: next }, index) => {
      const skipped =
        (operator === '&&' && before === false) || (operator === '||' && before === true)
          ? `after \`${said(index === 0 ? node.first : (node.rest[index - 1]?.node ?? node.first))} ${operator}\`, which never lets it`
          : undefined;
      const own = letPass(index + 1);
      const off = own.off ?? skipped;
      const constants = new Map(this.constants);
      const sure = operator === '&&' ? before === true : before === false;
      this.node(next, { ...own, ...(off === undefined ? {} : { off }) });
      // Whether it came to `|| exit 1` or `&& exit 0`, files do not show.
      if (!sure) this.ended = ended;
      if (skipped !== undefined) this.constants = constants;
      else if (operator === '||') this.forget(constants);
      const value = nodeHolds(next, this.constants);
      if (operator === '&&') before = before === false ? false : before === true ? value : undefined;
      else before = before === true ? true : before === false ? value : undefined;
    });
  }

  private branches(node: Extract<Node, { kind: 'if' }>, fate: Fate): void {
    const bodies = [...node.branches.map(({ body }) => body), node.otherwise];
    const idle = bodies.every((body) => body.every(shrugs));
    let decided: string | undefined;
    const before = new Map(this.constants);
    const { ended, dir } = this;
    const results: Constants[] = [];
    let surelyOne = false;
    const endings: (string | undefined)[] = [];
    const branch = (body: List, off: string | undefined, taken: boolean) => {
      this.constants = new Map(before);
      this.dir = dir;
      this.ended = ended;
      const why = fate.off ?? off;
      this.list(body, { ...fate, ...(why === undefined ? {} : { off: why }) });
      if (off === undefined) {
        results.push(this.constants);
        endings.push(this.ended);
      }
      if (taken) surelyOne = true;
    };
    for (const { condition, body } of node.branches) {
      this.constants = new Map(before);
      this.ended = ended;
      const swallowed = fate.swallowed ?? (idle ? '`if …; then :; fi`' : undefined);
      const off = fate.off ?? decided;
      this.list(condition, {
        ...(off === undefined ? {} : { off }),
        ...(swallowed === undefined ? {} : { swallowed }),
      });
      const value = holds(condition, this.constants);
      const text = condition.map(said).join('; ');
      branch(
        body,
        decided ?? (value === false ? `in a branch that is never taken: \`if ${text}\`` : undefined),
        value === true,
      );
      if (value === true) decided ??= `in the other branch of \`if ${text}\`, which always holds`;
    }
    branch(node.otherwise, decided, false);
    this.constants = merged(results.length ? results : [before]);
    // It ends here only when every branch that may be taken does.
    const all = surelyOne ? endings.slice(0, 1) : endings;
    this.ended = all.length > 0 && all.every((one) => one !== undefined) ? all[0] : ended;
    this.dir = dir;
  }

  private loop(node: Extract<Node, { kind: 'loop' }>, fate: Fate): void {
    const { ended, dir } = this;
    const values = this.turns(node.values);
    this.list(node.condition, fate);
    const value = node.condition.length ? holds(node.condition, this.constants) : undefined;
    const never = value !== undefined && value === node.until;
    const off =
      fate.off ??
      (never ? `in a loop that never begins: \`while ${node.condition.map(said).join('; ')}\`` : undefined);
    const inside = { ...fate, ...(off === undefined ? {} : { off }) };
    if (!values?.length) {
      for (const name of assigned(node.body)) this.constants.delete(name);
      if (node.name !== undefined) this.constants.delete(node.name);
      this.list(node.body, inside);
    }
    for (const value of values ?? []) {
      if (node.name !== undefined) this.constants.set(node.name, value);
      this.list(node.body, inside);
      this.ended = ended;
    }
    for (const name of assigned(node.body)) this.constants.delete(name);
    this.ended = ended;
    this.dir = dir;
  }

  /** The values of a loop when all are known. */
  private turns(words: readonly Word[]): string[] | undefined {
    const values: string[] = [];
    for (const word of words) {
      for (const text of expand(word, this.constants)) {
        if (/[$`]/.test(text)) return undefined;
        if (/[*?]/.test(text)) {
          const found = this.dir === undefined ? undefined : this.context.glob?.(text, this.dir);
          if (!found?.length) return undefined;
          values.push(...found);
        } else values.push(text);
      }
    }
    return values.length > MOST_TURNS ? undefined : values;
  }

  private caseOf(node: Extract<Node, { kind: 'case' }>, fate: Fate): void {
    const word = known(node.word, this.constants);
    const before = new Map(this.constants);
    const { ended } = this;
    const results: Constants[] = [];
    let taken = false;
    for (const { patterns, body } of node.branches) {
      const fits = patterns.map((pattern) => {
        const text = plain(pattern);
        return text === undefined || word === undefined ? undefined : matches(text, word);
      });
      const never = taken || fits.every((one) => one === false);
      if (!taken && fits.includes(true)) taken = true;
      this.constants = new Map(before);
      const off = fate.off ?? (never ? `in a branch of \`case\` that ${word ?? ''} never takes` : undefined);
      this.list(body, { ...fate, ...(off === undefined ? {} : { off }) });
      if (!never) results.push(this.constants);
      this.ended = ended;
    }
    this.constants = merged(taken ? results : [before, ...results]);
  }

  private simple(node: Simple, fate: Fate): void {
    const { constants } = this;
    for (const word of [...node.words, ...node.written]) this.substitutions(word, fate);
    for (const word of node.written) {
      const path = known(word, constants);
      if (path !== undefined) this.writes.add(posix.normalize(path));
    }
    const local = new Map<string, string>();
    let index = 0;
    for (; index < node.words.length; index++) {
      const word = node.words[index] as Word;
      const assignment = assignmentOf(word);
      if (!assignment) break;
      this.assign(assignment, constants, local);
    }
    const rest = node.words.slice(index);
    if (rest.length === 0) {
      for (const [name, value] of local) constants.set(name, value);
      return;
    }
    const words = rest.flatMap((word) => expand(word, constants));
    const name = words[0] ?? '';
    if (['export', 'local', 'declare', 'readonly', 'typeset'].includes(name)) {
      for (const word of rest.slice(1)) {
        const assignment = assignmentOf(word);
        if (assignment) this.assign(assignment, constants, constants);
      }
      return;
    }
    this.endedBefore = this.ended;
    if (fate.off === undefined && this.ended === undefined) this.builtin(name, words, rest);
    if (name === 'eval') return this.text(words.slice(1).join(' '), node.line, fate);
    const body = this.functions.get(name);
    // Who judges, stops: a red end is something that happens.
    if (/^exit [1-9]\d*$/.test(words.join(' '))) this.stops(words, node, fate);
    if (SILENT.has(name) && !body) return;
    this.add(words, node, fate, local);
    if (name === 'exec' && words.length > 1 && fate.off === undefined)
      this.ended ??= `after \`exec\` in line ${node.line}`;
    if (body && !this.running.includes(name) && this.running.length < DEEPEST)
      this.call(name, body, words, fate);
  }

  private stops(words: readonly string[], node: Simple, fate: Fate): void {
    const { ended } = this;
    this.ended = this.endedBefore;
    this.add(words, node, fate, new Map());
    this.ended = ended;
  }

  private call(name: string, body: Node, words: readonly string[], fate: Fate): void {
    const before = this.constants;
    const { ended } = this;
    this.running.push(name);
    this.constants = positional(words.slice(1), before);
    this.node(body, fate);
    this.running.pop();
    const after = this.constants;
    for (const key of ['@', '*', '#']) after.delete(key);
    for (const [key, value] of before) if (/^(?:\d+|[@*#])$/.test(key)) after.set(key, value);
    this.constants = after;
    if (this.ended?.includes('return')) this.ended = ended;
  }

  private add(words: readonly string[], node: Simple, fate: Fate, local: Constants): void {
    const first = words[0] ?? '';
    if (first === '') return;
    const off =
      fate.off ??
      this.ended ??
      (words.some((word) => /^--dry-run(?:=(?!none|false).*)?$/.test(word))
        ? '`--dry-run`: nothing is changed'
        : undefined) ??
      (words.includes('--help') ? '`--help`: only asks how' : undefined);
    const env = Object.fromEntries(
      [...this.constants, ...local].filter(([name]) => /^[A-Za-z_]\w*$/.test(name)),
    );
    this.out.push({
      words,
      text: words.map(quoted).join(' ').slice(0, LONGEST),
      line: node.line,
      dir: this.dir,
      env,
      ...(off === undefined ? {} : { off }),
      ...(fate.swallowed === undefined ? {} : { swallowed: fate.swallowed }),
      ...(node.input ? { input: node.input } : {}),
    });
    if (first === 'tee' || first === 'cp' || first === 'mv') {
      const last = words.at(-1);
      if (last !== undefined) this.writes.add(posix.normalize(last));
    }
  }

  private builtin(name: string, words: readonly string[], rest: readonly Word[]): void {
    if (name === 'cd' || name === 'pushd') {
      const to = words.slice(1).find((word) => !word.startsWith('-') || word === '-');
      this.dir = moved(this.dir, to);
    } else if (name === 'popd') this.dir = undefined;
    else if (name === 'set' || name === 'shopt') {
      for (const [index, word] of words.entries()) {
        if (/^\+\w*e/.test(word) || (word === '+o' && words[index + 1] === 'errexit')) this.careless = true;
        else if (word === 'pipefail') this.pipefail = words[index - 1]?.startsWith('-') ?? true;
        else if (/^-\w*e/.test(word) || (word === '-o' && words[index + 1] === 'errexit'))
          this.careless = false;
      }
    } else if (name === 'exit' || name === 'return') {
      this.ended = `after \`${words.join(' ')}\` in line ${rest[0]?.line ?? 1}`;
    } else if (name === 'shift') this.shift(Number(words[1] ?? 1));
    else if (name === 'unset') for (const word of words.slice(1)) this.constants.delete(word);
    else if (name === 'read') for (const word of words.slice(1)) this.constants.delete(word);
  }

  private shift(by: number): void {
    const all = this.constants.get('@');
    if (all === undefined) return;
    const values = all === '' ? [] : all.split('\u0000');
    this.constants = positional(values.slice(by), this.constants);
  }

  private substitutions(word: Word, fate: Fate): void {
    for (const part of word.parts) {
      if (part.kind !== 'commands') continue;
      const before = [this.dir, new Map(this.constants), this.ended] as const;
      this.text(part.text, part.line, fate);
      [this.dir, this.constants, this.ended] = before;
    }
  }

  private assign(assignment: Assignment, from: Constants, to: Constants): void {
    const { name, word, append } = assignment;
    const text = plain(word);
    const list = text === undefined ? undefined : /^\(([\s\S]*)\)$/.exec(text)?.[1];
    if (list !== undefined) {
      const words = parse(list).flatMap((node) => (node.kind === 'simple' ? node.words : []));
      const values = words.flatMap((one) => expand(one, from)).join('\u0000');
      const before = append ? (to.get(`${name}[@]`) ?? from.get(`${name}[@]`)) : undefined;
      to.set(`${name}[@]`, before ? `${before}\u0000${values}` : values);
      return;
    }
    const value = known(word, from);
    if (value === undefined) {
      to.delete(name);
      if (to !== from) from.delete(name);
    } else to.set(name, append ? `${from.get(name) ?? ''}${value}` : value);
  }

  /** What a part that may not be reached has changed is not known afterwards. */
  private forget(before: Constants): void {
    this.constants = merged([before, this.constants]);
  }
}

interface Assignment {
  readonly name: string;
  readonly word: Word;
  readonly append: boolean;
}

/** `NAME=value` as a word that comes before a command. */
function assignmentOf(word: Word): Assignment | undefined {
  const [first, ...rest] = word.parts;
  if (first?.kind !== 'text' || first.quoted) return undefined;
  const found = /^([A-Za-z_]\w*)(\+?)=([\s\S]*)$/.exec(first.text);
  if (!found) return undefined;
  const value = found[3] ?? '';
  const parts = value === '' ? rest : [{ ...first, text: value }, ...rest];
  return { name: found[1] ?? '', word: { ...word, parts }, append: found[2] === '+' };
}

function moved(dir: string | undefined, to: string | undefined): string | undefined {
  if (dir === undefined || to === undefined) return undefined;
  // The root of the repository by its usual names.
  const home =
    /^\$(?:\{?(?:GITHUB_WORKSPACE|BUILD_SOURCESDIRECTORY|SYSTEM_DEFAULTWORKINGDIRECTORY|PWD)\}?)\/?/;
  const plainTo = to.replace(home, '');
  if (/^[/~$]|\$|^-/.test(plainTo)) return undefined;
  const joined = posix.join(dir, plainTo);
  return joined === '.' ? '' : joined.replace(/\/$/, '');
}

function merged(all: readonly Constants[]): Constants {
  const [first, ...rest] = all;
  return new Map([...(first ?? [])].filter(([name, value]) => rest.every((one) => one.get(name) === value)));
}

/** Names that a body gives values to. */
function assigned(list: List): string[] {
  return list.flatMap((node): string[] => {
    switch (node.kind) {
      case 'simple': {
        const names = node.words.flatMap((word) => assignmentOf(word)?.name ?? []);
        const [first] = node.words;
        const shifts = first && plain(first) === 'shift';
        return shifts ? [...names, '1', '2', '3', '4', '@', '*', '#'] : names;
      }
      case 'pipeline':
        return assigned(node.parts);
      case 'both':
        return assigned([node.first, ...node.rest.map(({ node }) => node)]);
      case 'group':
      case 'loop':
        return assigned(node.body);
      case 'if':
        return [...node.branches.flatMap(({ body }) => assigned(body)), ...assigned(node.otherwise)];
      case 'case':
        return node.branches.flatMap(({ body }) => assigned(body));
      case 'function':
        return [];
    }
  });
}

function lineOf(node: Node): number {
  switch (node.kind) {
    case 'simple':
      return node.line;
    case 'pipeline':
      return node.parts[0] ? lineOf(node.parts[0]) : 0;
    case 'both':
      return lineOf(node.rest.at(-1)?.node ?? node.first);
    case 'group':
      return node.body[0] ? lineOf(node.body[0]) : 0;
    default:
      return 0;
  }
}

const mentionsStatus = (node: Node): boolean => {
  if (node.kind === 'simple')
    return node.words.some((word) =>
      word.parts.some((part) => part.kind === 'variable' && part.name === '?'),
    );
  if (node.kind === 'if') return node.branches.some(({ condition }) => condition.some(mentionsStatus));
  if (node.kind === 'both') return mentionsStatus(node.first);
  if (node.kind === 'case')
    return node.word.parts.some((part) => part.kind === 'variable' && part.name === '?');
  return false;
};

/** Whether it only says something, so that a failure before it stops nothing. */
function shrugs(node: Node): boolean {
  switch (node.kind) {
    case 'simple': {
      const words = node.words.map((word) => plain(word) ?? '');
      if (words.length === 0) return false;
      return SHRUGS.has(words[0] ?? '') || /^(?:exit|return) 0$/.test(words.join(' '));
    }
    case 'pipeline':
      return node.parts.every(shrugs);
    case 'both':
      return shrugs(node.first) && node.rest.every((one) => shrugs(one.node));
    case 'group':
      return node.body.length > 0 && node.body.every(shrugs);
    default:
      return false;
  }
}

const firstWord = (node: Node): string => {
  const said_ = said(node);
  return said_.split(' ').slice(0, 2).join(' ');
};

/** A node as it reads, shortened, for a reason. */
function said(node: Node): string {
  switch (node.kind) {
    case 'simple':
      return node.words
        .map((word) => word.parts.map((part) => (part.kind === 'text' ? part.text : part.raw)).join(''))
        .join(' ')
        .replace(/\s+/g, ' ')
        .slice(0, 80);
    case 'pipeline':
      return `${node.negated ? '! ' : ''}${node.parts.map(said).join(' | ')}`;
    case 'both':
      return [said(node.first), ...node.rest.map((one) => `${one.operator} ${said(one.node)}`)].join(' ');
    case 'group':
      return node.body[0] ? said(node.body[0]) : '…';
    default:
      return '…';
  }
}
