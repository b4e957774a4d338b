import type { Place, PythonFacts } from '../types.js';
import { followAsset } from './azureml.js';
import { constantsOf } from './constants.js';
import { argumentsOf, type Lookup, wordsOf } from './expressions.js';
import { ancestors, folderOf, from } from './paths.js';
import { baseName, isPython } from './programs.js';
import type { Trail, Where } from './trail.js';
import { quoted } from '../shell/values.js';

type Call = PythonFacts['calls'][number];

/** Names of calls that are worth a closer look; the others only are what they are. */
const LOOKED_AT =
  /(?:^|[._])(?:az|run\w*|call|check_call|check_output|getoutput|popen|system|execute\w*|exec\w*|sh|shell|cmd|cli|invoke|spawn\w*|start\w*|submit\w*|load_\w+|command|spark|ScriptRunConfig|\w*Estimator\w*|PyTorch|TensorFlow|SKLearn|\w+Step|ParallelRunConfig|run_path)$/i;
const SAYS = /(?:^|\.)(?:print|log|debug|info|warning|error|echo|which|add_argument|secho)$/;
const PROGRAMS = new Set(
  'az python python3 bash sh make dvc mlflow papermill jupyter gh git pytest tox nox databricks kubectl terraform docker uv poetry conda torchrun accelerate dbt'.split(
    ' ',
  ),
);

/** Whether a call of this name may start anything. */
export const isLookedAt = (name: string): boolean => LOOKED_AT.test(name) && !SAYS.test(name);

/** What a call of Python that is looked at starts: an argument list as the command that it makes, files of Azure ML, scripts by the SDK. */
export function followCall(call: Call, at: Place, where: Where, trail: Trail): void {
  const last = call.name.slice(call.name.lastIndexOf('.') + 1);
  const lookup = constantsOf(at.path, call.line, trail);
  const given = argumentsOf(call.args);
  if (/^load_\w+$/.test(last)) return loaded(given, last, at, where, trail, lookup);
  const named = (...keys: string[]) => {
    const found = given.find(({ key }) => key !== undefined && keys.includes(key));
    return found && wordsOf(found.text, lookup);
  };
  const command = named('command')?.join(' ');
  if ((last === 'command' || last === 'ScriptRunConfig') && command !== undefined) {
    // A hop of its own: what comes after it runs as a job, not where this program runs.
    const job = trail.enter(where, `job ${at.path}:${at.line}`, { ...at, as: `${last}()` });
    const inside = job && inCode(named('code', 'source_directory')?.[0], undefined, at, job, trail);
    if (inside) trail.shell(command, at, { ...inside, env: {} });
    return;
  }
  const script = named('script', 'script_name', 'entry_script', 'entry')?.[0];
  if (script !== undefined) {
    const inside = inCode(named('source_directory', 'code')?.[0] ?? '.', script, at, where, trail);
    const path = from(inside.dir, script);
    const on =
      path !== undefined && trail.files.has(path)
        ? trail.enter(inside, `python ${path}`, { ...at, as: `${last}(${script})` })
        : undefined;
    if (path !== undefined && on) trail.python(path, on);
    return;
  }
  if (last === 'execute_notebook' || last === 'run_path') {
    const path = resolved(wordsOf(given[0]?.text ?? '', lookup)[0], at, where, trail);
    const on =
      path === undefined
        ? undefined
        : trail.enter(where, `python ${path}`, { ...at, as: `${last}(${path})` });
    if (path !== undefined && on) trail.python(path, on);
    return;
  }
  asCommand(
    given
      .filter(({ key }) => key === undefined || key === 'args' || key === 'cmd')
      .flatMap(({ text }) => wordsOf(text, lookup)),
    last,
    at,
    where,
    trail,
  );
}

function asCommand(words: readonly string[], name: string, at: Place, where: Where, trail: Trail): void {
  const [first] = words;
  if (first === undefined) return;
  if (/^_?(?:run_)?az(?:_cli|_ml|_json)?$/i.test(name) && first !== 'az') {
    // `az("ml", "job", …)`, and `az("ml job …")`.
    const whole = [
      'az',
      ...(words.length === 1 || first.includes(' ') ? words.join(' ').split(/\s+/) : words),
    ];
    if (!/^[a-z{][\w{}.-]*$/i.test(whole[1] ?? '')) return;
    return trail.command(whole, whole.map(quoted).join(' '), at, where);
  }
  const program = first.trim().split(/\s+/)[0] ?? '';
  if (!PROGRAMS.has(baseName(program)) && !isPython(program) && !/^\.{1,2}\//.test(program)) return;
  // One string is a line for a shell.
  if (/\s/.test(first)) return trail.shell(first, at, where);
  trail.command(words, words.map(quoted).join(' '), at, where);
}

function loaded(
  given: ReturnType<typeof argumentsOf>,
  name: string,
  at: Place,
  where: Where,
  trail: Trail,
  lookup: Lookup,
): void {
  const source =
    given.find(({ key }) => key === 'source' || key === 'path' || key === 'yaml_file') ??
    given.find(({ key }) => key === undefined);
  const path = source && resolved(wordsOf(source.text, lookup)[0], at, where, trail);
  const inside =
    path === undefined ? undefined : trail.enter(where, `asset ${path}`, { ...at, as: `${name}(${path})` });
  if (path !== undefined && inside) followAsset(path, /^load_(?:job|component)$/.test(name), inside, trail);
}

/** A file that Python names: seen from where it runs, from its own folder, or from one above. */
function resolved(text: string | undefined, at: Place, where: Where, trail: Trail): string | undefined {
  if (text === undefined || text.startsWith('{')) return undefined;
  const dirs = [where.dir, ...ancestors(folderOf(at.path))];
  return dirs.map((dir) => from(dir, text)).find((path) => path !== undefined && trail.files.has(path));
}

/** The folder that a job's code is in, tried as `resolved` tries files; what is asked for must be in it. */
function inCode(
  code: string | undefined,
  script: string | undefined,
  at: Place,
  where: Where,
  trail: Trail,
): Where {
  if (code === undefined) return { ...where, dir: undefined };
  const dirs = [where.dir, ...ancestors(folderOf(at.path))].map((dir) =>
    from(dir, code.startsWith('{') ? '.' : code),
  );
  const fits = (dir: string | undefined) =>
    dir !== undefined &&
    (script === undefined
      ? dir === '' || trail.files.paths.some((path) => path.startsWith(`${dir}/`))
      : trail.files.has(dir === '' ? script : `${dir}/${script}`));
  return { ...where, dir: dirs.find(fits) };
}
