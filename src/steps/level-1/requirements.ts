import { type FileTree, textOf } from '../../render/tree.js';
import { namesIn, withDependency, withVersion } from '../pyproject.js';
import { byName, type Requirement, requirementOf, sameRequirement } from '../requirements.js';
import type { Stage } from '../step.js';

const FROM = 'requirements.txt';
const TO = 'pyproject.toml';

/** Moves what requirements.txt says beyond the template's into pyproject.toml, in the tree in hand; returns notes. */
export function liftRequirements(tree: FileTree, { before, after }: Stage): string[] {
  const [template, project] = [textIn(before, FROM), textIn(after, TO)];
  if (template === undefined || project === undefined) return [];
  const text = textIn(tree, FROM);
  const mode = after.get(TO)?.mode ?? '100644';
  const put = (path: string, content: string) =>
    tree.set(path, { mode, content: new TextEncoder().encode(content) });
  if (text === undefined) {
    if (!tree.has(FROM)) put(TO, project);
    return [];
  }
  const [was, is] = [read(template), read(text)];
  const [known, has] = [byName(was.requirements), byName(is.requirements)];
  const named = namesIn(project);
  const comments = new Set(template.split('\n'));
  const changed = is.requirements
    .map((one) => ({ ...one, above: one.above.filter((line) => !comments.has(line)) }))
    .filter((one) => one.above.length || !sameRequirement(one, known.get(one.name)));
  const result = changed.reduce(
    (made, one) => (named.has(one.name) ? withVersion : withDependency)(made, one),
    project,
  );
  put(TO, result);
  const left = is.left.filter((line) => !was.left.includes(line) && !comments.has(line));
  if (left.length) put(FROM, left.join('\n') + '\n');
  else tree.delete(FROM);

  const removed = was.requirements.filter(({ name }) => !has.has(name)).map(({ name }) => name);
  const options = left.filter((line) => !line.startsWith('#'));
  return [
    ...(removed.length
      ? [
          `${FROM} no longer had ${removed.join(', ')}, but ${TO} names what the template needs: remove it there if you can do without.`,
        ]
      : []),
    ...(options.length
      ? [`${FROM} keeps what ${TO} can't hold: ${options.map((line) => `\`${line}\``).join(', ')}.`]
      : []),
  ];
}

function textIn(tree: FileTree, path: string): string | undefined {
  const entry = tree.get(path);
  return entry && entry.mode !== '120000' ? textOf(entry.content)?.replaceAll('\r\n', '\n') : undefined;
}

interface Read {
  readonly requirements: readonly Requirement[];
  /** Options, addresses, and comments that belong to none of the requirements. */
  readonly left: readonly string[];
}

function read(text: string): Read {
  const requirements: Requirement[] = [];
  const left: string[] = [];
  let above: string[] = [];
  for (const line of text.split('\n')) {
    const bare = line.trim();
    const one = requirementOf(line, above);
    if (one) requirements.push(one);
    else if (bare.startsWith('#')) {
      above.push(bare);
      continue;
    } else left.push(...above, ...(bare ? [bare] : []));
    above = [];
  }
  return { requirements, left: [...left, ...above] };
}
