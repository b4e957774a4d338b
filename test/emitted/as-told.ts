import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { have } from '../support/tools.js';
import { type Tree, trees } from '../support/trees.js';
import { ask, freePort, serve, Workspace } from '../support/workspace.js';

const all = Boolean(process.env.AZMLOPS_ALL);
// Every task and kind of endpoint; not levels 2 and 3, whose commands are those of 4 without the loop. `npm run test:all` takes
// all of them.
const covering = [
  '0-classification-online',
  '0-regression-batch',
  '1-regression-both',
  '4-classification-both',
];
// These are set up from what they declare: packages that nobody declared are then missing.
const installed = ['0-classification-online', '1-regression-both'];
/** pip takes a minute where uv takes a second, for the same packages. */
const quicker = (line: string): string =>
  all ? line : line.replace(/^(\S+) -m pip install/, 'uv pip install --quiet --python $1');

/** Two files call this, one a task, so that both cores have work. */
export const usedAsTold = (task: Tree['task']): void => {
  const chosen = trees(
    ({ id, length, gate, ...tree }) =>
      tree.task === task &&
      length === 'usual' &&
      // The gate changes no command of the first section and no Python.
      gate === 'reviewers' &&
      (all || covering.includes(id.replace('-usual', ''))),
  );
  describe.skipIf(!have('python', 'uv')).each(chosen)('$id, used as its README says', (tree) => {
    let workspace: Workspace;
    const readme = () => readFileSync(join(workspace.dir, 'README.md'), 'utf8');
    const fresh = all || installed.includes(tree.id.replace('-usual', ''));
    beforeAll(() => {
      workspace = new Workspace(tree, { installed: !fresh });
    });
    afterAll(() => workspace.remove());

    const succeeds = (line: string) => {
      const ran = workspace.shell(line, 600);
      expect(ran.status, `${line}\n${ran.said.slice(-4000)}`).toBe(0);
    };
    const commands = () => startCommands(readme(), tree);

    it('the commands of the first section are these', () => {
      expect(commands()).toEqual(expected(tree));
    });

    it('each of them succeeds, in the order told', () => {
      // loop.test.ts runs `make loop`, in the other task and cut off from the network.
      const elsewhere = (line: string) => line === 'make loop' && !all;
      for (const line of commands().filter(
        (one) => !isServer(one) && !elsewhere(one) && (fresh || !isSetup(one)),
      ))
        succeeds(quicker(line));
    });

    it('leaves a model and what is to be known about it, and nothing that git would commit by accident', () => {
      const left = [
        ['model.pkl', 'hand-off.md'],
        ['model.pkl', 'evaluation.json'],
        ['model.pkl', 'MLmodel', 'evaluation.json'],
      ];
      for (const name of left[Math.min(tree.level, 2)] ?? [])
        expect(existsSync(join(workspace.dir, 'model', name)), name).toBe(true);
      if (tree.level === 0)
        expect(readFileSync(join(workspace.dir, 'model/hand-off.md'), 'utf8')).not.toMatch(
          /<[a-z ]+>|\$\{?\w|\.\.\./,
        );
      expect(workspace.changed()).toEqual([]);
    });

    // The Makefile is the same from level 1 on, but for the targets of the first section.
    if (tree.level === 1 || (all && tree.level > 0))
      it('every other target of make succeeds, and `make format` has nothing to do', () => {
        const targets = [
          ...readFileSync(join(workspace.dir, 'Makefile'), 'utf8').matchAll(/^([a-z][\w-]*):/gm),
        ];
        const done = ['setup', 'loop', 'test', 'data', 'train', 'serve', 'score-batch', 'clean', 'synthetic'];
        const rest = targets.map(([, target = '']) => target).filter((target) => !done.includes(target));
        expect(rest).toEqual(expect.arrayContaining(['help', 'lint', 'format', 'types', 'notebooks', 'app']));
        for (const target of rest) succeeds(`make ${target}`);
        const { status, said } = workspace.shell('make synthetic', 60);
        expect(status, said).not.toBe(0);
        expect(said).toContain('data/raw holds penguins.csv: nothing is made up beside real rows');
        expect(workspace.changed()).toEqual([]);
      });

    if (tree.endpoint !== 'batch')
      it('the scoring server answers good requests, refuses bad ones with a reason, and only on loopback', async () => {
        const port = await freePort();
        const [program, args, env] = server(tree, port);
        await serve(program ? join(workspace.dir, program) : workspace.python, args, {
          cwd: workspace.dir,
          env: {
            ...workspace.env,
            ...Object.fromEntries(Object.entries(env).map(([k, v]) => [k, join(workspace.dir, v)])),
          },
          port,
        });
        const good = readFileSync(join(workspace.dir, 'samples/request.json'), 'utf8');
        const rows = (JSON.parse(good) as { data: Record<string, unknown>[] }).data;
        const first = rows[0] ?? {};
        const number = Object.keys(first).find((key) => typeof first[key] === 'number') ?? '';
        const answer = await ask(port, '/score', good);
        expect(answer.status, answer.body).toBe(200);
        const { predictions } = JSON.parse(answer.body) as {
          predictions: { prediction: unknown; probabilities?: object }[];
        };
        expect(predictions).toHaveLength(rows.length);
        for (const one of predictions) {
          if (tree.task === 'regression') expect(one.prediction).toBeTypeOf('number');
          else {
            const shares = Object.values(one.probabilities ?? {}) as number[];
            expect(Object.keys(one.probabilities ?? {})).toContain(one.prediction);
            expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
          }
        }
        // A missing value is data, not a mistake: the pipeline imputes.
        expect(
          (await ask(port, '/score', JSON.stringify({ data: [{ ...first, [number]: null }] }))).status,
        ).toBe(200);
        const without = Object.fromEntries(Object.entries(first).slice(1));
        const bad = {
          'no body': '',
          'no JSON': '{',
          'a list': '[1, 2]',
          'no data': '{}',
          'no rows': '{"data": []}',
          'rows that are no objects': '{"data": [1]}',
          'a column is missing': JSON.stringify({ data: [without] }),
          'text for a number': JSON.stringify({ data: [{ ...first, [number]: 'many' }] }),
          'a number that is none': JSON.stringify({ data: [first] }).replace(String(first[number]), 'NaN'),
        };
        for (const [what, body] of Object.entries(bad)) {
          const refused = await ask(port, '/score', body);
          expect(refused.status, `${what}: ${refused.body}`).toBe(400);
          expect((JSON.parse(refused.body) as { error: string }).error, what).toMatch(/\w+ \w+/);
        }
        const outside = Object.values(networkInterfaces())
          .flat()
          .find((one) => one?.family === 'IPv4' && !one.internal);
        if (outside) await expect(ask(port, '/', undefined, outside.address)).rejects.toThrow();
      });

    if (tree.level > 0)
      it('`make clean` deletes what the targets wrote, and no more', () => {
        succeeds('make clean');
        for (const path of ['model', 'outputs', 'build'])
          expect(existsSync(join(workspace.dir, path)), path).toBe(false);
        for (const path of ['.venv', 'data/raw'])
          expect(existsSync(join(workspace.dir, path)), path).toBe(true);
        expect(workspace.changed()).toEqual([]);
      });
  });
};

const isSetup = (line: string) => /make setup|bootstrap\.py|-m venv|pip install/.test(line);
const isServer = (line: string) => /make serve|\.serve /.test(line);

/** The lines of the first shell block of a README. */
function startCommands(readme: string, tree: Tree): string[] {
  const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, body = '']) =>
    body.trim().split('\n'),
  );
  return blocks[0] ?? [tree.id];
}

function expected({ level, endpoint }: Tree): string[] {
  const scoring = [endpoint !== 'batch' && 'make serve', endpoint !== 'online' && 'make score-batch'];
  if (level === 0)
    return [
      'python3 -m venv .venv',
      '.venv/bin/python -m pip install --requirement requirements.txt',
      '.venv/bin/python -m nbconvert --to notebook --execute --output-dir outputs/notebooks notebooks/*.ipynb',
    ];
  const loop = level === 4 && 'make loop';
  const lines = ['make setup', loop, 'make test', level >= 2 && 'make data', 'make train', ...scoring];
  return lines.filter((line) => typeof line === 'string');
}

/** Program (that of the workspace's Python when empty), arguments and paths in the environment of the scoring server. */
function server(tree: Tree, port: number): [string, string[], Record<string, string>] {
  if (tree.level > 0)
    return ['', ['-m', `${tree.package}.serve`, '--model', 'model', '--port', String(port)], {}];
  // Level 0 has no command for it; the server of Azure's own image is started on its entry script.
  const code = `from azureml_inference_server_http.amlserver_linux import run; run('127.0.0.1', ${port}, 1)`;
  return [
    '',
    ['-c', code],
    { AZUREML_ENTRY_SCRIPT: 'src/score.py', AML_APP_ROOT: 'src', AZUREML_MODEL_DIR: 'model' },
  ];
}
