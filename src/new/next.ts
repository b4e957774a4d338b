import { relative } from 'node:path';

/** The three commands to run next, as the level's README has them: by make from level 1 on, but not on Windows. */
export function nextCommands(
  cwd: string,
  dir: string,
  level: number,
  pkg: string,
  windows = process.platform === 'win32',
): string[] {
  const here = relative(cwd, dir);
  const enter = here ? [`cd ${quoted(here, windows)}`] : [];
  return [...enter, ...setUp(level, pkg, windows)].slice(0, 3);
}

function setUp(level: number, pkg: string, windows: boolean): string[] {
  const python = windows ? '.venv\\Scripts\\python.exe' : '.venv/bin/python';
  if (level === 0)
    return [
      `${windows ? 'python' : 'python3'} -m venv .venv`,
      `${python} -m pip install --requirement requirements.txt`,
      `${python} -m nbconvert --to notebook --execute --output-dir outputs/notebooks notebooks/*.ipynb`,
    ];
  const setup = windows ? 'python scripts/bootstrap.py' : 'make setup';
  const test = windows ? `${python} -m pytest tests` : 'make test';
  // At level 4 the loop shows the most; at level 2 the pipeline trains on data that was gathered.
  if (level === 4) return [setup, windows ? `${python} local/loop.py` : 'make loop', test];
  const third = level === 1 ? 'train' : 'data';
  return [setup, test, windows ? `${python} -m ${pkg}.${third}` : `make ${third}`];
}

/** As a shell takes it; folders are called all sorts of things. */
function quoted(path: string, windows: boolean): string {
  const safe = path.startsWith('-') ? `./${path}` : path;
  if (/^[\w./\\@%+,:=-]+$/.test(safe)) return safe;
  return windows ? `"${safe}"` : `'${safe.replaceAll("'", `'\\''`)}'`;
}
