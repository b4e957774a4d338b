import type { Lift } from '../../merge/types.js';
import { type FileTree, textOf } from '../../render/tree.js';
import { partsOf } from './modules.js';
import { liftNotebook } from './notebook.js';
import { liftRequirements } from './requirements.js';
import { liftScoring } from './scoring.js';
import type { Stage } from '../step.js';
import { namesOf } from '../../python/names.js';
import { parsePython } from '../../python/parse.js';
import { importStatements } from '../../python/rewrite-imports.js';

const NOTEBOOK = 'notebooks/train.ipynb';

/** The notebook's code into the modules of the package, the scoring code beside it, the requirements into the project. */
export function liftToPackage(stage: Stage): Lift {
  const pkg = stage.answers.package;
  const parts = partsOf(stage, NOTEBOOK);
  const before = read(stage.before, 'src/scoring.py');
  const after = read(stage.after, `src/${pkg}/scoring.py`);
  const template = read(stage.after, `src/${pkg}/data.py`);
  return (tree) => {
    const result: FileTree = new Map(tree);
    const own = ownModules(pkg, tree);
    const { files, notes, dataCells } = liftNotebook(read(tree, NOTEBOOK), {
      stage,
      parts,
      own,
      path: NOTEBOOK,
    });
    const put = (path: string, text: string) =>
      result.set(path, { mode: '100644', ...tree.get(path), content: bytes(text) });
    for (const [path, text] of files) put(path, text);

    const path = `src/${pkg}/scoring.py`;
    const source = read(tree, path);
    const data = files.get(`src/${pkg}/data.py`);
    if (source === before && data === template && after !== undefined) put(path, after);
    else if (source !== undefined && before !== undefined && after !== undefined && data !== undefined) {
      const crlf = source.includes('\r\n');
      const lifted = liftScoring(source.replaceAll('\r\n', '\n'), {
        ...{ before, after, own },
        cells: dataCells,
        data: shared(before, after, data, dataCells),
      });
      if ('text' in lifted) put(path, crlf ? lifted.text.replaceAll('\n', '\r\n') : lifted.text);
      else
        notes.push(
          `${path} keeps its own copies of what src/${pkg}/data.py holds, since they differ from the notebook (${lifted.differs}): make them one, and import them from .data.`,
        );
    }
    notes.push(...liftRequirements(result, stage));
    return { tree: result, notes };
  };
}

function read(tree: FileTree, path: string): string | undefined {
  const entry = tree.get(path);
  return entry && entry.mode !== '120000' ? textOf(entry.content) : undefined;
}

/** What scoring takes from data: what its template had copies of, and whatever the notebook defines there. */
function shared(before: string, after: string, data: string, cells: readonly string[]): Set<string> {
  const [was, becomes, has, ...own] = [before, after, data, ...cells].map(
    (text) => namesOf(parsePython(text)).binds,
  );
  const imported = importStatements(parsePython(after)).flatMap(({ items }) =>
    items.filter(({ module }) => module === '.data').map(({ name }) => name),
  );
  const copied = [...(was ?? [])].filter((name) => !becomes?.has(name) || imported.includes(name));
  return new Set([...copied.filter((name) => has?.has(name)), ...own.flatMap((names) => [...names])]);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What `import` finds in the repository itself. */
function ownModules(pkg: string, tree: FileTree): Set<string> {
  const found = [...tree.keys()].flatMap(
    (path) => /^(?:src|app)\/([^/.]+)(?:\.py$|\/)/.exec(path)?.[1] ?? [],
  );
  return new Set([pkg, ...found]);
}
