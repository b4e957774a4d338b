import type { List, Node } from './nodes.js';
import { firstWords } from './said.js';
import { plain, type Word } from './words.js';

/** What comes of an exit code; with a reason: nothing. Two codes lead to the same when the outcome is the same object. */
export interface Outcome {
  readonly reason?: string;
}

/** What comes of how a command ends, by where it stands. */
export interface Course {
  /** The shell ends in red here. */
  readonly stop: Outcome;
  /** The code is not 0, and `set -e` does not step in. */
  readonly fail: Outcome;
  /** The code is 0. */
  readonly pass: Outcome;
  /** A function returns a code that is not 0. */
  readonly back: Outcome;
  /** An `if`, `&&`, `||`, `!` or `$(…)` around it keeps `set -e` back. */
  readonly asked: boolean;
  /** Something of consequence comes later, so that even an end in green keeps it from happening. */
  readonly more: boolean;
}

/** A new one each time: it leads to what nothing else leads to. */
const somewhere = (): Outcome => ({});

/** The course of a whole text: what fails in it makes it fail. */
export const whole = (): Course => {
  const red = somewhere();
  return { stop: red, fail: red, pass: { reason: '' }, back: red, asked: false, more: false };
};

/** What comes of a command that fails. */
export const failing = (course: Course, errexit: boolean): Outcome =>
  errexit && !course.asked ? course.stop : course.fail;

/** Why the failure of a command stops nothing; undefined when it does. */
export function swallowedIn(course: Course, errexit: boolean): string | undefined {
  const fails = failing(course, errexit);
  const reason = fails.reason ?? (fails === course.pass ? '' : undefined);
  return reason === '' ? 'nothing asks for its exit code' : reason;
}

/** In a shell of its own (`( … )`, a part of a pipeline): its end is a code for the one around it. */
export function within(course: Course, fails: Outcome, more = false): Course {
  return { ...course, stop: fails, fail: fails, back: fails, more };
}

/** Behind `!`. */
export function negated(course: Course): Course {
  const turned = course.pass.reason === undefined ? course.pass : { reason: '`!` before it' };
  return { ...course, asked: true, fail: turned, pass: course.fail };
}

/** Whose failure is passed over for a reason, wherever it stands. */
export function letPass(reason: string, course: Course, rest: Partial<Course> = {}): Course {
  const outcome = { reason };
  return { ...course, stop: outcome, fail: outcome, pass: outcome, back: outcome, ...rest };
}

type Functions = ReadonlyMap<string, Node>;

/** How a command that comes after `&&` or `||` ends: `leaves` in green, `stops` in red. */
type Effect = 'idle' | 'leaves' | 'stops' | 'fails' | 'unknown';

/** Commands that say something and end well. */
const IDLE = new Set('true : echo printf cat continue logger say warn log sleep wait'.split(' '));
/** What a pipeline that begins with such a one may go on with. */
const FILTERS = new Set('tee head tail sed awk sort uniq tr cut jq wc mail less fold column nl'.split(' '));

function effectOf(node: Node, functions: Functions, depth = 0): Effect {
  switch (node.kind) {
    case 'simple': {
      const words = node.words.map((word) => plain(word) ?? '$');
      const [name = '', code] = words;
      if (name === 'exit' || name === 'return') return code === '0' ? 'leaves' : 'stops';
      if (name === 'false') return 'fails';
      const body = functions.get(name);
      if (body && depth < 2) return effectOf(body, functions, depth + 1);
      return IDLE.has(name) ? 'idle' : 'unknown';
    }
    case 'pipeline': {
      const [first, ...rest] = node.parts;
      const says = first !== undefined && effectOf(first, functions, depth) === 'idle';
      const quiet = rest.every((part) => effectOf(part, functions, depth) === 'idle' || isFilter(part));
      return says && quiet && !node.negated ? 'idle' : 'unknown';
    }
    case 'both': {
      const effects = [node.first, ...node.rest.map((one) => one.node)].map((one) =>
        effectOf(one, functions, depth),
      );
      return effects.every((one) => one === 'idle') ? 'idle' : (effects.find(ends) ?? 'unknown');
    }
    case 'group':
      return effectOfList(node.body, functions, depth);
    case 'redirected':
      return effectOf(node.node, functions, depth);
    default:
      return 'unknown';
  }
}

const ends = (effect: Effect): boolean => effect === 'leaves' || effect === 'stops';
const isFilter = (node: Node): boolean => node.kind === 'simple' && FILTERS.has(firstOf(node.words));
const firstOf = ([first]: readonly Word[]): string => (first && plain(first)) ?? '';

function effectOfList(list: List, functions: Functions, depth: number): Effect {
  const effects = list.map((node) => effectOf(node, functions, depth));
  const end = effects.find(ends);
  if (end) return end;
  if (effects.length > 0 && effects.every((one) => one === 'idle')) return 'idle';
  return effects.at(-1) === 'fails' ? 'fails' : 'unknown';
}

/** Whether a list does nothing that anyone would miss; to end it is something when more comes after. */
export const isIdle = (list: List, functions: Functions, more: boolean): boolean =>
  list.every((node) => {
    const effect = effectOf(node, functions);
    return effect === 'idle' || (effect === 'leaves' && !more);
  });

type Both = Extract<Node, { kind: 'both' }>;

/** The courses of the members of `a && b || c`, in order. */
export function coursesOf(node: Both, course: Course, functions: Functions, errexit: boolean): Course[] {
  const { rest } = node;
  // Longer ones no person wrote.
  if (rest.length > 100) return [];
  // What follows member `from` when that ended so.
  const then = (from: number, well: boolean): Outcome => {
    const at = rest.findIndex(({ operator }, index) => index >= from && operator === (well ? '&&' : '||'));
    const next = rest[at];
    if (!next) {
      // The last one, when it fails, ends a shell with `-e`; one before it does not.
      if (!well && from === rest.length) return failing(course, errexit);
      const missed = well ? [] : rest.slice(from).map((one) => one.node);
      return well ? course.pass : isIdle(missed, functions, course.more) ? course.fail : somewhere();
    }
    switch (effectOf(next.node, functions)) {
      case 'idle':
        return then(at + 1, true);
      case 'fails':
        return then(at + 1, false);
      case 'stops':
        return firstWords(next.node).startsWith('return') ? course.back : course.stop;
      case 'leaves':
        return course.more ? somewhere() : { reason: '' };
      default:
        return well ? then(at + 1, true) : somewhere();
    }
  };
  return [node.first, ...rest.map((one) => one.node)].map((_, index) => {
    if (index === rest.length) return course;
    const [fails, passes] = [then(index, false), then(index, true)];
    const shrug = rest.slice(index).find(({ operator }) => operator === '||');
    const same = fails === passes || fails.reason === '';
    const fail = same && shrug ? { reason: `\`|| ${firstWords(shrug.node)}\`` } : fails;
    return { ...course, asked: true, fail, pass: passes };
  });
}
