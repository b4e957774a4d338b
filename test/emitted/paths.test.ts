import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { have, programs, project, run } from '../support/tools.js';
import { digest, filesOf, MOST_FILES, read, type Tree, treeOf, trees } from '../support/trees.js';

const all = trees(({ length }) => length !== 'long');
const text = (tree: Tree) =>
  filesOf(tree.dir).filter((path) => !/\.(gz|csv)$/.test(path) && !path.startsWith('.azmlops'));
const markdown = (tree: Tree) => filesOf(tree.dir).filter((path) => path.endsWith('.md'));
const withoutCode = (body: string) => body.replaceAll(/^```[\s\S]*?^```/gm, '');

/** The anchor GitHub makes of a heading. */
const slug = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

const anchors = (body: string): string[] => {
  const seen = new Map<string, number>();
  return [...withoutCode(body).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const base = slug(heading);
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    return count ? `${base}-${count}` : base;
  });
};

describe('files', () => {
  it(`are at most ${MOST_FILES.join(', ')}`, () => {
    for (const tree of all)
      expect(filesOf(tree.dir).length, tree.id).toBeLessThanOrEqual(MOST_FILES[tree.level]);
  });

  it('are none that git would ignore', () => {
    for (const tree of all) {
      const ran = run('git', ['check-ignore', '--no-index', '--stdin'], {
        cwd: tree.dir,
        input: filesOf(tree.dir).join('\n'),
      });
      expect(ran.said, tree.id).toBe('');
      expect(ran.status).toBe(1);
    }
  });

  it('keep their path from level to level, but for the ones that a level takes over', () => {
    const gone: Record<number, string[]> = {
      0: ['docs/hand-off.md', 'requirements.txt', 'src/contract.json', 'src/scoring.py'],
      // From level 2 on the workflow registers what the gate promotes.
      1: ['scripts/register.sh'],
      // From level 3 on the pipeline releases.
      2: ['scripts/hand-off.sh'],
      3: [],
    };
    for (const low of all.filter(({ level }) => level < 4)) {
      const high = all.find((tree) => tree.id === low.id.replace(/^\d/, String(low.level + 1)));
      const above = filesOf(high?.dir ?? '');
      const missing = filesOf(low.dir).filter((path) => !above.includes(path));
      expect(missing.sort(), low.id).toEqual(gone[low.level]);
    }
  });

  it('are executable exactly when they begin with #!', () => {
    for (const tree of all)
      for (const path of text(tree))
        expect((statSync(join(tree.dir, path)).mode & 0o111) !== 0, `${tree.id}/${path}`).toBe(
          read(tree, path).startsWith('#!'),
        );
  });
});

describe('Markdown', () => {
  it('links to files and headings that are there', () => {
    const dangling: string[] = [];
    let links = 0;
    for (const tree of all)
      for (const path of markdown(tree))
        for (const [, target = ''] of withoutCode(read(tree, path)).matchAll(/\]\(([^)\s]+)\)/g)) {
          if (/^(https?|mailto):/.test(target)) continue;
          links++;
          const [file = '', anchor] = target.split('#');
          const to = file ? normalize(join(dirname(path), file)) : path;
          const bad =
            !existsSync(join(tree.dir, to)) ||
            (anchor !== undefined && (!to.endsWith('.md') || !anchors(read(tree, to)).includes(anchor)));
          if (bad) dangling.push(`${tree.dir}/${path}: ${target}`);
        }
    expect(digest(dangling)).toEqual([]);
    expect(links).toBeGreaterThan(all.length * 3);
  });

  it('has one title a page, and no heading that skips a level', () => {
    for (const tree of all)
      for (const path of markdown(tree)) {
        const levels = [...withoutCode(read(tree, path)).matchAll(/^(#{1,6}) /gm)].map(
          ([, marks = '']) => marks.length,
        );
        if (path === '.github/pull_request_template.md') continue;
        expect(
          levels.filter((n) => n === 1),
          `${tree.id}/${path}`,
        ).toEqual([1]);
        for (const [n, level] of levels.entries())
          expect(level - (levels[n - 1] ?? 0), path).toBeLessThanOrEqual(1);
      }
  });
});

describe('paths that files name', () => {
  const tops =
    /(?<![\w/.$~{}*:@-])(?:\.\/)?((?:src|docs|scripts|azureml|notebooks|config|tests|samples|local|local_azure|delivery|monitoring|\.github|app)\/[\w./-]*\w\/?)(?![*\w])/g;

  it('exist, or are made by running and git-ignored', () => {
    const dangling = new Set<string>();
    for (const tree of all) {
      const above = all.find((other) => other.id === tree.id.replace(/^\d/, String(tree.level + 1)));
      const named = new Map<string, string>();
      for (const path of text(tree))
        for (const [, found = ''] of read(tree, path).matchAll(tops)) {
          const clean = found.replace(/\.$/, '');
          const fits = (root: string) =>
            existsSync(join(root, clean)) ||
            existsSync(join(root, dirname(path), clean)) ||
            existsSync(join(root, 'app', clean));
          if (fits(tree.dir)) continue;
          // The road to the next level speaks of files that are there then.
          if (path === 'docs/next-level.md' && above && fits(above.dir)) continue;
          named.set(clean, `${tree.dir}/${path}: ${clean}`);
        }
      const ignored = run('git', ['check-ignore', '--no-index', '--stdin'], {
        cwd: tree.dir,
        input: [...named.keys()].join('\n'),
      }).stdout.split('\n');
      for (const [path, where] of named) if (!ignored.includes(path)) dangling.add(where);
    }
    expect(digest([...dangling])).toEqual([]);
  });

  it('make targets that docs and workflows call are in the Makefile, and the other way round', () => {
    for (const tree of all.filter(({ level }) => level > 0)) {
      const makefile = read(tree, 'Makefile');
      const targets = [...makefile.matchAll(/^([a-z][\w-]*):/gm)].map(([, target]) => target);
      const phony = [...makefile.matchAll(/^\.PHONY:(.*(?:\\\n.*)*)/gm)].flatMap(([, list = '']) =>
        list.split(/[\s\\]+/),
      );
      expect(phony.filter(Boolean).sort(), tree.id).toEqual([...targets].sort());
      for (const path of text(tree).filter((file) => /\.(md|ya?ml|sh|ipynb)$/.test(file)))
        for (const [, target] of read(tree, path).matchAll(/(?:`|^\s*(?:run: )?)make ([a-z][\w-]*)/gm))
          expect(targets, `${tree.id}/${path}`).toContain(target);
      const help = run('make', ['help'], { cwd: tree.dir });
      for (const target of targets)
        expect(help.stdout, `${tree.id} make help`).toMatch(new RegExp(`\\b${target}\\b`));
    }
  });
});

describe('names of settings', () => {
  const used = (tree: Tree, kind: 'vars' | 'secrets') =>
    new Set(
      text(tree)
        .filter((path) => path.startsWith('.github/'))
        .flatMap((path) =>
          // Where GitHub has no environments, the place stands before the name.
          [...read(tree, path).matchAll(new RegExp(`\\b${kind}\\.(\\w+)`, 'g'))].map(([, name = '']) =>
            name.replace(/^(?:STAGING|PRODUCTION|MONITORING)_/, ''),
          ),
        ),
    );

  it('variables that workflows read are set by the set-up script and documented, and no others', () => {
    for (const tree of all.filter(({ level }) => level > 0)) {
      const script = read(tree, 'scripts/setup.sh');
      const docs = markdown(tree)
        .map((path) => read(tree, path))
        .join('\n');
      const documented = new Set(
        [...docs.matchAll(/`(AZURE_[A-Z_]+|(?:ONLINE|BATCH)_ENDPOINT|ENDPOINT_SUFFIX)`/g)].map(
          ([, name]) => name,
        ),
      );
      for (const name of used(tree, 'vars')) {
        expect(script, `${tree.id}: ${name}`).toContain(name);
        expect([...documented], `${tree.id}: ${name}`).toContain(name);
      }
      const known = text(tree).filter((path) => !path.endsWith('.md') && path !== 'scripts/setup.sh');
      for (const name of documented)
        expect(
          known.some((path) => read(tree, path).includes(name ?? '')),
          `${tree.id}: ${name} is documented and nothing reads it`,
        ).toBe(true);
    }
  });

  it('there is no secret but the token of the run', () => {
    for (const tree of all)
      expect([...used(tree, 'secrets')].filter((name) => name !== 'GITHUB_TOKEN')).toEqual([]);
  });
});

describe('residue', () => {
  const forbidden: [RegExp, string][] = [
    [/<%|%>|\[object Object\]|\bundefined\b/, 'left by a template'],
    [/\b(TODO|FIXME|XXX|lorem ipsum)\b/i, 'unfinished'],
    [/ubuntu-latest|ubuntu-(18|20)\.04|ubuntu(18|20)\.04/, 'an image that moves or is retired'],
    [/azureml-(core|defaults|sdk|dataprep|train|pipeline)\b/, 'SDK v1'],
    [/\bAzureML-[A-Za-z]|_DS\d+_v2\b|_F\d+s_v2\b|low_?priority/, 'retired'],
    [/(?<!>=)\b3\.[6-9]\b(?!\.)/, 'a Python that is out of support'],
    [/uses: .*@(?![0-9a-f]{40})/, 'an action that is not pinned'],
    [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/, 'a GUID'],
    [/[\w.+-]+@(?!users\.noreply|example\.)[\w-]+\.(com|org|net|io|de)\b/, 'an e-mail address'],
    [/\/(work|tmp|home|Users|root)\/\w+/, 'a path of some machine'],
    [/AZURE_CREDENTIALS|client-secret|clientSecret/, 'a long-lived credential'],
    [/\b(simply|just|easily|seamless\w*|powerful|blazing|cutting-edge)\b/i, 'a word that sells'],
    [/\p{Extended_Pictographic}/u, 'an emoji'],
  ];
  // Roles of Azure have fixed identifiers, and are named, not numbered.
  it.each(forbidden)('%s stands nowhere: %s', (pattern) => {
    const found = new Set<string>();
    for (const tree of all)
      // The names of somebody's columns are theirs; they stand in JSON alone (own-data-static.test.ts).
      for (const path of text(tree).filter((file) => !tree.own || !file.endsWith('.json')))
        for (const [n, line] of read(tree, path).split('\n').entries()) {
          const match = pattern.exec(line);
          if (match) found.add(`${tree.level} ${path}:${n + 1}: ${line.trim().slice(0, 120)}`);
        }
    expect([...found]).toEqual([]);
  });

  it('a repository of one name does not speak of another', () => {
    for (const tree of all.filter(({ length }) => length === 'short'))
      for (const path of text(tree)) {
        expect(read(tree, path), `${tree.id}/${path}`).not.toMatch(/\bchurn/i);
        expect(path).not.toContain('churn');
      }
  });

  it('no column of the data stands in code, in a YAML key or in a script', () => {
    const contract = JSON.parse(read(treeOf(0), 'src/contract.json')) as { columns: { name: string }[] };
    const names = contract.columns.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(5);
    const column = new RegExp(`\\b(${names.join('|')})\\b`);
    const found = all.flatMap((tree) =>
      text(tree)
        .filter((path) => /\.(py|sh|toml|ya?ml|ipynb)$|Makefile/.test(path))
        .flatMap((path) =>
          read(tree, path)
            .split('\n')
            // A comment is prose, and a description is what the person answered.
            .filter((line) => !/^\s*#|^description = /.test(line) && column.test(line))
            .map((line) => `${tree.level} ${path}: ${line.trim()}`),
        ),
    );
    expect([...new Set(found)]).toEqual([]);
  });
});

describe('packages', () => {
  const pins = (tree: Tree): [string, string, string][] =>
    text(tree)
      .filter((path) => /requirements.*\.txt$|conda.*\.yml$|pyproject\.toml$/.test(path))
      .flatMap((path) =>
        [
          ...read(tree, path).matchAll(
            /^\s*(?:- )?["']?([A-Za-z][\w-]*)(?:\[\w+\])?={1,2}(\d[\w.]*)["',]*\s*$/gm,
          ),
        ].map(([, name = '', version = '']): [string, string, string] => [name.toLowerCase(), version, path]),
      );

  it('level 0 installs no MLflow', () => {
    for (const tree of all.filter(({ level }) => level === 0))
      for (const path of text(tree).filter((file) => /requirements|conda|\.(py|ipynb)$/.test(file)))
        expect(read(tree, path), `${tree.id}/${path}`).not.toMatch(/mlflow/i);
  });

  it('Azure ML environments pin exactly, and all pins of a repository agree', () => {
    for (const tree of all) {
      const seen = new Map<string, string>();
      for (const [name, version, path] of pins(tree)) {
        expect(`${name} ${seen.get(name) ?? version}`, `${tree.id}/${path}`).toBe(`${name} ${version}`);
        seen.set(name, version);
      }
      expect(seen.size, tree.id).toBeGreaterThan(3);
      for (const path of text(tree).filter((file) => /conda.*\.yml$/.test(file))) {
        const conda = parse(read(tree, path)) as { dependencies: (string | { pip: string[] })[] };
        const listed = conda.dependencies.flatMap((entry) => (typeof entry === 'string' ? entry : entry.pip));
        for (const entry of listed) expect(entry, `${tree.id}/${path}`).toMatch(/^[\w[\]-]+={1,2}\d[\w.]*$/);
      }
    }
  });

  it.skipIf(!have('checkPython'))('pins lie inside the bounds of pyproject, which has both for each', () => {
    const script = `
import json, sys, tomllib
from packaging.requirements import Requirement
for row in json.load(sys.stdin):
    project = tomllib.loads(row["pyproject"])["project"]
    listed = [*project["dependencies"], *sum(project.get("optional-dependencies", {}).values(), [])]
    bounds = {r.name.lower(): r for r in map(Requirement, listed) if not r.name.startswith(project["name"])}
    for r in bounds.values():
        operators = {s.operator for s in r.specifier}
        if not (operators & {">=", "~=", "=="} and operators & {"<", "~=", "=="}):
            print(row["id"], r, "lacks a bound")
    for name, version, path in row["pins"]:
        if name in bounds and version not in bounds[name].specifier:
            print(row["id"], path, name, version, "is outside", bounds[name].specifier)
`;
    // What these tests run with (.tools/py) is one of the sets that a person may get, so it is held to the bounds too.
    const list = readFileSync(join(project, 'scripts/tools/emitted.txt'), 'utf8');
    const tools = [...list.matchAll(/^([\w.-]+)==(\S+)$/gm)].map(([, name = '', version = '']) => [
      name.toLowerCase(),
      version,
      'scripts/tools/emitted.txt',
    ]);
    expect(tools.map(([name]) => name)).toEqual(expect.arrayContaining(['mlflow', 'pandas', 'scikit-learn']));
    const rows = all
      .filter(({ level }) => level > 0)
      .map((tree) => ({
        id: tree.id,
        pyproject: read(tree, 'pyproject.toml'),
        pins: [...pins(tree), ...tools],
      }));
    const ran = run(programs.checkPython, ['-c', script], { input: JSON.stringify(rows) });
    expect(ran.said).toBe('');
  });
});
