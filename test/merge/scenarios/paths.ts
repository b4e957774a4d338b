import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { git } from '../../support/session.js';
import { indexOf } from './checks.js';
import { markers, type Row } from './stage.js';
import { at, binary, DEV, exec, GUIDE, lines, link, README, RUN } from './trees.js';

const FAR = at(README, { 25: 'template' });

/** S07 to S32 of the table, and their like: files that come, go, change their kind or their mode. */
export const PATHS: readonly Row[] = [
  {
    id: 'S07: a file that the team deleted stays deleted, and what else changed arrives',
    edit: { 'docs/guide.md': null },
    theirs: { 'README.md': FAR },
    expect: { work: { 'docs/guide.md': null, 'README.md': FAR }, fates: { 'README.md': 'update' } },
  },
  {
    id: 'S08: a deleted file that the template changed is not written again, and the report says so',
    edit: { 'docs/guide.md': null },
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }) },
    expect: { work: { 'docs/guide.md': null }, fates: { 'docs/guide.md': 'keep-deleted' } },
  },
  {
    id: 'S09: a file that the template dropped goes',
    theirs: { 'docs/guide.md': null },
    expect: {
      work: { 'docs/guide.md': null },
      fates: { 'docs/guide.md': 'remove' },
      more: ({ dir }) => expect(existsSync(join(dir, 'docs')), 'the empty folder').toBe(false),
    },
  },
  {
    id: 'S10: a file that the template dropped and the team edited stays, as a conflict',
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: { 'docs/guide.md': null },
    expect: {
      work: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
      conflicts: ['docs/guide.md'],
      stages: { 'docs/guide.md': [1, 2] },
    },
  },
  {
    id: "S11: the team's own file in a folder that the template left stays",
    edit: { 'docs/mine.md': 'mine\n' },
    theirs: { 'docs/guide.md': null },
    expect: { work: { 'docs/mine.md': 'mine\n', 'docs/guide.md': null } },
  },
  {
    id: 'S12: a file that both added has both texts, surfaced as add/add',
    edit: { 'SECURITY.md': 'write to us\n' },
    theirs: { 'SECURITY.md': 'write to them\n' },
    expect: {
      work: { 'SECURITY.md': markers('write to us\n', '', 'write to them\n') },
      conflicts: ['SECURITY.md'],
      stages: { 'SECURITY.md': [2, 3] },
    },
  },
  {
    id: 'S13: a file that both added alike is no conflict',
    edit: { 'SECURITY.md': 'alike\n' },
    theirs: { 'SECURITY.md': 'alike\n' },
    expect: { work: { 'SECURITY.md': 'alike\n' }, fates: { 'SECURITY.md': 'unchanged' } },
  },
  {
    id: 'a file that both deleted is gone, without a conflict',
    edit: { 'docs/guide.md': null },
    theirs: { 'docs/guide.md': null },
    expect: { work: { 'docs/guide.md': null } },
  },
  {
    id: "S19: a folder does not take the place of the team's edited file",
    base: { 'config/env': lines('env', 5) },
    edit: { 'config/env': at(lines('env', 5), { 2: 'team' }) },
    theirs: { 'config/env': null, 'config/env/x': 'x\n', 'README.md': FAR },
    expect: {
      work: {
        'config/env': at(lines('env', 5), { 2: 'team' }),
        'config/env.azmlops-new/x': 'x\n',
        'README.md': FAR,
      },
      conflicts: [/^config\/env/],
    },
  },
  {
    id: 'an untouched file becomes a folder',
    base: { 'config/env': lines('env', 5) },
    theirs: { 'config/env': null, 'config/env/x': 'x\n', 'config/env/deep/y': exec('y\n') },
    expect: { work: { 'config/env/x': 'x\n', 'config/env/deep/y': exec('y\n') } },
  },
  {
    id: 'an untouched folder becomes a file',
    theirs: { 'docs/guide.md': null, docs: 'now a file\n' },
    expect: { work: { docs: 'now a file\n' }, fates: { docs: 'add', 'docs/guide.md': 'remove' } },
  },
  {
    id: "a file does not take the place of a folder with the team's own file",
    edit: { 'docs/mine.md': 'mine\n' },
    theirs: { 'docs/guide.md': null, docs: 'now a file\n' },
    expect: {
      work: { 'docs/mine.md': 'mine\n', 'docs.azmlops-new': 'now a file\n', 'docs/guide.md': null },
      conflicts: [/^docs/],
    },
  },
  {
    id: "a file does not take the place of a folder with the team's edit",
    edit: { 'docs/guide.md': at(GUIDE, { 2: 'team' }) },
    theirs: { 'docs/guide.md': null, docs: 'now a file\n' },
    expect: {
      work: { 'docs/guide.md': at(GUIDE, { 2: 'team' }), 'docs.azmlops-new': 'now a file\n' },
      conflicts: [/^docs/],
    },
  },
  {
    id: 'the team put a file where the template adds a folder',
    edit: { tools: 'mine\n' },
    theirs: { 'tools/check.py': 'check\n' },
    expect: {
      work: { tools: 'mine\n', 'tools.azmlops-new/check.py': 'check\n' },
      conflicts: [/^tools/],
    },
  },
  {
    id: "the team turned a template's file into a folder of its own",
    edit: { 'docs/guide.md': null, 'docs/guide.md/part.md': 'part\n' },
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }) },
    expect: {
      work: { 'docs/guide.md/part.md': 'part\n' },
      conflicts: 'any',
      more: ({ report }) =>
        expect(['keep-deleted', 'conflict']).toContain(
          report.entries.find(({ path }) => path === 'docs/guide.md')?.fate,
        ),
    },
  },
  {
    id: 'S27: a binary file is replaced, byte by byte',
    theirs: { 'assets/logo.bin': binary(11) },
    expect: { work: { 'assets/logo.bin': binary(11) }, fates: { 'assets/logo.bin': 'update' } },
  },
  {
    id: "S28: the team's binary stays, and its edits of text too",
    edit: {
      'assets/logo.bin': binary(13),
      'README.md': at(README, { 3: 'team' }),
      'src/train.py': at(lines('train', 40), { 3: 'team' }),
    },
    theirs: { 'README.md': FAR },
    expect: {
      work: { 'assets/logo.bin': binary(13), 'README.md': at(FAR, { 3: 'team' }) },
      fates: { 'assets/logo.bin': 'keep', 'src/train.py': 'keep' },
    },
  },
  {
    id: "a binary that both changed: the team's stays, the new one stands beside it",
    edit: { 'assets/logo.bin': binary(13) },
    theirs: { 'assets/logo.bin': binary(11) },
    expect: {
      work: { 'assets/logo.bin': binary(13), 'assets/logo.azmlops-new.bin': binary(11) },
      conflicts: ['assets/logo.bin'],
      stages: { 'assets/logo.bin': [1, 2, 3], 'assets/logo.azmlops-new.bin': [] },
    },
  },
  {
    id: 'a text that the team made binary, and the template changed',
    edit: { 'docs/guide.md': binary(5) },
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }) },
    expect: {
      work: { 'docs/guide.md': binary(5), 'docs/guide.azmlops-new.md': at(GUIDE, { 3: 'template' }) },
      conflicts: ['docs/guide.md'],
    },
  },
  {
    id: 'S31: a mode that the template changed alone',
    base: { 'scripts/go.sh': RUN },
    theirs: { 'scripts/go.sh': exec(RUN) },
    expect: { work: { 'scripts/go.sh': exec(RUN) }, fates: { 'scripts/go.sh': 'update' } },
  },
  {
    id: "S32: the team's executable bit and the template's text meet",
    base: { 'scripts/go.sh': RUN },
    edit: { 'scripts/go.sh': exec(RUN) },
    theirs: { 'scripts/go.sh': at(RUN, { 4: 'template' }) },
    expect: { work: { 'scripts/go.sh': exec(at(RUN, { 4: 'template' })) } },
  },
  {
    id: "the team's text and the template's executable bit meet, also in a conflict",
    base: { 'scripts/go.sh': RUN, 'scripts/no.sh': RUN },
    edit: { 'scripts/go.sh': at(RUN, { 4: 'team' }), 'scripts/no.sh': at(RUN, { 4: 'team' }) },
    theirs: { 'scripts/go.sh': exec(RUN), 'scripts/no.sh': exec(at(RUN, { 4: 'template' })) },
    expect: {
      work: {
        'scripts/go.sh': exec(at(RUN, { 4: 'team' })),
        'scripts/no.sh': exec(RUN.replace('echo line 3\n', markers('team\n', 'echo line 3\n', 'template\n'))),
      },
      conflicts: ['scripts/no.sh'],
    },
  },
  {
    id: 'a mode alone that the team changed keeps a file that the template dropped, as a conflict',
    edit: { 'docs/guide.md': exec(GUIDE) },
    theirs: { 'docs/guide.md': null },
    expect: { work: { 'docs/guide.md': exec(GUIDE) }, conflicts: ['docs/guide.md'] },
  },
  {
    id: 'executable bits come from trees where core.fileMode is false',
    base: { 'scripts/go.sh': RUN },
    config: { 'core.fileMode': 'false' },
    then: (dir) => {
      git(dir, 'update-index', '--chmod=+x', 'docs/guide.md', 'scripts/run.sh');
      git(dir, 'commit', '--quiet', '--message=modes');
    },
    theirs: { 'scripts/go.sh': exec(RUN), 'README.md': FAR },
    expect: {
      work: { 'README.md': FAR },
      more: ({ dir }) =>
        expect(
          indexOf(dir)
            .filter(({ mode }) => mode === '100755')
            .map(({ path }) => path),
        ).toEqual(['docs/guide.md', 'scripts/go.sh', 'scripts/run.sh']),
    },
  },
  {
    id: 'S35: a file becomes a link, and what it points to stays',
    theirs: { 'config/prod.yml': link('dev.yml') },
    expect: { work: { 'config/prod.yml': link('dev.yml'), 'config/dev.yml': DEV } },
  },
  {
    id: 'a link becomes a file, and what it pointed to stays',
    base: { 'config/stage.yml': link('dev.yml') },
    theirs: { 'config/stage.yml': 'stage: own\n' },
    expect: { work: { 'config/stage.yml': 'stage: own\n', 'config/dev.yml': DEV } },
  },
  {
    id: "the team's link stays where the template changed the file",
    edit: { 'config/prod.yml': link('dev.yml') },
    theirs: { 'config/prod.yml': at(DEV.replace('dev', 'prod'), { 3: 'template' }) },
    expect: {
      work: { 'config/prod.yml': link('dev.yml'), 'config/dev.yml': DEV },
      conflicts: ['config/prod.yml'],
      stages: { 'config/prod.yml': [1, 2, 3] },
    },
  },
  {
    id: "the team's edit stays where the template makes a link",
    edit: { 'config/prod.yml': at(DEV, { 3: 'team' }) },
    theirs: { 'config/prod.yml': link('dev.yml') },
    expect: {
      work: { 'config/prod.yml': at(DEV, { 3: 'team' }), 'config/dev.yml': DEV },
      conflicts: ['config/prod.yml'],
    },
  },
  {
    id: "two new targets of one link: the team's stays",
    base: { 'config/stage.yml': link('dev.yml') },
    edit: { 'config/stage.yml': link('prod.yml') },
    theirs: { 'config/stage.yml': link('../README.md') },
    expect: { work: { 'config/stage.yml': link('prod.yml') }, conflicts: ['config/stage.yml'] },
  },
  {
    id: 'a link into nowhere is a link like any other',
    theirs: { broken: link('no/such/file'), 'config/prod.yml': link('/no/such/file') },
    expect: { work: { broken: link('no/such/file'), 'config/prod.yml': link('/no/such/file') } },
  },
  {
    id: 'S62: an untouched tree becomes the new one, byte and mode, and empty folders are gone',
    theirs: {
      'README.md': FAR,
      'src/train.py': null,
      'src/model/fit.py': 'fit\n',
      'assets/logo.bin': binary(11),
      'scripts/run.sh': RUN,
      'docs/guide.md': null,
      'config/prod.yml': link('dev.yml'),
    },
    expect: {
      work: {
        'README.md': FAR,
        'src/train.py': null,
        'src/model/fit.py': 'fit\n',
        'assets/logo.bin': binary(11),
        'scripts/run.sh': RUN,
        'docs/guide.md': null,
        'config/prod.yml': link('dev.yml'),
        'config/dev.yml': DEV,
      },
      fates: { 'src/model/fit.py': 'add', 'scripts/run.sh': 'update' },
      more: ({ dir }) => expect(existsSync(join(dir, 'docs'))).toBe(false),
    },
  },
  {
    id: 'an empty folder of the team where a file is added is no reason to refuse',
    then: (dir) => void mkdirSync(join(dir, 'tools')),
    theirs: { 'tools/check.py': 'check\n' },
    expect: { work: { 'tools/check.py': 'check\n' } },
  },
];
