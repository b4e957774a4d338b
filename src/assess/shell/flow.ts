import { assigned, merged } from './assignment.js';
import { holds, matches, nodeHolds } from './conditions.js';
import type { List, Node } from './nodes.js';
import { said } from './said.js';
import type { State } from './state.js';
import { type Course, coursesOf, isIdle, letPass } from './status.js';
import { type Constants, expand, known } from './values.js';
import { plain, type Word } from './words.js';

/** Whether a command happens, and what comes of how it ends. */
export interface Fate {
  readonly off?: string;
  readonly course: Course;
}

/** What walks over a shell text, as the nodes that branch need it. */
export interface Walker {
  readonly state: State;
  readonly functions: ReadonlyMap<string, Node>;
  readonly glob: ((pattern: string, dir: string) => readonly string[]) | undefined;
  /** How many commands and files were told so far. */
  readonly told: number;
  list(list: List, fate: Fate): void;
  node(node: Node, fate: Fate): void;
  /** The commands in `$(…)` of a word whose exit code nobody sees. */
  substituted(word: Word, fate: Fate): void;
}

type Kind<K extends Node['kind']> = Extract<Node, { kind: K }>;

/** A loop over more constants is read once, its variable unknown. */
const MOST_TURNS = 10;

const dead = (off: string | undefined): { off?: string } => (off === undefined ? {} : { off });

/** `a && b || c` */
export function both(node: Kind<'both'>, fate: Fate, walk: Walker): void {
  const { state } = walk;
  const courses = coursesOf(node, fate.course, walk.functions, state.errexit);
  const own = (index: number): Fate => ({ ...fate, course: courses[index] ?? fate.course });
  let before = nodeHolds(node.first, state.constants);
  walk.node(node.first, own(0));
  const { ended } = state;
  node.rest.forEach(({ operator, node: next }, index) => {
    const skipped =
      (operator === '&&' && before === false) || (operator === '||' && before === true)
        ? `after \`${said(node.rest[index - 1]?.node ?? node.first)} ${operator}\`, which never lets it`
        : undefined;
    const constants = new Map(state.constants);
    const sure = operator === '&&' ? before === true : before === false;
    walk.node(next, { ...own(index + 1), ...dead(fate.off ?? skipped) });
    // Whether it came to `|| exit 1` or `&& exit 0`, files do not show.
    if (!sure) state.ended = ended;
    if (skipped !== undefined) state.constants = constants;
    else if (operator === '||') state.constants = merged([constants, state.constants]);
    const value = nodeHolds(next, state.constants);
    if (operator === '&&') before = before === false ? false : before === true ? value : undefined;
    else before = before === true ? true : before === false ? value : undefined;
  });
}

/** `if …; then …; elif …; else …; fi` */
export function branches(node: Kind<'if'>, fate: Fate, walk: Walker): void {
  const { state } = walk;
  const bodies = [...node.branches.map(({ body }) => body), node.otherwise];
  // To end the shell is something where its end in green and that of the `if` lead to different things.
  const more = fate.course.more || fate.course.pass.reason === undefined;
  const idle = bodies.every((body) => isIdle(body, walk.functions, more));
  const before = new Map(state.constants);
  const { ended, dir } = state;
  const results: Constants[] = [];
  const endings: (string | undefined)[] = [];
  let decided: string | undefined;
  let surelyOne = false;
  const branch = (body: List, off: string | undefined, taken: boolean) => {
    Object.assign(state, { constants: new Map(before), dir, ended });
    walk.list(body, { ...fate, ...dead(fate.off ?? off) });
    if (off === undefined) {
      results.push(state.constants);
      endings.push(state.ended);
    }
    if (taken) surelyOne = true;
  };
  for (const { condition, body } of node.branches) {
    Object.assign(state, { constants: new Map(before), ended });
    const course: Course = idle
      ? letPass('`if …; then :; fi`', fate.course, { stop: fate.course.stop, asked: true })
      : { ...fate.course, asked: true, fail: {}, pass: {}, more: true };
    walk.list(condition, { ...dead(fate.off ?? decided), course });
    const value = holds(condition, state.constants);
    const text = condition.map(said).join('; ');
    const never = value === false ? `in a branch that is never taken: \`if ${text}\`` : undefined;
    branch(body, decided ?? never, value === true);
    if (value === true) decided ??= `in the other branch of \`if ${text}\`, which always holds`;
  }
  branch(node.otherwise, decided, false);
  state.constants = merged(results.length ? results : [before]);
  // It ends here only when every branch that may be taken does.
  const all = surelyOne ? endings.slice(0, 1) : endings;
  state.ended = all.length > 0 && all.every((one) => one !== undefined) ? all[0] : ended;
  state.dir = dir;
}

/** `for`, `while`, `until` */
export function loop(node: Kind<'loop'>, fate: Fate, walk: Walker): void {
  const { state } = walk;
  const { ended, dir } = state;
  for (const word of node.values) walk.substituted(word, fate);
  const values = turns(node.values, walk);
  const ends = { reason: 'its failure only ends the loop' };
  // `until` goes on until it is well.
  const course = node.until ? { fail: {}, pass: {} } : { fail: ends, pass: {} };
  walk.list(node.condition, { ...fate, course: { ...fate.course, ...course, asked: true } });
  const value = node.condition.length ? holds(node.condition, state.constants) : undefined;
  const never = value !== undefined && value === node.until;
  const off = never
    ? `in a loop that never begins: \`while ${node.condition.map(said).join('; ')}\``
    : undefined;
  const inside = { ...fate, ...dead(fate.off ?? off) };
  if (!values?.length) {
    for (const name of assigned(node.body)) state.constants.delete(name);
    if (node.name !== undefined) state.constants.delete(node.name);
    walk.list(node.body, inside);
  }
  for (const value of values ?? []) {
    const before = walk.told;
    if (node.name !== undefined) state.constants.set(node.name, value);
    walk.list(node.body, inside);
    state.ended = ended;
    // What tells nothing of one value, not even what never happens, tells nothing of the others.
    if (walk.told === before) break;
  }
  for (const name of assigned(node.body)) state.constants.delete(name);
  Object.assign(state, { ended, dir });
}

/** The values of a loop when all are known. */
function turns(words: readonly Word[], { state, glob }: Walker): string[] | undefined {
  const values: string[] = [];
  for (const word of words) {
    for (const text of expand(word, state.constants)) {
      if (/[$`]/.test(text)) return undefined;
      if (/[*?]/.test(text)) {
        const found = state.dir === undefined ? undefined : glob?.(text, state.dir);
        if (!found?.length) return undefined;
        values.push(...found);
      } else values.push(text);
    }
  }
  return values.length > MOST_TURNS ? undefined : values;
}

/** `case … in … esac` */
export function caseOf(node: Kind<'case'>, fate: Fate, walk: Walker): void {
  const { state } = walk;
  walk.substituted(node.word, fate);
  const word = known(node.word, state.constants);
  const before = new Map(state.constants);
  const { ended } = state;
  const results: Constants[] = [];
  let taken = false;
  for (const { patterns, body } of node.branches) {
    const fits = patterns.map((pattern) => {
      const text = plain(pattern);
      return text === undefined || word === undefined ? undefined : matches(text, word);
    });
    const never = taken || fits.every((one) => one === false);
    if (!taken && fits.includes(true)) taken = true;
    state.constants = new Map(before);
    const off = never ? `in a branch of \`case\` that ${word ?? ''} never takes` : undefined;
    walk.list(body, { ...fate, ...dead(fate.off ?? off) });
    if (!never) results.push(state.constants);
    state.ended = ended;
  }
  state.constants = merged(taken ? results : [before, ...results]);
}
