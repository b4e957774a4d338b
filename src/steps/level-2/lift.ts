import type { Lift } from '../../merge/types.js';
import { type FileTree, textOf } from '../../render/tree.js';
import { dependenciesOf } from '../pyproject.js';
import { byName, type Requirement } from '../requirements.js';
import type { Stage } from '../step.js';
import { pipEntries, withPipEntry } from './conda.js';

const PROJECT = 'pyproject.toml';
const TRAINING = 'azureml/environments/training-conda.yml';
const INFERENCE = 'azureml/environments/inference-conda.yml';

/** What the team requires beyond the template's project, also where its code is trained and scored in Azure. */
export function liftToEnvironments({ before, after }: Stage): Lift {
  const template = byName(dependenciesOf(textIn(before, PROJECT) ?? '') ?? []);
  const pinned = byName(pipEntries(textIn(before, INFERENCE) ?? '') ?? []);
  return (tree) => {
    const result: FileTree = new Map(tree);
    const notes: string[] = [];
    const project = textIn(tree, PROJECT);
    const dependencies = project === undefined ? [] : dependenciesOf(project);
    if (!dependencies)
      notes.push(
        `${PROJECT} has no dependencies that could be read: name in ${TRAINING} what training needs.`,
      );
    const own = (dependencies ?? []).filter(({ name, text }) => template.get(name)?.text !== text);
    const edit = (path: string, from: FileTree, wanted: readonly Requirement[]) => {
      const [entry, text] = [from.get(path), textIn(from, path)];
      if (!entry || text === undefined) return;
      if (wanted.length && !pipEntries(text)) {
        const names = wanted.map((one) => one.text).join(', ');
        notes.push(`${path} has no list of pip requirements that could be read: add ${names} to it.`);
      }
      const crlf = text.includes('\r\n');
      const made = wanted.reduce(withPipEntry, text.replaceAll('\r\n', '\n'));
      result.set(path, {
        ...entry,
        content: new TextEncoder().encode(crlf ? made.replaceAll('\n', '\r\n') : made),
      });
    };
    if (!tree.has(TRAINING)) edit(TRAINING, after, own);
    // A version that the team has pinned there itself is the one that it wants.
    const there = byName(pipEntries((textIn(tree, INFERENCE) ?? '').replaceAll('\r\n', '\n')) ?? []);
    edit(
      INFERENCE,
      tree,
      own.filter(({ name }) => there.get(name)?.text === pinned.get(name)?.text),
    );
    return { tree: result, notes };
  };
}

function textIn(tree: FileTree, path: string): string | undefined {
  const entry = tree.get(path);
  return entry && entry.mode !== '120000' ? textOf(entry.content) : undefined;
}
