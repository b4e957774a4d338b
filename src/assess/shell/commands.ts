import { posix } from 'node:path';
import { assign, assignmentOf } from './assignment.js';
import { both, branches, caseOf, type Fate, loop, type Walker } from './flow.js';
import type { List, Node, Simple } from './nodes.js';
import { last, lastWait } from './order.js';
import { parse } from './parse.js';
import { asksForStatus, firstWords } from './said.js';
import { State } from './state.js';
import { type ShellCommand, Told } from './told.js';
import { failing, isIdle, letPass, negated, type Outcome, swallowedIn, whole, within } from './status.js';
import { type Constants, expand, known, positional } from './values.js';
import { plain, type Word } from './words.js';

export interface ShellContext {
  readonly line?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a failure before a `|` stops the text; without a word on it, yes. */
  readonly pipefail?: boolean | undefined;
  /** Whether a failure in any line stops the text (`bash -e`); without a word on it, yes. */
  readonly errexit?: boolean | undefined;
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

/** Commands that only say or remember something, and start nothing. */
const SILENT = new Set(
  'echo printf : true false [ [[ test export set local declare readonly typeset read shift trap exit return break continue unset umask wait cat cd pushd popd alias type hash shopt getopts let'.split(
    ' ',
  ),
);
const DECLARES = new Set(['export', 'local', 'declare', 'readonly', 'typeset']);

/** The commands of a shell text in the order in which they would run, and the files that it writes; never throws, bounded. */
export function shellText(text: string, context: ShellContext = {}): ShellText {
  const walk = new Walk(context);
  walk.text(text, context.line ?? 1, { course: whole() });
  return { commands: walk.out, writes: walk.writes };
}

class Walk extends Told implements Walker {
  readonly functions = new Map<string, Node>();
  readonly glob: Walker['glob'];
  private readonly running: string[] = [];
  /** Of `$(…)` in loops and functions that are walked more than once. */
  private readonly parsed = new Map<string, List>();
  private depth = 0;
  private steps = 0;

  constructor({ env = {}, words, glob, pipefail = true, errexit = true }: ShellContext) {
    const constants: Constants = new Map(Object.entries(env).filter(([, value]) => !value.includes('${{')));
    super(new State({ constants: words ? positional(words, constants) : constants, pipefail, errexit }));
    this.glob = glob;
  }

  text(text: string, line: number, fate: Fate): void {
    if (this.depth >= DEEPEST) return;
    this.depth++;
    const key = `${line} ${text}`;
    let list = this.parsed.get(key);
    if (!list) this.parsed.set(key, (list = parse(text, line)));
    this.list(list, fate);
    this.depth--;
  }

  list(list: List, fate: Fate): void {
    const { course } = fate;
    // After the last that does something, an end in green keeps nothing from happening.
    const busy = last(list, (node) => node.kind !== 'function' && !isIdle([node], this.functions, false));
    const waited = lastWait(list);
    list.forEach((node, index) => {
      const next = list[index + 1];
      const more = course.more || busy > index;
      const judged = (next && asksForStatus(next)) || (node.kind === 'background' && waited > index);
      const goesOn: Outcome = judged || !next ? {} : { reason: this.goesOn(next) };
      const ending = next ? { fail: goesOn, pass: judged ? {} : goesOn } : {};
      const inner = node.kind === 'background' && !judged ? letPass('`&`', course) : { ...course, ...ending };
      this.node(node, { ...fate, course: { ...inner, more } });
    });
  }

  private goesOn(next: Node): string {
    const { errexit, strict } = this.state;
    if (!errexit && strict) return '`set +e`';
    return `\`${firstWords(next)}\` comes after it all the same${errexit ? '' : ': no `set -e`'}`;
  }

  node(node: Node, fate: Fate): void {
    if (this.out.length >= MOST || ++this.steps > MOST * 4) return;
    switch (node.kind) {
      case 'simple':
        return this.simple(node, fate);
      case 'pipeline':
        return this.pipeline(node, fate);
      case 'both':
        return both(node, fate, this);
      case 'group':
        return node.subshell ? this.subshell(node, fate) : this.list(node.body, fate);
      case 'background': {
        const before = this.state.now();
        this.node(node.node, { ...fate, course: within(fate.course, fate.course.fail) });
        return this.state.back(before);
      }
      case 'redirected':
        this.node(node.node, fate);
        return this.written(node.written, fate);
      case 'if':
        return branches(node, fate, this);
      case 'loop':
        return loop(node, fate, this);
      case 'case':
        return caseOf(node, fate, this);
      case 'function':
        this.functions.set(node.name, node.body);
        return;
    }
  }

  private subshell({ body }: Extract<Node, { kind: 'group' }>, fate: Fate): void {
    const before = this.state.now();
    this.list(body, { ...fate, course: within(fate.course, this.fails(fate)) });
    this.state.back(before);
  }

  private fails = ({ course }: Fate): Outcome => failing(course, this.state.errexit);

  private pipeline({ parts, negated: turned }: Extract<Node, { kind: 'pipeline' }>, fate: Fate): void {
    const inner = turned ? { ...fate, course: negated(fate.course) } : fate;
    const [only] = parts;
    if (only && parts.length === 1) return this.node(only, inner);
    const before = this.state.now();
    const fails = this.fails(inner);
    parts.forEach((part, index) => {
      const next = parts[index + 1];
      const lost =
        next && !before.pipefail ? { reason: `\`| ${firstWords(next)}\` without pipefail` } : fails;
      this.node(part, { ...inner, course: within(inner.course, lost) });
      // Each part is a shell of its own.
      this.state.back(before);
      this.state.constants = new Map(before.constants);
    });
  }

  private simple(node: Simple, fate: Fate): void {
    const { constants } = this.state;
    const local = new Map<string, string>();
    let index = 0;
    for (; index < node.words.length; index++) {
      if (!assignmentOf(node.words[index] as Word)) break;
    }
    const rest = node.words.slice(index);
    const [first] = rest;
    const name = first ? (plain(first) ?? known(first, constants) ?? '') : '';
    node.words.forEach((word, at) => {
      // The code of `x=$(…)` is that of the last one; a test asks for what it says.
      const seen = (rest.length === 0 && at === node.words.length - 1) || /^(?:\[\[?|test|eval)$/.test(name);
      if (seen) this.substitutions(word, fate, this.fails(fate));
      else this.substituted(word, fate, DECLARES.has(name) ? name : undefined);
    });
    this.written(node.written, fate);
    for (const word of node.words.slice(0, index)) {
      const assignment = assignmentOf(word);
      if (assignment) assign(assignment, constants, local);
    }
    if (rest.length === 0) {
      for (const [key, value] of local) constants.set(key, value);
      return;
    }
    this.command(node, rest, fate, local);
  }

  private command(node: Simple, rest: readonly Word[], fate: Fate, local: Constants): void {
    const { state } = this;
    const words = rest.flatMap((word) => expand(word, state.constants));
    const name = words[0] ?? '';
    if (DECLARES.has(name)) {
      for (const word of rest.slice(1)) {
        const assignment = assignmentOf(word);
        if (assignment) assign(assignment, state.constants, state.constants);
      }
      return;
    }
    const { ended } = state;
    const happens = fate.off === undefined && ended === undefined;
    if (happens) state.builtin(name, words, rest[0]?.line ?? 1);
    if (name === 'eval') return this.text(words.slice(1).join(' '), node.line, fate);
    const body = this.functions.get(name);
    // Who judges, stops: a red end is something that happens.
    if (name === 'exit' && words.length === 2 && /^[1-9]\d*$/.test(words[1] ?? ''))
      this.add(words, node, { ...fate, ended }, new Map(), fate.course.stop.reason);
    if (SILENT.has(name) && !body) return;
    this.add(words, node, { ...fate, ended: state.ended }, local, swallowedIn(fate.course, state.errexit));
    if (name === 'exec' && words.length > 1 && fate.off === undefined)
      state.ended ??= `after \`exec\` in line ${node.line}`;
    if (body && !this.running.includes(name) && this.running.length < DEEPEST)
      this.call(name, body, words, fate);
  }

  private call(name: string, body: Node, words: readonly string[], fate: Fate): void {
    const { state } = this;
    const { constants: before, ended } = state;
    const fails = this.fails(fate);
    this.running.push(name);
    state.constants = positional(words.slice(1), before);
    this.node(body, { ...fate, course: { ...fate.course, fail: fails, back: fails } });
    this.running.pop();
    const after = state.constants;
    for (const key of ['@', '*', '#']) after.delete(key);
    for (const [key, value] of before) if (/^(?:\d+|[@*#])$/.test(key)) after.set(key, value);
    state.constants = after;
    if (state.ended?.includes('return')) state.ended = ended;
  }

  private written(words: readonly Word[], fate: Fate): void {
    for (const word of words) {
      this.told++;
      this.substituted(word, fate);
      const path = known(word, this.state.constants);
      if (path !== undefined) this.writes.add(posix.normalize(path));
    }
  }

  substituted(word: Word, fate: Fate, hider = ''): void {
    const reason = hider
      ? `\`${hider}\` hides the exit code of \`$(…)\``
      : 'nothing asks `$(…)` for its exit code';
    this.substitutions(word, fate, { reason });
  }

  private substitutions(word: Word, fate: Fate, seen: Outcome): void {
    for (const part of word.parts) {
      if (part.kind !== 'commands') continue;
      const before = this.state.now();
      const lost = part.raw.startsWith('$')
        ? seen
        : { reason: `nothing asks \`${part.raw}\` for its exit code` };
      // Bash does not hand `set -e` on into `$(…)`.
      this.text(part.text, part.line, { ...fate, course: { ...within(fate.course, lost), asked: true } });
      this.state.back(before);
    }
  }
}
