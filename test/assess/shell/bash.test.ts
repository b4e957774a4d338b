import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { shellText } from '../../../src/assess/shell/commands.js';

const home = mkdtempSync(join(tmpdir(), 'azmlops-bash-'));
mkdirSync(join(home, 'bin'));
for (const [name, code] of [
  ['fails', 1],
  ['works', 0],
] as const) {
  writeFileSync(join(home, 'bin', name), `#!/bin/sh\nexit ${code}\n`);
  chmodSync(join(home, 'bin', name), 0o755);
}
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

interface Flags {
  readonly errexit: boolean;
  readonly pipefail: boolean;
}

/** One bash that starts all others: each that Node starts takes its input for a network's, and reads .bashrc first. */
const asked = spawn(
  'bash',
  [
    '--norc',
    '-c',
    `while IFS= read -r -d '' flags && IFS= read -r -d '' text; do
      timeout 5 bash $flags -c "$text" </dev/null >/dev/null 2>&1
      echo $?
    done`,
  ],
  {
    cwd: home,
    env: { PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}` },
    stdio: ['pipe', 'pipe', 'inherit'],
  },
);
const answers = createInterface(asked.stdout)[Symbol.asyncIterator]();
afterAll(() => asked.stdin.end());

/** Whether bash ends in green though `fails` failed. */
async function green(text: string, { errexit, pipefail }: Flags): Promise<boolean> {
  const flags = [...(errexit ? ['-e'] : []), ...(pipefail ? ['-o', 'pipefail'] : [])].join(' ');
  asked.stdin.write(`${flags}\0${text}\0`);
  const { value } = (await answers.next()) as { value?: string };
  // 124 is what `timeout` says of one that does not end.
  expect(value, text).toMatch(/^(?!124$)\d+$/);
  return value === '0';
}

function read(text: string, flags: Flags): { readonly green: boolean; readonly why: string } | undefined {
  const found = shellText(text, flags).commands.find(({ words }) => words.includes('fails'));
  if (!found || found.off !== undefined) return undefined;
  return { green: found.swallowed !== undefined, why: found.swallowed ?? 'stops' };
}

const STRICT = { errexit: true, pipefail: true };

describe('what the failure of a command comes to, as bash has it', () => {
  it.each([
    'fails',
    'fails || true | tee x',
    'fails || true | tee x | cat',
    'fails || { true; }',
    'fails && works || true',
    'works && fails || true',
    'fails || true && works',
    'fails && true\nworks',
    'works && fails\nworks',
    'fails && true',
    '! fails',
    '! fails\nworks',
    '! fails || exit 1',
    '! fails && exit 1',
    'fails | cat',
    'fails | tee x\nworks',
    'set +o pipefail; fails | cat',
    '{ fails; } || true',
    '( fails ) || :',
    '(fails; works) || :',
    '(fails; works)\nworks',
    '{ fails; works; } || exit 1',
    'fails; true',
    'fails; exit 0',
    'fails; exit',
    'set +e\nfails\nexit',
    'set +e\nfails\nexit 0',
    'set +e\nfails',
    'set +e; fails; code=$?; set -e; exit $code',
    '(set +e; fails; true)\nworks',
    'if fails; then :; fi',
    'if ! fails; then echo no; fi',
    'if ! fails; then exit 1; fi',
    'if fails || true; then works; else exit 1; fi',
    'fails & wait',
    'fails & wait $!',
    'fails & pid=$!; works; wait "$pid"',
    'fails &',
    'x=$(fails)',
    'x=$(fails; works)',
    'x=$(works; fails)',
    'x=$(fails) y=$(works)',
    'x=$(fails) works',
    'export x=$(fails)',
    'f() { local x=$(fails); }; f',
    'f() { local x; x=$(fails); }; f',
    'echo "$(fails)"',
    'for x in $(fails); do works; done',
    'case $(fails) in *) works ;; esac',
    'cat <(fails)',
    'while read -r x; do works; done < <(fails)',
    'time fails',
    'time -p fails | cat',
    'timeout 5 fails',
    'env X=1 fails',
    'nice fails',
    'fails || false',
    'fails || false || true',
    'fails || exit 0',
    'fails || exit 1',
    'f() { fails; works; }; f || true',
    'f() { fails; works; }; f',
    'f() { fails; works; }; if f; then echo yes; fi',
    'f() { fails || return 1; works; }; f',
    'f() { fails || return 1; works; }; f || true',
    'stop() { echo no; exit 1; }; fails || stop',
    'say() { echo no; }; fails || say',
    'for x in a b; do fails || true; done',
    'for x in a; do fails; done\nworks',
    'until fails || true; do works; done',
    'while fails; do works; done',
    'case x in x) fails ;; esac',
    'x=$(case x in x) fails;; esac)',
    'x="$(case x in (y) works;; x) fails;; esac)"',
    '{ fails || false; works; }',
    '{ fails && works || false; works; }',
    '! if fails; then exit 0; fi',
    'x=$(echo just in case x in y); fails',
    "trap 'exit 0' EXIT; fails",
    "trap 'rm -f x' EXIT; fails",
    'cat <<E || true\nfails\nE\nfails',
    'fails <<E || true\nx\nE',
    'eval "fails || true"',
    'eval fails',
    '{ fails; } > x',
    '{ fails; works; } 2>&1 | tee x',
    'exec fails',
  ])('%s', async (text) => {
    for (const flags of [STRICT, { errexit: true, pipefail: false }, { errexit: false, pipefail: false }]) {
      const seen = read(text, flags);
      expect(
        seen && { ...flags, green: seen.green },
        `${text} ${JSON.stringify(flags)}: ${seen?.why}`,
      ).toEqual({
        ...flags,
        green: await green(text, flags),
      });
    }
  });

  const command = fc.constantFrom('works', 'true', 'echo x', 'false', 'exit 0', 'exit 1');

  it('never says of a failure that ends in red that nothing comes of it', async () => {
    const forms = [
      '%s || #',
      '%s && #',
      '# && %s',
      '# || %s',
      '%s; #',
      '#; %s',
      '! %s',
      '%s | cat',
      // Nothing is written: `echo` into a command that does not read is killed now and then.
      'true | %s',
      '{ %s; }',
      '(%s)',
      '(%s; #)',
      'if %s; then #; fi',
      'if %s; then #; else #; fi',
      'if #; then %s; fi',
      'for i in 1; do %s; done',
      'x=$(%s)',
      'echo $(%s)',
      'f() { %s; }; f',
      'set +e; %s',
      'case x in x) %s;; esac',
      '%s; code=$?; #',
      '{ %s; #; }',
      '%s || f=1; #',
    ];
    const layer = fc.tuple(fc.constantFrom(...forms), command, command);
    await fc.assert(
      fc.asyncProperty(
        fc.array(layer, { maxLength: 4 }),
        fc.boolean(),
        fc.boolean(),
        async (layers, errexit, pipefail) => {
          const text = layers.reduce(
            (inner, [form, one, other]) =>
              form
                .replace('#', one)
                .replace('#', other)
                .replace('%s', () => inner),
            'fails',
          );
          const seen = read(text, { errexit, pipefail });
          // Red all the same when nothing fails: it is something else that makes it so.
          const other = text.replace('fails', 'works');
          if (seen?.green && (await green(other, { errexit, pipefail })))
            expect(await green(text, { errexit, pipefail }), `${text}: ${seen.why}`).toBe(true);
        },
      ),
      // The same texts each time, unless all is asked for: what fails then is told with its seed.
      process.env.AZMLOPS_ALL ? { numRuns: 3000 } : { numRuns: 300, seed: Number(process.env.SEED ?? 5) },
    );
  });
});
