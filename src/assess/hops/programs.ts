/** Programs that start another one: how many words are theirs, seen from the first word. */
const PREFIXES: Readonly<Record<string, (words: readonly string[]) => number>> = {
  sudo: options(['-u', '-g']),
  env: (words) =>
    1 + words.slice(1).findIndex((word, at) => !/^-|=/.test(word) && !/^-[uC]$/.test(words[at] ?? '')),
  time: options([]),
  nohup: options([]),
  setsid: options([]),
  stdbuf: options(['-i', '-o', '-e']),
  ionice: options(['-c', '-n']),
  exec: options([]),
  command: options([]),
  nice: options(['-n']),
  timeout: (words) => options(['-k', '-s'])(words) + 1,
  xargs: options(['-n', '-I', '-L', '-P', '-d']),
  uv: after('run', [
    '--with',
    '--python',
    '-p',
    '--extra',
    '--group',
    '--project',
    '--directory',
    '--package',
    '--env-file',
  ]),
  poetry: after('run', ['-C', '--directory', '-P', '--project']),
  pipenv: after('run', []),
  pdm: after('run', ['-p']),
  rye: after('run', []),
  pixi: after('run', ['-e', '--environment', '--manifest-path']),
  hatch: after('run', []),
  conda: after('run', ['-n', '--name', '-p', '--prefix', '--cwd']),
  mamba: after('run', ['-n', '-p']),
  micromamba: after('run', ['-n', '-p']),
  dotenv: after('run', ['-f']),
  'xvfb-run': options([]),
  accelerate: after('launch', ['--num_processes', '--config_file']),
  uvx: options(['--with', '--from', '--python']),
  pipx: after('run', ['--spec']),
  npx: options([]),
};

/** A command without what only wraps it: `uv run --frozen pytest` is `pytest`. */
export function unwrapped(words: readonly string[]): readonly string[] {
  let left = words;
  for (let turns = 0; turns < 5; turns++) {
    const name = left[0];
    const taken = name !== undefined && Object.hasOwn(PREFIXES, name) ? PREFIXES[name]?.(left) : undefined;
    if (!taken || taken < 0 || taken >= left.length) break;
    left = left.slice(taken);
    if (left[0] === 'coverage') break;
  }
  const [name, verb, ...rest] = left;
  // `coverage run -m pytest` is `python -m pytest`.
  if (name !== undefined && /^(?:coverage)$/.test(name) && verb === 'run') {
    const own = options(['--source', '--rcfile', '--omit', '--include'])([
      '',
      ...rest.filter((word) => word !== '-m'),
    ]);
    return [
      'python',
      ...(rest.includes('-m') ? ['-m'] : []),
      ...rest.filter((word) => word !== '-m').slice(own - 1),
    ];
  }
  return left;
}

/** Options of the wrapper itself; those that are named take a value. */
function options(withValue: readonly string[]): (words: readonly string[]) => number {
  return (words) => {
    let at = 1;
    while (at < words.length) {
      const word = words[at] ?? '';
      if (word === '--') return at + 1;
      if (!word.startsWith('-')) return at;
      at += withValue.includes(word) ? 2 : 1;
    }
    return at;
  };
}

function after(verb: string, withValue: readonly string[]): (words: readonly string[]) => number {
  return (words) => {
    const at = words.indexOf(verb);
    if (at < 1 || at > 5) return 0;
    return at + options(withValue)(words.slice(at));
  };
}

/** The last part of a program's path: `.venv/bin/python` is `python`. */
export const baseName = (program: string): string =>
  program
    .slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1)
    .replace(/\.(?:exe|cmd)$/i, '');

export const isPython = (program: string): boolean =>
  /^(?:python[\d.]*w?|py|ipython3?|pypy3?|\$\{?\w*(?:PYTHON|python)\w*\}?|\{?sys\.executable\}?|\{[\w.]*python[\w.]*\})$/.test(
    baseName(program),
  );

/** The value of an option, `--file x`, `--file=x` or `-f x`. */
export function option(words: readonly string[], ...names: string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (names.includes(word)) return words[index + 1];
    const equals = word.indexOf('=');
    if (equals > 0 && names.includes(word.slice(0, equals))) return word.slice(equals + 1);
  }
  return undefined;
}

/** The words that are neither an option nor the value of one that is named. */
export function operands(words: readonly string[], withValue: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return [...out, ...words.slice(at + 1)];
    if (!word.startsWith('-')) out.push(word);
    else if (withValue.includes(word)) at++;
  }
  return out;
}

/** What stops a shell that is called with these words: without a word on it, only its last command does. */
export function flagsOf(words: readonly string[]): { readonly errexit: boolean; readonly pipefail: boolean } {
  const own = words.slice(0, words.findIndex((word) => /^-\w*c$/.test(word)) + 1 || words.length);
  return {
    errexit: own.some((word, at) => /^-\w*e/.test(word) || (word === 'errexit' && own[at - 1] === '-o')),
    pipefail: own.includes('pipefail'),
  };
}
