import type { GivenAnswers } from '../answers/resolve.js';
import { type Answers, answersAt } from '../answers/schema.js';
import type { DataRead } from '../data/types.js';
import { sameAnswer, withAnswers } from '../manifest/lines.js';
import type { Labels, Lift, Move } from '../merge/types.js';
import type { Profile } from '../profile/profile.js';
import { BASELINE, MANIFEST, PROFILE, render } from '../render/render.js';
import type { Root } from '../render/root.js';
import type { FileTree } from '../render/tree.js';
import type { Repository } from '../repository/open.js';
import { ownPackage } from '../version.js';
import { answersNow } from './answers.js';
import type { ChangedAnswer, Outcome, Rendered } from './outcome.js';

/** Both trees of a merge and what belongs to it, ready for the engine. */
export interface Target {
  readonly from: Rendered;
  readonly to: Rendered;
  readonly answers: Answers;
  readonly changedAnswers: readonly ChangedAnswer[];
  /** What it was rendered from. */
  readonly formerProfile: Profile;
  readonly rebased: boolean;
  readonly base: FileTree;
  readonly theirs: FileTree;
  readonly moves: readonly Move[];
  readonly lift?: Lift;
  readonly labels: Labels;
}

export interface Wanted {
  readonly command: Outcome['command'];
  readonly level: number;
  readonly given: GivenAnswers;
  /** Other data, from which the profile is made anew. */
  readonly data?: DataRead;
  readonly rebase: boolean;
}

/**
 * What the repository was rendered to, and what it would be rendered to now.
 *
 * @throws UserError (2) for a bad answer, (3) when the baseline is lost and --rebase is not given
 */
export async function targetOf(
  repository: Repository,
  roots: readonly Root[],
  wanted: Wanted,
): Promise<Target> {
  const { manifest, text } = repository;
  const before = baseOf(repository, roots, wanted.rebase);
  const around = repository.adopted && (await import('../adopt/around.js'));
  const adopted = await around?.adoptedOf(repository);
  const answers = answersNow(repository, wanted);
  const team = { text, answers: manifest.answers };
  const theirs = render(roots, wanted.level, answers);
  const { rebased } = before;
  const known = around && adopted ? await around.baseAround(repository, adopted, before) : before.tree;
  const waits =
    around && adopted && wanted.command === 'set' && !wanted.data
      ? around.waiting(roots, wanted.level, known, adopted, { before: before.answers, answers })
      : [];
  if (around && adopted) around.leaveOut(theirs, [...adopted.yours, ...waits]);
  // Other bytes of the same content (another zlib) are no change.
  if (before.packed && sameTree(before.tree, without(theirs, BASELINE)))
    theirs.set(BASELINE, { content: before.packed, mode: '100644' });
  rewrite(theirs, (written) => withAnswers(written, wanted.level, answers, team));
  // A profile that was edited by hand says the same in the team's own layout.
  const edited = wanted.data ? undefined : repository.profileFile;
  if (edited && Buffer.compare(edited, before.tree.get(PROFILE)?.content ?? new Uint8Array()) !== 0)
    theirs.set(PROFILE, { content: edited, mode: '100644' });
  const base: FileTree = new Map(known);
  rewrite(base, (written) => withAnswers(written, manifest.level, manifest.answers, team));
  // HEAD's own, whatever it is: nobody edits it.
  if (before.packed) base.set(BASELINE, { content: before.packed, mode: '100644' });
  const changedAnswers = changedOf(manifest.level, before.answers, answers);
  const from = { level: manifest.level, version: before.version };
  const to = { level: wanted.level, version: ownPackage().version };
  const steps = await stepsOf(roots, from.level, to.level, before.answers, answers);
  const plan = { roots, from: from.level, to: to.level, answers, waits, base, theirs, ...steps };
  const sides =
    around && adopted ? await around.aroundTeam(repository, adopted, plan) : { base, theirs, ...steps };
  return {
    from,
    to,
    answers,
    changedAnswers,
    formerProfile: before.answers.profile,
    rebased,
    ...sides,
    labels: labelsOf(wanted, from, to, changedAnswers),
  };
}

function baseOf({ manifest, baseline }: Repository, roots: readonly Root[], rebase: boolean) {
  if ('recorded' in baseline) {
    const { tree, recorded, packed } = baseline;
    return { tree, packed, answers: recorded.answers, version: recorded.version, rebased: false };
  }
  if (!rebase) throw baseline.lost;
  const { version, level, answers } = manifest;
  const tree = without(render(roots, level, answers), BASELINE);
  rewrite(tree, (text) => text.replace(/^version: .*$/m, `version: ${JSON.stringify(version)}`));
  return { tree, packed: baseline.packed, answers, version, rebased: true };
}

async function stepsOf(roots: readonly Root[], from: number, to: number, before: Answers, answers: Answers) {
  const renamed = before.package !== answers.package && answersAt(from).includes('package');
  if (!renamed && from === to) return { moves: [] };
  const steps = await import('../steps/index.js');
  const { moves, lift } = await steps.stepsBetween(roots, from, to, answers);
  const renames = renamed ? steps.packageMoves(before.package, answers.package) : [];
  return { moves: [...renames, ...moves], ...(lift && { lift }) };
}

function changedOf(level: number, before: Answers, after: Answers): ChangedAnswer[] {
  return answersAt(level)
    .filter((key) => !sameAnswer(before[key], after[key]))
    .map((key) => ({ key, before: before[key], after: after[key] }));
}

function labelsOf(
  { command, data }: Wanted,
  from: Rendered,
  to: Rendered,
  changed: readonly ChangedAnswer[],
): Labels {
  const [base, theirs] = [`level ${from.level} template`, `level ${to.level} template`];
  if (command === 'upgrade') return { ours: 'yours', base, theirs };
  if (from.version !== to.version)
    return {
      ours: 'yours',
      base: `${base} of azmlops ${from.version}`,
      theirs: `${theirs} of azmlops ${to.version}`,
    };
  const now = [...(data ? ['data'] : []), ...changed.map(({ key }) => key)].join(', ');
  return {
    ours: 'yours',
    base: `${base}, before`,
    theirs: now ? `${theirs}, other ${now}` : `${theirs}, now`,
  };
}

function rewrite(tree: FileTree, change: (text: string) => string): void {
  const entry = tree.get(MANIFEST);
  if (!entry) return;
  const text = change(new TextDecoder().decode(entry.content));
  tree.set(MANIFEST, { ...entry, content: new TextEncoder().encode(text) });
}

const without = (tree: FileTree, path: string): FileTree =>
  new Map([...tree].filter(([each]) => each !== path));

function sameTree(a: FileTree, b: FileTree): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, { content, mode }]) => {
      const other = b.get(path);
      return other?.mode === mode && Buffer.compare(content, other.content) === 0;
    })
  );
}
