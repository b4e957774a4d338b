import { statSync } from 'node:fs';
import { unpackBaseline } from '../baseline/unpack.js';
import { EXIT, UserError } from '../errors.js';
import { readObjects } from '../git/objects.js';
import { type Manifest, readManifest } from '../manifest/read.js';
import { exampleProfile, type Profile } from '../profile/profile.js';
import { ADOPTED, BASELINE, MANIFEST, PROFILE } from '../render/render.js';
import { type FileTree, textOf } from '../render/tree.js';
import { isNewer, ownPackage } from '../version.js';
import { whyNoManifest } from './missing.js';
import { readProfile } from './profile.js';

/** A repository that azmlops wrote, as its team has committed it. */
export interface Repository {
  /** Absolute. */
  readonly dir: string;
  /** The manifest of HEAD, with the answers as the team edited them. */
  readonly manifest: Manifest;
  /** Its text. */
  readonly text: string;
  readonly profile: Profile;
  /** The file that holds it; the example's is in the program. */
  readonly profileFile: Uint8Array | undefined;
  /** What it was last rendered to, and the manifest of that; or how that is lost. */
  readonly baseline: Baseline | LostBaseline;
  /** What adopt recorded of a repository that azmlops did not write. */
  readonly adopted: Uint8Array | undefined;
}

export interface Baseline {
  /** Without the baseline itself. */
  readonly tree: FileTree;
  readonly recorded: Manifest;
  /** Text of that manifest. */
  readonly text: string;
  /** The baseline as HEAD has it. */
  readonly packed: Uint8Array;
}

export interface LostBaseline {
  readonly lost: UserError;
  /** The damaged one, when HEAD has one. */
  readonly packed: Uint8Array | undefined;
}

/**
 * Opens the repository in a folder: everything is read from HEAD, nothing from the disk.
 *
 * @throws UserError (3) when it is none, or when its manifest is damaged or newer than this program; a damaged baseline
 * is told by its field, since --rebase does without it.
 */
export async function openRepository(dir: string): Promise<Repository> {
  const paths = [MANIFEST, BASELINE, PROFILE, ADOPTED];
  const [manifestFile, packed, profileFile, adopted] = await filesOf(dir, 'HEAD', paths);
  if (manifestFile === undefined) throw await whyNoManifest(dir);
  const text = textOf(manifestFile);
  if (text === undefined) throw damaged(MANIFEST, 'is no text in UTF-8');
  refuseMarkers(text);
  const baseline = await baselineOf(packed);
  if (!profileFile && 'tree' in baseline && baseline.tree.has(PROFILE)) throw damaged(PROFILE, 'is missing');
  const recorded = 'recorded' in baseline ? baseline.recorded : undefined;
  const manifest = await readManifest(
    text,
    MANIFEST,
    () => profileOf(profileFile),
    ({ version, level }) => {
      refuseNewer(version);
      if (recorded && level !== undefined) refuseLevel(level, recorded.level);
    },
  );
  if (recorded) refuseGone(recorded, manifest);
  const { profile } = manifest.answers;
  return { dir, manifest, text, profile, profileFile, baseline, adopted };
}

/** The baseline that the files on disk follow: that of an upgrade which is written and not committed, or else HEAD's. */
export async function baselineOnDisk({ dir, baseline }: Repository): Promise<Baseline | LostBaseline> {
  const [staged] = await filesOf(dir, '', [BASELINE]);
  if (!staged || (baseline.packed && Buffer.compare(staged, baseline.packed) === 0)) return baseline;
  return baselineOf(staged);
}

/** What a merge left open says more than that a line is no YAML. */
function refuseMarkers(text: string): void {
  const line = text.split('\n').findIndex((each) => /^(<{7}|>{7}|\|{7})( |\r?$)/.test(each));
  if (line === -1) return;
  throw new UserError(
    `${MANIFEST}:${line + 1}: conflict markers were committed.`,
    'Take one side of each conflict, remove the markers, and commit.',
    EXIT.refused,
  );
}

/** Files of a commit, or of the index without one. */
async function filesOf(
  dir: string,
  commit: string,
  paths: readonly string[],
): Promise<(Uint8Array | undefined)[]> {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return [];
  const names = paths.map((path) => `${commit}:./${path}`);
  try {
    const found = await readObjects(dir, names);
    return found.map((object) => (object?.type === 'blob' ? new Uint8Array(object.content) : undefined));
  } catch (error) {
    // Why git cannot read it is looked into where the manifest is missed.
    if (error instanceof UserError) return [];
    throw error;
  }
}

class Newer extends UserError {}

function refuseNewer(version: string | undefined): void {
  const { name, version: own } = ownPackage();
  if (version === undefined || !isNewer(version, own)) return;
  throw new Newer(
    `azmlops ${version} wrote this repository; this is azmlops ${own}, which may not know all of it.`,
    `npm install --global ${name}@${version} brings that version, or: npx --package ${name}@${version} azmlops …`,
    EXIT.refused,
  );
}

function profileOf(bytes: Uint8Array | undefined): Profile {
  if (bytes === undefined) return exampleProfile();
  try {
    return readProfile(textOf(bytes) ?? '');
  } catch (error) {
    throw damaged(PROFILE, (error as Error).message);
  }
}

async function baselineOf(packed: Uint8Array | undefined): Promise<Baseline | LostBaseline> {
  const lost = (why: string): LostBaseline => ({
    packed,
    lost: new UserError(
      `${BASELINE} ${why}: without it nobody knows what the templates wrote and what the team did.`,
      `Restore it from git (git log -- ${BASELINE}). When no commit has it whole: azmlops upgrade --rebase, or update --rebase; ` +
        'then what this version of azmlops writes at the recorded level is taken for it.',
      EXIT.refused,
    ),
  });
  if (packed === undefined) return lost('is missing');
  try {
    const tree = unpackBaseline(packed);
    if (tree.has(BASELINE)) throw new Error('holds itself');
    const text = textOf(tree.get(MANIFEST)?.content ?? new Uint8Array([0]));
    if (text === undefined) throw new Error(`holds no ${MANIFEST}`);
    const profile = tree.get(PROFILE);
    const recorded = await readManifest(
      text,
      MANIFEST,
      () => (profile ? readProfile(textOf(profile.content) ?? '') : exampleProfile()),
      ({ version }) => refuseNewer(version),
    );
    return { tree, recorded, text, packed };
  } catch (error) {
    if (error instanceof Newer) throw error;
    return lost((error as Error).message);
  }
}

/** Only `upgrade` changes the level. */
function refuseLevel(level: number, recorded: number): void {
  if (level === recorded) return;
  throw new UserError(
    `${MANIFEST} says level ${level}, but this repository is at level ${recorded}: the level was edited by hand.`,
    `Put "level: ${recorded}" back and commit` +
      (level > recorded
        ? `; then azmlops upgrade --to ${level} moves it up.`
        : '; no way leads down a level.'),
    EXIT.refused,
  );
}

/** An answer that was there has no default: its value is in use. */
function refuseGone(recorded: Manifest, { given }: Manifest): void {
  const gone = [...recorded.given].filter((key) => !given.has(key));
  if (!gone.length) return;
  throw new UserError(
    `${MANIFEST}: ${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} missing under answers.`,
    `Put it back: git log -p -- ${MANIFEST} has what it was.`,
    EXIT.refused,
  );
}

const damaged = (path: string, why: string): UserError =>
  new UserError(`${path} ${why}.`, `Restore it from git: git log -- ${path}`, EXIT.refused);
