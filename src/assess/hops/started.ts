import type { Place } from '../types.js';
import { followAz } from './azureml.js';
import { followMake } from './make.js';
import { moduleFile, programOf } from './modules.js';
import { baseName, flagsOf, isPython, operands, option, unwrapped } from './programs.js';
import { TASKS } from './tasks.js';
import type { Trail, Where } from './trail.js';

/** What a command leads to: the program that it starts, when it is one of the repository or starts such a one. */
export function followCommand(
  words: readonly string[],
  text: string,
  at: Place,
  where: Where,
  trail: Trail,
): void {
  const [program = '', ...rest] = words;
  const name = baseName(program);
  if (name === 'az') return followAz(words, text, at, where, trail);
  if (name === 'make' || name === 'gmake') return followMake(rest, text, at, where, trail);
  if (isPython(program)) return pythonProgram(rest, text, at, where, trail);
  if (/^(?:ba|z|da|k)?sh$/.test(name)) return shellProgram(rest, text, at, where, trail);
  if (name === 'source' || name === '.')
    return trail.file(rest[0], rest.slice(1), text, at, where, { pipefail: false });
  if (name === 'pwsh' || name === 'powershell') {
    const file = option(rest, '-File', '-f', '-file') ?? operands(rest, ['-Command', '-c'])[0];
    return trail.file(file, [], text, at, where);
  }
  if (name === 'torchrun' || name === 'mpirun' || name === 'accelerate' || name === 'spark-submit') {
    const script = rest.find((word) => word.endsWith('.py'));
    return trail.file(script, [], text, at, where);
  }
  const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
  if (task) return task(rest, text, at, where, trail);
  if (/^\.{0,2}[\w.-]*\/|\.(?:sh|py|ps1)$/.test(program)) return trail.file(program, rest, text, at, where);
  const entry = programOf(name, trail.files);
  if (entry !== undefined) trail.file(`/.root/${entry}`, [], text, at, where);
}

function shellProgram(rest: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  const inline = rest.findIndex((word) => /^-\w*c$/.test(word));
  if (inline !== -1) {
    const inside = trail.enter(where, `sh -c ${at.path}:${at.line}`, { ...at, as: text });
    if (inside) trail.shell(rest[inline + 1] ?? '', at, { ...inside, way: where.way }, flagsOf(rest));
    return;
  }
  const index = rest.findIndex((word) => !/^[-+]|^(?:pipefail|errexit)$/.test(word));
  if (index !== -1)
    trail.file(rest[index], rest.slice(index + 1), text, at, where, flagsOf(rest.slice(0, index)));
}

function pythonProgram(rest: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? '';
    if (word === '-c') return followPythonText(rest[index + 1] ?? '', at, where, trail);
    if (word === '-m' || /^-m\w/.test(word)) {
      const module = word === '-m' ? (rest[index + 1] ?? '') : word.slice(2);
      return moduleProgram(module, rest.slice(index + 2), text, at, where, trail);
    }
    if (!word.startsWith('-')) return trail.file(word, rest.slice(index + 1), text, at, where);
    if (word === '-W' || word === '-X') index++;
  }
}

function moduleProgram(
  module: string,
  rest: readonly string[],
  text: string,
  at: Place,
  where: Where,
  trail: Trail,
): void {
  const path = moduleFile(module, where.dir, trail.files);
  if (path === undefined) {
    // Tools are modules too: `python -m tox`.
    if (/^(?:tox|nox|papermill|nbconvert|dvc|mlflow)$/.test(module))
      followCommand(
        module === 'nbconvert' ? ['jupyter', module, ...rest] : [module, ...rest],
        text,
        at,
        where,
        trail,
      );
    return;
  }
  const inside = trail.enter(where, `python ${path}`, { ...at, as: text });
  if (inside) trail.python(path, inside, rest);
}

/** A heredoc that a shell or Python is fed with. */
export function followInput(
  words: readonly string[],
  { text }: { text: string },
  at: Place,
  where: Where,
  trail: Trail,
): void {
  const [program = '', ...rest] = unwrapped(words);
  if (isPython(program) && !rest.some((word) => /\.py$|^-[cm]$/.test(word)))
    followPythonText(text, at, where, trail);
  else if (/^(?:ba|z|da)?sh$/.test(baseName(program)) && operands(rest, []).length === 0)
    trail.shell(text, at, where, flagsOf(rest));
}

/** Python that stands in a step or behind `-c`: what it imports of the repository is followed. */
export function followPythonText(text: string, at: Place, where: Where, trail: Trail): void {
  const modules = [...text.matchAll(/(?:^|[\n;])\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))/g)];
  for (const [, one, other] of modules.slice(0, 50)) {
    const path = moduleFile(one ?? other ?? '', where.dir, trail.files);
    const inside =
      path && trail.enter(where, `python ${path}`, { ...at, as: `import ${one ?? other ?? ''}` });
    if (path && inside) trail.python(path, inside);
  }
}
