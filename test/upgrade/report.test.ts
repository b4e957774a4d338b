import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Output } from '../../src/cli/output.js';
import { loadModel } from '../../src/levels/load.js';
import type { Fate } from '../../src/merge/types.js';
import type { Outcome } from '../../src/upgrade/outcome.js';
import { documentOf, reportLines, summaryLine, tellOutcome } from '../../src/upgrade/report.js';
import { folded } from '../../src/upgrade/report-words.js';
import { outcomeOf, type Wish } from '../support/outcome.js';
import { git, home, Sink, temporary, write } from '../support/session.js';

const told = async (outcome: Outcome, width = 100, cwd = '/nowhere') =>
  (await reportLines(outcome, { width, bold: (text) => text }, cwd)).join('\n');
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

const FATES: readonly Fate[] = [
  'add',
  'update',
  'merge',
  'move',
  'remove',
  'unchanged',
  'keep',
  'keep-deleted',
  'conflict',
];
const oneOfEach: Wish['fates'] = Object.fromEntries<readonly [Fate, string]>(
  FATES.map((fate) => [`docs/${fate}.md`, [fate, `Because of ${fate}.`] as const]),
);

describe('the plan', () => {
  it('names every path with its reason, in a group of its fate; what is unchanged is a number', async () => {
    const text = await told(outcomeOf({ fates: oneOfEach }));
    for (const fate of FATES.filter((each) => each !== 'unchanged'))
      expect(text).toContain(`docs/${fate}.md: Because of ${fate}.`);
    expect(text).not.toContain('docs/unchanged.md');
    expect(text).toContain('Unchanged (1 file)');
  });

  it('has its conflicts last, each with its reason, and the advice that both sides must survive', async () => {
    const text = await told(
      outcomeOf({ fates: { 'a.py': ['conflict', 'First.'], ...oneOfEach, 'z.py': ['conflict', 'Last.'] } }),
    );
    const [, after = ''] = text.split('\nConflicts (3)\n');
    for (const line of ['a.py: First.', 'z.py: Last.']) expect(after).toContain(line);
    for (const fate of FATES.filter((each) => each !== 'conflict'))
      expect(after).not.toContain(`Because of ${fate}`);
    expect(flat(after)).toContain('both sides must survive');
    expect(text).not.toMatch(/take (theirs|ours)|checkout --(theirs|ours)/i);
  });

  it('tells each conflict with its path, however many share a reason', async () => {
    const paths = Array.from({ length: 40 }, (_, i) => `src/churn/file${i}.py`);
    const text = await told(
      outcomeOf({ fates: Object.fromEntries(paths.map((path) => [path, ['conflict', 'Both.'] as const])) }),
    );
    for (const path of paths) expect(text).toContain(`${path}: Both.`);
  });

  it('says where the file of the template lies only when one does', async () => {
    const beside = 'Both changed it: yours stays; the other is in logo.azmlops-new.png.';
    expect(await told(outcomeOf({ fates: { 'logo.png': ['conflict', beside] } }))).toMatch(/delete it\./);
    expect(await told(outcomeOf({ fates: { 'a.py': ['conflict', 'Both.'] } }))).not.toMatch(/azmlops-new/);
  });

  it('has what the lift had to say in a group of its own', async () => {
    const text = await told(outcomeOf({ fates: oneOfEach, notes: ['Cell 3 stays: it holds %matplotlib.'] }));
    expect(text).toMatch(/\nNotes\n {2}- Cell 3 stays: it holds %matplotlib\.\n/);
  });

  it('is in the words of a plan before it is done, and says so at both ends', async () => {
    const plan = await told(outcomeOf({ fates: oneOfEach, dryRun: true, written: false }));
    expect(flat(plan)).toMatch(/^Dry run\. [^.]*1 to add, [^.]*1 conflict\./);
    expect(plan).toMatch(/dry run: nothing was written/);
    expect(plan).not.toMatch(/^Added/m);
    expect(await told(outcomeOf({ fates: oneOfEach }))).toMatch(/^Added \(1\)/m);
  });

  it('fits the width, paths and commands aside', async () => {
    for (const width of [40, 80, 110]) {
      const text = await told(outcomeOf({ from: 0, to: 4, fates: oneOfEach }), width);
      const [report = ''] = text.split('\nNext\n');
      expect(report.split('\n').filter((line) => line.length > width)).toEqual([]);
    }
  });
});

describe('a long list', () => {
  const many = (size: number) => Array.from({ length: size }, (_, i) => `f${i % 37}/g${i % 5}/h${i}.py`);

  it.each([1, 12, 13, 60, 400])('of %i paths names or counts each of them once', (size) => {
    const paths = [...many(size), 'Makefile'];
    let counted = 0;
    for (const fold of folded(paths)) {
      if ('path' in fold) expect(paths).toContain(fold.path);
      counted += 'path' in fold ? 1 : 'files' in fold ? fold.files : fold.more;
    }
    expect(counted).toBe(paths.length);
    expect(folded(paths).length).toBeLessThanOrEqual(25);
  });

  it('is folded by folder, and the reason that they share is said once', async () => {
    const paths = Array.from({ length: 30 }, (_, i) => `tests/data/case${i}.json`);
    const fates = Object.fromEntries(paths.map((path) => [path, ['add', 'New in the template.'] as const]));
    const text = await told(outcomeOf({ fates: { ...fates, Makefile: ['add', 'With what you wrote.'] } }));
    expect(text).toContain('tests/data/ (30 files)');
    expect(text).toContain('Makefile: With what you wrote.');
    expect(text.match(/New in the template/g)).toHaveLength(1);
  });
});

describe('text of somebody else', () => {
  const hostile = [
    'a\u001b[2J\u001b]0;x\u0007.md',
    'b\nSecond line.md',
    'c\u202egpj.exe',
    'd\u009b31m.md',
    'e\rf.md',
  ];

  it('never reaches the terminal raw, whatever a path, a reason, a note or a branch is called', async () => {
    const fates = Object.fromEntries<readonly [Fate, string]>(
      hostile.flatMap((path) => [
        [path, ['add', `Was ${path}.`] as const],
        [`x${path}`, ['conflict', `Was ${path}.`] as const],
      ]),
    );
    const changedAnswers = [{ key: 'title', before: 'x', after: hostile[0]! }];
    const ways: Wish[] = [
      {},
      { dryRun: true, written: false },
      { committed: 'a'.repeat(40), branch: hostile[0]! },
    ];
    for (const more of ways) {
      const text = await told(
        outcomeOf({
          command: 'set',
          fates,
          notes: hostile,
          changedAnswers,
          dir: `/nowhere/${hostile[0]}`,
          ...more,
        }),
      );
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(text).not.toMatch(/^Second line/m);
      expect(text).toContain('b\\u{a}Second line.md');
    }
  });

  it('is whole in the JSON', async () => {
    const fates = Object.fromEntries(hostile.map((path) => [path, 'add' as const]));
    const { entries } = await documentOf(outcomeOf({ fates }));
    expect(entries.map(({ path }) => path)).toEqual(hostile);
  });
});

describe('what an upgrade brings', () => {
  it('is told: level, Azure with and without costs, GitHub, what holds now and what people do', async () => {
    const text = flat(
      await told(outcomeOf({ from: 2, to: 3, fates: oneOfEach, dryRun: true, written: false })),
    );
    const { levels } = await loadModel();
    expect(text).toContain(`Level 3: ${levels[3]!.name}`);
    const [, paid = '', free = ''] =
      /paid for also when idle (.*) New in Azure, free when idle (.*) New on GitHub/.exec(text) ?? [];
    expect(paid).toMatch(/registry/);
    expect(free).not.toMatch(/Premium/);
    expect(text).toMatch(/environment staging/);
    expect(text).toContain('Model release: A model is released automatically.');
    for (const { text: task } of levels[3]!.people) expect(text).toContain(task);
  });

  it('will hold only once its conflicts are solved', async () => {
    const { 'docs/conflict.md': conflict, ...others } = oneOfEach;
    expect(conflict).toBeDefined();
    const [left, none] = await Promise.all(
      [oneOfEach, others].map(async (fates) => flat(await told(outcomeOf({ from: 2, to: 3, fates })))),
    );
    expect(left).toContain('What will hold more, conflicts solved');
    expect(none).toContain('What holds more now');
  });

  it('is not told when only answers or templates changed', async () => {
    const text = await told(outcomeOf({ command: 'update', from: 3, to: 3, fates: oneOfEach }));
    expect(text).not.toMatch(/Level 3:|New in Azure|only people/);
  });
});

describe('nothing to do', () => {
  it('is said, with what stays the team’s, and no command', async () => {
    const fates = { 'a.md': 'unchanged', 'b.md': 'keep', 'c.md': 'keep-deleted' } as const;
    const outcome = outcomeOf({ command: 'update', from: 2, to: 2, fates, written: false });
    const text = await told(outcome);
    expect(text).toMatch(/^Nothing to do: churn is at level 2/);
    expect(text).toContain('1 file with edits of yours and 1 file that you deleted stay as they are.');
    expect((await documentOf(outcome)).next).toEqual([]);
  });

  it('is said of a repository that is there already', async () => {
    const outcome = outcomeOf({ from: 4, to: 4, written: false });
    expect(await told(outcome)).toBe('Nothing to do: churn is at level 4 already.');
    expect(summaryLine(outcome)).toBe('Nothing to do: churn is at level 4 already');
  });
});

describe('the commands', () => {
  const next = async (outcome: Outcome, cwd = '/nowhere/churn') => (await documentOf(outcome, cwd)).next;
  const fates = { 'a.md': 'add' } as const;

  it('review what is staged, commit it, or abort it', async () => {
    const [review, accept, undo] = await next(outcomeOf({ fates }));
    expect(review).toBe('git diff --staged');
    expect(accept).toMatch(/^git commit -m /);
    expect(undo).toBe('azmlops upgrade --abort');
  });

  it('name the folder when it is another than the one one is in', async () => {
    const commands = await next(outcomeOf({ fates, dir: '/nowhere/our ml' }), '/nowhere');
    expect(commands[0]).toBe("git -C 'our ml' diff --staged");
    expect(commands[2]).toBe("azmlops upgrade 'our ml' --abort");
  });

  it('add what had conflicts before the commit', async () => {
    const [review, accept] = await next(
      outcomeOf({ fates: { 'a b.md': 'conflict', '$(x).md': 'conflict' } }),
    );
    expect(review).toBe('git diff HEAD');
    expect(accept).toMatch(/^git add -- 'a b\.md' '\$\(x\)\.md' && git commit -m /);
  });

  it('take back a commit by another one, and never advise to throw work away', async () => {
    const committed = 'c'.repeat(40);
    for (const more of [
      {},
      { branch: 'up' },
      { branch: 'up', pullRequest: 'https://github.com/o/r/pull/7' },
    ]) {
      const commands = await next(outcomeOf({ fates, committed, ...more }));
      expect(commands.join('\n')).not.toMatch(/reset|--force|-D\b|checkout|clean/);
      expect(commands).toHaveLength(3);
    }
    expect((await next(outcomeOf({ fates, committed })))[2]).toBe('git revert --no-edit cccccccccc');
  });

  it('of a dry run are those that do it, with what was asked for', async () => {
    const dry = { fates, dryRun: true, written: false } as const;
    expect((await next(outcomeOf({ ...dry, from: 2, to: 3, given: { gate: 'typed' } })))[1]).toBe(
      'azmlops upgrade --to 3 --gate=typed',
    );
    expect((await next(outcomeOf({ ...dry, from: 2, to: 3 })))[1]).toBe('azmlops upgrade --to 3');
    expect((await next(outcomeOf({ ...dry, command: 'update', rebased: true })))[1]).toBe(
      'azmlops update --rebase',
    );
    const changedAnswers = [
      { key: 'endpoint', before: 'online', after: 'both' },
      { key: 'title', before: '', after: "Who's next" },
    ];
    const [, set = ''] = await next(
      outcomeOf({ ...dry, command: 'set', from: 2, to: 2, changedAnswers, dir: '/nowhere/x' }),
      '/nowhere',
    );
    expect(
      execFileSync('bash', ['-c', `azmlops() { printf '%s\\n' "$@"; }; ${set}`], { encoding: 'utf8' }),
    ).toBe("set\nendpoint=both\ntitle=Who's next\n--dir\nx\n");
  });

  it('are read by a shell as they are meant, line breaks and escapes in a path too', async () => {
    const path = "it's\n\u001b[1m é\\x\u202e.md";
    const [, accept = ''] = await next(outcomeOf({ fates: { [path]: 'conflict' } }));
    const said = execFileSync('bash', ['-c', `git() { printf '%s\\0' "$@"; }; ${accept}`], {
      encoding: 'utf8',
    });
    expect(said.split('\0').slice(0, 3)).toEqual(['add', '--', path]);
  });

  it('commit all that is staged in this folder of a larger repository, and nothing that is staged elsewhere', async () => {
    home();
    const top = write(temporary(), { 'ml/gone.md': '1', 'ml/a.md': '1', 'other.md': '1' });
    const dir = join(top, 'ml');
    git(top, 'init', '-q');
    git(top, 'add', '-A');
    git(top, 'commit', '-qm', 'Start');
    expect((await next(outcomeOf({ fates, dir: top }), top))[1]).not.toMatch(/ -- /);
    write(top, { 'ml/a.md': '2', 'ml/new/b.md': '2', 'other.md': '2' });
    rmSync(join(dir, 'gone.md'));
    git(top, 'add', '-A');
    const [, accept = ''] = await next(outcomeOf({ fates, dir }), top);
    execFileSync('bash', ['-c', accept], { cwd: top });
    expect(git(top, 'show', '--format=', '--name-status').split('\n').sort()).toEqual([
      'A\tml/new/b.md',
      'D\tml/gone.md',
      'M\tml/a.md',
    ]);
    expect(git(top, 'status', '--porcelain')).toBe('M  other.md');
  });
});

describe('the outcome', () => {
  it('as a document has every path, reason and note', async () => {
    const outcome = outcomeOf({ from: 2, to: 3, fates: oneOfEach, notes: ['A note.'] });
    const document = await documentOf(outcome, '/nowhere');
    expect(document).toMatchObject({
      command: 'upgrade',
      from: { level: 2 },
      to: { level: 3 },
      exitCode: 1,
      entries: outcome.merge.entries,
      conflicts: ['docs/conflict.md'],
      notes: ['A note.'],
    });
    expect(document.brings.levels.map(({ number }) => number)).toEqual([3]);
    expect(document.people.length).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  it('says that the base was rendered anew', async () => {
    expect(await told(outcomeOf({ fates: oneOfEach, rebased: true }))).toMatch(/--rebase/);
    expect(await told(outcomeOf({ fates: oneOfEach }))).not.toMatch(/--rebase/);
  });

  it('is in one line what its report begins with', () => {
    const outcome = outcomeOf({ from: 1, to: 3, fates: oneOfEach });
    expect(summaryLine(outcome)).toBe(
      'churn from level 1 to level 3: 1 added, 1 updated, 1 merged, 1 moved, 1 removed, 1 conflict',
    );
  });

  it.each([
    ['plain', { quiet: false, json: false }, /Conflicts \(1\)/, /^$/],
    ['quiet', { quiet: true, json: false }, /^$/, /docs\/conflict\.md/],
    ['as JSON', { quiet: false, json: true }, /^$/, /^$/],
  ])('is told %s on the right stream', async (_, manner, out, err) => {
    const [stdout, stderr] = [new Sink(), new Sink()];
    const io = { cwd: '/nowhere', stdin: new PassThrough(), stdout, stderr, env: {} };
    await tellOutcome(outcomeOf({ fates: oneOfEach }), new Output(io, { ...manner, color: true }));
    expect(stdout.text).toMatch(out);
    expect(stderr.text).toMatch(err);
  });
});
