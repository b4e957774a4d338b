import type { Place } from '../types.js';
import { mapping, readYaml } from '../yaml.js';
import { folderOf, from, globbed } from './paths.js';
import { operands, option } from './programs.js';
import type { Trail, Where } from './trail.js';

export type Task = (words: readonly string[], text: string, at: Place, where: Where, trail: Trail) => void;

/** Programs that start what a file of the repository says, by name. */
export const TASKS: Readonly<Record<string, Task>> = {
  dvc,
  papermill: notebooks,
  jupyter: notebooks,
  'jupyter-nbconvert': notebooks,
  npm: nodeScripts,
  yarn: nodeScripts,
  pnpm: nodeScripts,
  mlflow,
  tox,
  nox,
};

/** `papermill in.ipynb out.ipynb`, `jupyter nbconvert --execute *.ipynb`, `jupyter execute x.ipynb`. */
function notebooks(words: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  const runs =
    /^papermill|\s--execute\b|jupyter(?:-| )execute\b/.test(text) ||
    /papermill/.test(text) ||
    words.includes('--execute');
  if (!runs) return;
  const given = words.filter((word) => word.endsWith('.ipynb'));
  const first = /papermill/.test(text) ? given.slice(0, 1) : given;
  for (const name of first) {
    const dir = where.dir ?? '';
    const names = /[*?]/.test(name) ? globbed(trail.files, name, dir) : [name];
    for (const one of names) {
      const path = from(where.dir, one);
      if (path === undefined || !trail.files.has(path)) continue;
      const inside = trail.enter(where, `python ${path}`, { ...at, as: text });
      if (inside) trail.python(path, inside);
    }
  }
}

/** dvc.yaml: https://dvc.org/doc/user-guide/project-structure/dvcyaml-files */
function dvc(words: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  const runs = words[0] === 'repro' || (words[0] === 'exp' && words[1] === 'run');
  const rest = words.slice(words[0] === 'exp' ? 2 : 1);
  if (!runs || rest.includes('--dry')) return;
  const wanted = operands(rest, ['-S', '--set-param', '-n', '--name', '-j', '--jobs', '-d', '--downstream']);
  const file = wanted.find((word) => word.endsWith('dvc.yaml')) ?? 'dvc.yaml';
  const path = from(where.dir, file);
  const content = path === undefined ? undefined : trail.files.text(path);
  if (path === undefined || content === undefined) return;
  const [document] = readYaml(content);
  const stages = mapping(mapping(document?.value).stages);
  const names = wanted.flatMap((word) =>
    word.endsWith('dvc.yaml') ? [] : [word.split(':').at(-1)?.split('@')[0] ?? ''],
  );
  const done = new Set<string>();
  const run = (name: string) => {
    if (done.has(name)) return;
    done.add(name);
    const outer = mapping(stages[name]);
    const stage = outer.do === undefined ? outer : mapping(outer.do);
    for (const need of pathsOf(stage.deps))
      for (const [other, made] of Object.entries(stages))
        if (
          other !== name &&
          pathsOf(mapping(made).outs).some((out) => need === out || need.startsWith(`${out}/`))
        )
          run(other);
    const inside = trail.enter(where, `dvc ${path} ${name}`, { ...at, as: text });
    if (!inside) return;
    const base = folderOf(path);
    const dir = typeof stage.wdir === 'string' ? from(base, stage.wdir) : base;
    const line = document?.line(['stages', name, 'cmd']) ?? 1;
    for (const cmd of Array.isArray(stage.cmd) ? stage.cmd : [stage.cmd])
      if (typeof cmd === 'string') trail.shell(cmd, { path, line }, { ...inside, dir, env: {} });
  };
  for (const name of names.length ? names : Object.keys(stages)) run(name);
}

const pathsOf = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).flatMap((one: unknown) =>
    typeof one === 'string' ? [one] : Object.keys(mapping(one)),
  );

/** Scripts of package.json. */
function nodeScripts(words: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  const [verb = '', name = ''] = operands(words, ['--prefix', '-C', '--workspace', '-w']);
  const script = verb === 'run' || verb === 'run-script' ? name : verb === 't' ? 'test' : verb;
  const dir = from(where.dir, option(words, '--prefix', '-C') ?? '.');
  const path = dir === undefined ? undefined : from(dir, 'package.json');
  const content = path === undefined ? undefined : trail.files.text(path);
  if (path === undefined || content === undefined) return;
  let scripts: Readonly<Record<string, unknown>>;
  try {
    scripts = mapping(mapping(JSON.parse(content)).scripts);
  } catch {
    return; // npm would not read it either.
  }
  for (const one of [`pre${script}`, script, `post${script}`]) {
    const command = Object.hasOwn(scripts, one) ? scripts[one] : undefined;
    if (typeof command !== 'string') continue;
    const inside = trail.enter(where, `npm ${path} ${one}`, { ...at, as: text });
    const line = content.slice(0, Math.max(0, content.indexOf(`"${one}"`))).split('\n').length;
    if (inside) trail.shell(command, { path, line }, { ...inside, dir }, { pipefail: false, errexit: false });
  }
}

/** `mlflow run DIR [-e entry]`: the command of an MLproject. */
function mlflow(words: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  if (words[0] !== 'run') return;
  const [target = '.'] = operands(words.slice(1), [
    '-e',
    '--entry-point',
    '-P',
    '--param-list',
    '-b',
    '--backend',
    '--backend-config',
    '--experiment-name',
    '--env-manager',
    '-v',
    '--version',
  ]);
  const dir = from(where.dir, target);
  const path = dir === undefined ? undefined : from(dir, 'MLproject');
  const content = path === undefined ? undefined : trail.files.text(path);
  if (path === undefined || content === undefined) return;
  const [document] = readYaml(content);
  const entry = option(words, '-e', '--entry-point') ?? 'main';
  const { command } = mapping(mapping(mapping(document?.value).entry_points)[entry]);
  const inside = trail.enter(where, `mlflow ${path} ${entry}`, { ...at, as: text });
  if (typeof command !== 'string' || !inside) return;
  trail.shell(
    command,
    { path, line: document?.line(['entry_points', entry, 'command']) ?? 1 },
    { ...inside, dir, env: {} },
  );
}

/** tox.ini, or `[tox:…]` of setup.cfg: https://tox.wiki/en/latest/config.html */
function tox(words: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  for (const name of ['tox.ini', 'setup.cfg']) {
    const path = from(where.dir, name);
    const content = path === undefined ? undefined : trail.files.text(path);
    if (path === undefined || content === undefined) continue;
    const sections = iniOf(content);
    const base = sections.get('testenv');
    const asked = option(words, '-e', '--env') ?? words.find((word) => /^-e./.test(word))?.slice(2);
    const list =
      asked ?? sections.get('tox')?.get('envlist')?.text ?? sections.get('tox')?.get('env_list')?.text ?? '';
    const names = list.split(/[\s,]+/).filter(Boolean);
    for (const env of names.length ? names : ['py']) {
      const own = sections.get(`testenv:${env}`);
      const get = (key: string) => own?.get(key) ?? base?.get(key);
      const commands = get('commands');
      const inside = commands && trail.enter(where, `tox ${path} ${env}`, { ...at, as: text });
      if (!inside) continue;
      const dir = from(
        where.dir,
        (get('changedir') ?? get('change_dir'))?.text.replace(/\{toxinidir\}\/?/, '') || '.',
      );
      const ignored = /true/i.test(get('ignore_outcome')?.text ?? '') ? '`ignore_outcome`' : undefined;
      let { line } = commands;
      for (const whole of commands.text.split('\n')) {
        const minus = /^\s*-\s+/.test(whole);
        const command = whole
          .replace(/^\s*-\s+/, '')
          .replace(/\{posargs:?([^{}]*)\}/g, '$1')
          .replace(/\{(?:toxinidir|tox_root)\}\/?/g, './');
        const swallowed = inside.swallowed ?? ignored ?? (minus ? '`-` before the command' : undefined);
        if (command.trim()) trail.shell(command, { path, line }, { ...inside, dir, swallowed });
        line++;
      }
    }
    return;
  }
}

function iniOf(text: string): Map<string, Map<string, { text: string; line: number }>> {
  const out = new Map<string, Map<string, { text: string; line: number }>>();
  let section = new Map<string, { text: string; line: number }>();
  let last: { text: string; line: number } | undefined;
  text.split(/\r?\n/).forEach((line, index) => {
    const head = /^\[([^\]]+)\]/.exec(line)?.[1];
    const pair = /^([A-Za-z_][\w-]*)\s*=\s*(.*)$/.exec(line);
    if (head !== undefined) {
      section = out.get(head) ?? new Map<string, { text: string; line: number }>();
      out.set(head, section);
      last = undefined;
    } else if (pair?.[1]) {
      last = { text: pair[2] ?? '', line: index + 1 };
      section.set(pair[1], last);
    } else if (last && /^\s+\S/.test(line))
      last.text += `\n${line.trim().startsWith('#') ? '' : line.trim()}`;
    else if (last && line.trim() === '') last.text += '\n';
  });
  return out;
}

/** Sessions of noxfile.py: what `session.run(…)` is given. */
function nox(words: readonly string[], text: string, at: Place, where: Where, trail: Trail): void {
  const path = from(where.dir, option(words, '-f', '--noxfile') ?? 'noxfile.py');
  if (path === undefined || !trail.files.has(path)) return;
  const after = words.findIndex((word) => /^(?:-s|-e|--sessions?|--session)$/.test(word));
  const asked = after === -1 ? [] : words.slice(after + 1).filter((word) => !word.startsWith('-'));
  const inside = trail.enter(where, `nox ${path} ${asked.join(' ')}`, { ...at, as: text });
  if (!inside) return;
  for (const call of trail.facts(path).calls) {
    if (
      !/\.run(?:_always)?$/.test(call.name) ||
      (asked.length &&
        !asked.some((one) => one.split('-')[0] === call.within.replace(/^_/, '') || one === call.within))
    )
      continue;
    const given = [...call.args.matchAll(/(?:^|,)\s*(["'])((?:[^"'\\]|\\.){0,300})\1(?=\s*(?:,|$))/g)].map(
      (found) => found[2] ?? '',
    );
    if (given.length)
      trail.command(
        given,
        given.join(' '),
        { path, line: call.line },
        { ...inside, off: inside.off ?? call.off, swallowed: inside.swallowed ?? call.swallowed },
      );
  }
}
