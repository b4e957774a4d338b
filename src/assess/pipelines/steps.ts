import type { Follow, Reached, Script } from '../hops/follow.js';
import type { Hop, Place } from '../types.js';
import { environmentName, environmentOf, filled, folderOf } from './macros.js';
import { entries, input, type Node, scalar } from './node.js';
import { isTrue, type Reading, type Variables } from './scope.js';

/** What a step is told by the job around it. */
export interface Around {
  readonly reading: Reading;
  readonly variables: Variables;
  readonly follow: Follow;
  readonly off?: string;
  readonly swallowed?: string;
}

/** A script of a step, or the line that starts a file. */
interface Runs {
  readonly text: Node;
  readonly language: Script['language'];
  /** Put before and behind, when the node is a path. */
  readonly with?: readonly [string, string];
  readonly in?: Node | undefined;
}

/** What a step does, in order. Inputs as in learn.microsoft.com/azure/devops/pipelines/tasks/reference. */
export function actsOfStep(step: Node, around: Around): Reached[] {
  const of = entries(step);
  const task = scalar(of.get('task'));
  publish(of, task, around);
  const uses: Reached[] =
    task === undefined ? [] : [{ ...standing(step), kind: 'uses', text: task, ...told(around) }];
  const runs = runsOf(of, task);
  if (!runs) return uses;
  const { reading, variables } = around;
  const dir = folderOf(filled(scalar(runs.in) ?? '', variables, reading));
  const written = scalar(runs.text) ?? '';
  const text = filled(written, variables, reading, dir);
  const [before, behind] = runs.with ?? ['', ''];
  const own = Object.fromEntries(
    [...entries(of.get('env'))].flatMap(([name, value]) => {
      const said = scalar(value);
      if (said === undefined || value.unsure || /\$\[|\$\{\{/.test(said)) return [];
      const put = filled(said, variables, reading, dir);
      return put.includes('$') ? [] : [[environmentName(name), put]];
    }),
  );
  const environment = { ...environmentOf(variables, reading, dir), ...own };
  const reached = around.follow.script({
    text: runs.with
      ? `${before}${quoted(text)}${behind && ` ${filled(behind, variables, reading, dir)}`}`
      : text,
    language: runs.language,
    at: firstLine(runs.text, reading),
    dir,
    env: environment,
    way: runs.text.way,
    ...told(around),
  });
  const strict =
    runs.language === 'python' ||
    /(^|[\n;])\s*(set\s+(-[a-z]*e|-o\s+errexit)|\$PSNativeCommandUseErrorActionPreference\s*=\s*\$true)/.test(
      text,
    ) ||
    /errexit/.test(environment.SHELLOPTS ?? '') ||
    isTrue(of.get('failOnStderr')) ||
    isTrue(input(of.get('inputs'), 'failOnStderr', 'failOnStandardError'));
  return [...uses, ...(strict ? reached : lastOneJudges(reached, runs.text.way.length))];
}

const told = ({ off, swallowed }: { off?: string | undefined; swallowed?: string | undefined }) => ({
  ...(off === undefined ? {} : { off }),
  ...(swallowed === undefined ? {} : { swallowed }),
});

const standing = ({ path, line, way }: Node): Place & { readonly way: readonly Hop[] } => ({
  path,
  line,
  way,
});

const quoted = (path: string): string => (/\s/.test(path) ? `"${path}"` : path);

/** The line on which a text begins: below its key when it is a block. */
function firstLine(node: Node, { files }: Reading): Place {
  const written = files.text(node.path)?.split('\n', node.line)[node.line - 1] ?? '';
  return {
    path: node.path,
    line: node.line + (/:\s*[|>][-+0-9]*\s*(#.*)?$/.test(written.trimEnd()) ? 1 : 0),
  };
}

/**
 * Azure Pipelines asks a script only for the exit code of its last command, unless it says `set -e`: what fails above
 * that stops nothing (microsoft/azure-pipelines-tasks#10125, #17156).
 */
function lastOneJudges(reached: readonly Reached[], depth: number): Reached[] {
  const own = reached.map((act, at) => ({ act, at })).filter(({ act }) => act.way.length === depth);
  const last = own.at(-1);
  if (!last) return [...reached];
  const from = own.find(({ act }) => act.line === last.act.line)?.at ?? last.at;
  return reached.map((act, at) =>
    at < from && act.swallowed === undefined
      ? { ...act, swallowed: 'only the last command of the step decides: it has no `set -e`' }
      : act,
  );
}

function runsOf(of: ReadonlyMap<string, Node>, task: string | undefined): Runs | undefined {
  for (const key of ['script', 'bash', 'pwsh', 'powershell'] as const) {
    const text = of.get(key);
    if (text && task === undefined)
      return {
        text,
        language: key === 'script' || key === 'bash' ? 'shell' : 'powershell',
        in: of.get('workingDirectory'),
      };
  }
  const inputs = of.get('inputs');
  const name = task?.split('@')[0]?.toLowerCase() ?? '';
  const kind = TASKS[name];
  if (!kind) return undefined;
  const folder = input(inputs, 'workingDirectory', 'cwd', 'workingFolder', 'workingDir');
  const inline = input(inputs, ...kind.inline);
  const path = input(inputs, ...kind.path);
  const shell = scalar(input(inputs, 'scriptType')) ?? '';
  const language = kind.language ?? (/^ps/i.test(shell) ? 'powershell' : 'shell');
  const where = scalar(
    input(inputs, 'scriptLocation', 'targetType', 'scriptSource', 'ScriptType', 'command'),
  );
  if (inline && (!path || /inline|custom/i.test(where ?? '')))
    return { text: inline, language, in: folder, ...kind.as };
  if (!path) return undefined;
  const behind = scalar(input(inputs, 'arguments', 'scriptArguments', 'args', 'ScriptArguments')) ?? '';
  const program = language === 'python' ? 'python' : language === 'powershell' ? 'pwsh' : 'bash';
  return { text: path, language: 'shell', with: [`${program} `, behind], in: folder };
}

interface Task {
  readonly inline: readonly string[];
  readonly path: readonly string[];
  readonly language?: Script['language'];
  readonly as?: { readonly with: readonly [string, string] };
}

/** Tasks that run what stands in the repository, by name in lower case. */
const TASKS: Readonly<Record<string, Task>> = {
  azurecli: { inline: ['inlineScript'], path: ['scriptPath'] },
  azurepowershell: { inline: ['Inline'], path: ['ScriptPath'], language: 'powershell' },
  bash: { inline: ['script'], path: ['filePath'], language: 'shell' },
  cmdline: { inline: ['script'], path: [], language: 'shell' },
  shellscript: { inline: [], path: ['scriptPath'], language: 'shell' },
  powershell: { inline: ['script'], path: ['filePath'], language: 'powershell' },
  pythonscript: { inline: ['script'], path: ['scriptPath'], language: 'python' },
  npm: { inline: ['customCommand'], path: [], language: 'shell', as: { with: ['npm ', ''] } },
};

/** Remembers of what an artifact is made, for the jobs that download it. */
function publish(
  of: ReadonlyMap<string, Node>,
  task: string | undefined,
  { reading, variables }: Around,
): void {
  const inputs = of.get('inputs');
  const [path, name] = of.has('publish')
    ? [of.get('publish'), of.get('artifact')]
    : /^Publish(Pipeline|Build)Artifacts?@/i.test(task ?? '')
      ? [
          input(inputs, 'targetPath', 'path', 'PathtoPublish'),
          input(inputs, 'artifact', 'artifactName', 'ArtifactName'),
        ]
      : [];
  const [folder, called] = [scalar(path), scalar(name)];
  if (folder === undefined || called === undefined) return;
  const made = folderOf(filled(folder, variables, reading));
  if (made === '' || reading.files.paths.some((each) => each.startsWith(`${made}/`)))
    reading.artifacts.set(called.toLowerCase(), made);
}
