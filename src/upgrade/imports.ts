import { EXIT, UserError } from '../errors.js';
import { tryGit } from '../git/git.js';
import { readObjects } from '../git/objects.js';
import type { Move } from '../merge/types.js';
import { type FileTree, textOf } from '../render/tree.js';

/** Where the team's own code still imports a package that is called otherwise from now on, a sentence each. */
export async function importNotes(
  dir: string,
  base: FileTree,
  moves: readonly Move[],
  renamed: { readonly from: string; readonly to: string },
): Promise<string[]> {
  const { ownImports } = await import('../steps/index.js');
  const files = await candidates(dir, renamed.from);
  return files.flatMap((file) => {
    const [path] = file;
    // What the template wrote there it changes itself.
    const templates = textOf(base.get(path)?.content ?? new Uint8Array()) ?? '';
    const known = new Set(ownImports([[path, templates]], renamed.from).map(({ text }) => text));
    return ownImports([file], renamed.from)
      .filter(({ text }) => !known.has(text))
      .map(
        ({ line, text }) =>
          `${movedTo(path, moves)}:${line} still imports ${renamed.from}, which is called ${renamed.to} now: ${text}`,
      );
  });
}

/** Tracked Python files and notebooks that hold the word, with their text. */
async function candidates(dir: string, word: string): Promise<[string, string][]> {
  // Not by a pathspec: this git takes them literally.
  const args = [
    'grep',
    '--cached',
    '-I',
    '-l',
    '-z',
    '--fixed-strings',
    '--word-regexp',
    '-e',
    word,
    '--',
    '.',
  ];
  const { exitCode, stdout, stderr } = await tryGit(dir, ['-c', 'grep.fullName=false', ...args]);
  if (exitCode > 1) throw new UserError(`git grep in ${dir}: ${stderr.trim()}`, '', EXIT.refused);
  const paths = stdout.split('\0').filter((path) => /\.(py|ipynb)$/.test(path) && !path.includes('\n'));
  const objects = await readObjects(
    dir,
    paths.map((path) => `HEAD:./${path}`),
  );
  return paths.flatMap((path, at): [string, string][] => {
    const text = textOf(objects[at]?.content ?? new Uint8Array());
    return text === undefined ? [] : [[path, text]];
  });
}

function movedTo(path: string, moves: readonly Move[]): string {
  let at = path;
  for (const { from, to } of moves)
    if (from.endsWith('/') ? at.startsWith(from) : at === from) at = to + at.slice(from.length);
  return at;
}
