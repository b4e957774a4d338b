import { posix } from 'node:path';
import type { Act, Files, Place, PythonFacts } from '../types.js';
import { aboutOf, conftests } from './about.js';
import type { Context } from './context.js';

/** A file of tests that judges something. */
export interface TestFile extends Place {
  /** Files of the repository that it imports or names, by itself or through a conftest.py beside or above it. */
  readonly about: ReadonlySet<string>;
  /** All of it is skipped where no variable of the environment says what to ask. */
  readonly asks?: true;
}

const PYTHON_TEST = /(?:^|\/)(?:test_[^/]*|[^/]*_tests?)\.py$/;
const SCRIPT_TEST = /(?:^|\/)[^/]*(?:\.(?:test|spec)\.[cm]?[jt]sx?|Tests?\.(?:cs|java|kt)|_test\.go)$/;
const PYTEST = /(?:^|\s|\/)(?:pytest|py\.test)(?=\s|$)(.*)$/;
const UNITTEST = /\bunittest(?=\s|$)(.*)$/;
/** Options of pytest whose value is the next word. */
const WITH_VALUE =
  /^(?:-[kmcnoprW]|--(?:ignore|deselect|rootdir|cov-report|cov-config|junitxml|maxfail|durations|tb|dist|timeout|override-ini|ignore-glob|env|log-cli-level|numprocesses))$/;

/** The test files that a command would run: for pytest by its words, `testpaths` or the folder it runs in. */
export function collected(act: Act, files: Files): readonly string[] {
  const pytest = PYTEST.exec(act.text);
  if (!pytest) {
    const unittest = UNITTEST.exec(act.text);
    const dir = /(?:-s|--start-directory)[= ](\S+)/.exec(unittest?.[1] ?? '')?.[1];
    if (unittest) return under(files, act.dir ?? '', dir === undefined ? [] : [dir], PYTHON_TEST);
    return under(files, act.dir ?? '', [], SCRIPT_TEST);
  }
  const words = (pytest[1] ?? '').split(/\s+/).filter(Boolean);
  if (words.some((word) => /^(?:--co|--collect-only|--version|--help|-h|--fixtures|--markers)$/.test(word)))
    return [];
  const given: string[] = [];
  const ignored: string[] = [];
  for (let n = 0; n < words.length; n++) {
    const word = (words[n] ?? '').replace(/["']/g, '');
    const ignore = /^--ignore(?:=(.*))?$/.exec(word);
    if (ignore) ignored.push((ignore[1] ?? words[++n] ?? '').replace(/["']/g, ''));
    else if (WITH_VALUE.test(word)) n++;
    else if (/^[|&;<>]|^\d?>/.test(word)) break;
    else if (!word.startsWith('-')) given.push(word.replace(/::.*$/, ''));
  }
  const dir = act.dir ?? '';
  const asked = given.length ? given : testpaths(files, dir);
  const left = new Set(under(files, dir, ignored, PYTHON_TEST, true));
  return under(files, dir, asked, PYTHON_TEST).filter((path) => !left.has(path));
}

function under(
  files: Files,
  dir: string,
  given: readonly string[],
  kind: RegExp,
  none = false,
): readonly string[] {
  if (!given.length && none) return [];
  const places = (given.length ? given : ['.']).map((word) =>
    posix.normalize(posix.join(dir, word)).replace(/\/$/, ''),
  );
  return files.paths.filter((path) =>
    places.some((place) => {
      // A file that is named is run whatever it is called; a pattern or an unknown value may be anything there.
      if (path === place) return path.endsWith('.py') || kind.test(path);
      const folder = place.replace(/(?:^|\/)[^/]*[*$?{].*$/, '');
      return kind.test(path) && (folder === '.' || folder === '' || path.startsWith(`${folder}/`));
    }),
  );
}

function testpaths(files: Files, dir: string): string[] {
  for (const name of ['pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg']) {
    const text = files.text(posix.join(dir, name));
    const list = /^\s*testpaths\s*=\s*(\[[^\]]*\]|[^\n]*(?:\n[ \t]+[^\n]+)*)/m.exec(text ?? '')?.[1];
    if (list !== undefined) return list.match(/[\w./*-]+/g) ?? [];
  }
  return [];
}

/** What a file of tests judges; undefined when nothing in it does, or none of it runs. */
export function testFile(path: string, context: Context): TestFile | undefined {
  if (context.tests.has(path)) return context.tests.get(path);
  const found = path.endsWith('.py') ? pythonTests(path, context) : scriptTests(path, context);
  context.tests.set(path, found);
  return found;
}

function pythonTests(path: string, { facts }: Context): TestFile | undefined {
  const text = facts.files.text(path) ?? '';
  if (/^pytestmark\s*=\s*\[?\s*pytest\.mark\.skip\b(?!if)/m.test(text)) return undefined;
  const read = facts.python(path);
  const tests = read.defines.filter(({ name, kind }) => kind === 'function' && /^test/.test(name));
  const lines = text.split('\n');
  const run = tests.filter(({ line }) => !skipped(lines, line));
  const names = new Set(run.map(({ name }) => name));
  const helpers = new Set(
    read.mentions.filter(({ within }) => names.has(within)).flatMap(({ name }) => name.split('.')),
  );
  const judged = read.asserts.find(
    ({ within }) => names.has(within) || (!/^test/.test(within) && helpers.has(within)),
  );
  if (!judged) return undefined;
  const about = new Set<string>();
  // A thin entry script is tested through what it is made of, and by what starts it: one file further.
  for (const source of [path, ...conftests(path, facts.files)])
    for (const one of aboutOf(source, facts)) {
      about.add(one);
      aboutOf(one, facts).forEach((other) => about.add(other));
    }
  return { path, line: judged.line, about, ...(asks(text, read) ? { asks: true } : {}) };
}

/** A helper or fixture skips, and the environment is asked; a single test that skips leaves the others. */
const asks = (text: string, { calls }: PythonFacts): boolean =>
  /\benviron\b|\bgetenv\b/.test(text) &&
  (/^pytestmark\s*=\s*\[?\s*pytest\.mark\.skipif\b/m.test(text) ||
    calls.some(({ name, within }) => /(?:^|\.)(?:skip|SkipTest)$/.test(name) && !/^test/.test(within)));

/** `@pytest.mark.skip` above the function. */
function skipped(lines: readonly string[], line: number): boolean {
  for (let n = line - 2; n >= 0 && /^\s*(?:@|\)|["'#]|\w+=)/.test(lines[n] ?? ''); n--)
    if (/^\s*@(?:pytest\.mark\.skip\b(?!if)|unittest\.skip\b|skip\b)/.test(lines[n] ?? '')) return true;
  return /^\s*@(?:pytest\.mark\.skip\b(?!if)|unittest\.skip\b)/.test(lines[line - 1] ?? '');
}

/** Tests of other languages: by text, and about whatever lies in the folder of their project. */
function scriptTests(path: string, { facts }: Context): TestFile | undefined {
  const lines = (facts.files.text(path) ?? '').split('\n').map((line) => line.replace(/(?:^|\s)\/\/.*$/, ''));
  const n = lines.findIndex((line) =>
    /\bexpect\(|\bassert\w*[.(]|\bAssert\w*\.|\.Should\b|\bt\.(?:Error|Fatal)/.test(line),
  );
  if (n === -1) return undefined;
  const [top = ''] = path.split('/');
  return {
    path,
    line: n + 1,
    about: new Set(
      facts.files.paths.filter(
        (other) => other !== path && other.startsWith(path.includes('/') ? `${top}/` : ''),
      ),
    ),
  };
}
