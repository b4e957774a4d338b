import { EXIT, UserError } from '../errors.js';
import {
  ancestors,
  FOLDER,
  type Folder,
  type FolderEntry,
  folderOf,
  nameOf,
  rawName,
  readFolders,
  SUBMODULE,
} from '../git/folders.js';
import { oidOf, readObjects } from '../git/objects.js';
import type { Project } from './project.js';
import type { HeadEntry } from './types.js';

export interface Wanted {
  /** Paths of the project to look at. */
  readonly paths: Iterable<string>;
  /** Folders of which everything is wanted, with or without a slash at their end. */
  readonly folders: Iterable<string>;
  /** Contents that need not be read again where HEAD has the same. */
  readonly known: Iterable<Uint8Array>;
}

/**
 * What HEAD has at these paths and below these folders; also each file, link or submodule that stands where one of them
 * would need a folder. Costs what the paths' own folders cost, however large the repository.
 */
export async function readHead(project: Project, wanted: Wanted): Promise<Map<string, HeadEntry>> {
  const { top, head, prefix } = project;
  const inTop = (path: string) => prefix + path;
  const paths = [...wanted.paths].map(inTop);
  const whole = [...wanted.folders].map((path) => inTop(path).replace(/\/$/, ''));
  const folders = await readFolders(top, head, [...new Set(paths.map(folderOf))], whole);
  const found = new Map<string, FolderEntry>();
  const lookUp = (path: string) => {
    const entry = folders.get(folderOf(path))?.get(rawName(nameOf(path)));
    if (entry) found.set(path, entry);
    return entry;
  };
  for (const path of [...paths, ...whole]) {
    lookUp(path);
    for (const above of ancestors(path)) {
      if (above.length < prefix.length || found.has(above)) continue;
      const entry = folders.get(folderOf(above))?.get(rawName(nameOf(above)));
      if (entry && entry.mode !== FOLDER) found.set(above, entry);
    }
  }
  for (const root of whole)
    for (const [path, folder] of folders)
      if (path === root || path.startsWith(`${root}/`)) addFiles(found, path, folder);
  const contents = await readContents(project, [...found.values()], wanted.known);
  return new Map(
    [...found].map(([path, { mode, oid }]): [string, HeadEntry] => {
      const content = contents.get(oid);
      return [path.slice(prefix.length), { mode: modeOf(mode), oid, ...(content && { content }) }];
    }),
  );
}

async function readContents(
  { top, algorithm }: Project,
  entries: readonly FolderEntry[],
  known: Iterable<Uint8Array>,
): Promise<Map<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  for (const content of known) all.set(oidOf(algorithm, { type: 'blob', content }), content);
  const missing = [
    ...new Set(
      entries
        .filter(({ mode, oid }) => mode !== FOLDER && mode !== SUBMODULE && !all.has(oid))
        .map(({ oid }) => oid),
    ),
  ];
  const objects = await readObjects(top, missing);
  missing.forEach((oid, i) => {
    const object = objects[i];
    if (!object)
      throw new UserError(
        `The object ${oid} of HEAD is missing in ${top}.`,
        'Fetch it, or mend the repository: git fsck',
        EXIT.refused,
      );
    all.set(oid, object.content);
  });
  return all;
}

function addFiles(found: Map<string, FolderEntry>, path: string, folder: Folder): void {
  for (const [raw, entry] of folder) {
    if (entry.mode === FOLDER) continue;
    const name = Buffer.from(raw, 'latin1').toString();
    if (rawName(name) !== raw)
      throw new UserError(
        `${path}/${name}: its name is not UTF-8, and its folder is to be moved.`,
        'Give the file another name, commit, and run the command again.',
        EXIT.refused,
      );
    found.set(`${path}/${name}`, entry);
  }
}

function modeOf(mode: string): HeadEntry['mode'] {
  if (mode === FOLDER) return '040000';
  if (mode === SUBMODULE || mode === '120000') return mode;
  // Git of old wrote modes such as 100664.
  return Number.parseInt(mode, 8) & 0o100 ? '100755' : '100644';
}
