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
  const found = ownImports(await candidates(dir, renamed.from), renamed.from);
  return found
    .filter(({ path, text }) => !linesOf(base, path).has(text.trim()))
    .map(({ path, line, text }) => {
      const now = movedTo(path, moves);
      return `${now}:${line} still imports ${renamed.from}: ${text.trim()} (it is ${renamed.to} now).`;
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

/** Lines that the template wrote: it changes them itself. */
function linesOf(base: FileTree, path: string): Set<string> {
  const content = base.get(path)?.content;
  return new Set((content && textOf(content))?.split('\n').map((line) => line.trim()));
}

function movedTo(path: string, moves: readonly Move[]): string {
  let at = path;
  for (const { from, to } of moves)
    if (from.endsWith('/') ? at.startsWith(from) : at === from) at = to + at.slice(from.length);
  return at;
}
