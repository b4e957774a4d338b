import { relative } from 'node:path';

/** The three commands to run next; make is there from level 1 on, and not on Windows. */
export function nextCommands(cwd: string, dir: string, level: number, pkg: string): string[] {
  const here = relative(cwd, dir);
  const enter = here ? [`cd ${quoted(here)}`] : [];
  return [...enter, ...setUp(level, pkg)].slice(0, 3);
}

function setUp(level: number, pkg: string): string[] {
  const windows = process.platform === 'win32';
  const python = windows ? '.venv\\Scripts\\python' : '.venv/bin/python';
  const system = windows ? 'py' : 'python3';
  if (level === 0)
    return [
      `${system} -m venv .venv`,
      `${python} -m pip install -r requirements.txt`,
      `${python} -m nbconvert --to notebook --execute --inplace notebooks/train.ipynb`,
    ];
  return windows
    ? [`${system} scripts\\bootstrap.py`, `${python} -m pytest`, `${python} -m ${pkg}.train`]
    : ['make setup', 'make test', 'make train'];
}

/** As a shell takes it; folders are called all sorts of things. */
function quoted(path: string): string {
  const safe = path.startsWith('-') ? `./${path}` : path;
  if (/^[\w./\\@%+,:=-]+$/.test(safe)) return safe;
  return process.platform === 'win32' ? `"${safe}"` : `'${safe.replaceAll("'", `'\\''`)}'`;
}
