import { expect } from 'vitest';
import { git } from '../../support/session.js';
import { markers, type Row } from './stage.js';
import { at, crlf, exec, GUIDE, latin1, lines, README, TRAIN } from './trees.js';

const LATIN = lines('caf\u00e9', 20);
const MARKED = at(GUIDE, { 12: '=======', 14: '>>>>>>> q' });
const ODD = ['a b.md', '\u00e9.md', 'q"q.md', "it's.md", '-dash.md', '[x]*.md', 'new\nline.md', '$HOME;x.md'];
const oddly = (text: string) => Object.fromEntries(ODD.map((name) => [name, text]));

const noCarriageReturn = (dir: string, ...paths: string[]): void => {
  for (const path of paths) expect(git(dir, 'cat-file', 'blob', `:${path}`), path).not.toContain('\r');
};

/** S01 to S06, S30, S36, S38, S39 of the table, and their like: what a merge does to lines. */
export const TEXT: readonly Row[] = [
  {
    id: 'S01: edits of two places in a file meet',
    edit: { 'README.md': at(README, { 3: 'team' }) },
    theirs: { 'README.md': at(README, { 25: 'template' }) },
    expect: {
      work: { 'README.md': at(README, { 3: 'team', 25: 'template' }) },
      fates: { 'README.md': 'merge', 'src/train.py': 'unchanged' },
    },
  },
  {
    id: 'S02: two texts for one line stand between labeled markers, with all three stages in the index',
    edit: { 'README.md': at(README, { 5: 'team' }) },
    theirs: { 'README.md': at(README, { 5: 'template' }) },
    expect: {
      work: {
        'README.md': README.replace('Readme line 5\n', markers('team\n', 'Readme line 5\n', 'template\n')),
      },
      conflicts: ['README.md'],
      stages: { 'README.md': [1, 2, 3] },
    },
  },
  {
    id: 'S03: the same edit on both sides is there once',
    edit: { 'README.md': at(README, { 5: 'same' }) },
    theirs: { 'README.md': at(README, { 5: 'same' }) },
    expect: { work: { 'README.md': at(README, { 5: 'same' }) }, fates: { 'README.md': 'unchanged' } },
  },
  {
    id: 'S04: three conflicts in a file are no failure of the merge',
    edit: { 'src/train.py': at(TRAIN, { 3: 'team 3', 18: 'team 18', 35: 'team 35' }) },
    theirs: { 'src/train.py': at(TRAIN, { 3: 'new 3', 18: 'new 18', 35: 'new 35' }) },
    expect: {
      holds: { 'src/train.py': ['team 3\n', 'team 18\n', 'team 35\n', 'new 3\n', 'new 18\n', 'new 35\n'] },
      conflicts: ['src/train.py'],
      stages: { 'src/train.py': [1, 2, 3] },
    },
  },
  {
    id: 'more conflicts in a file than an exit code can count (150)',
    base: { 'many.txt': lines('many', 450) },
    edit: { 'many.txt': lines('many', 450).replaceAll(/^(many line \d*[05])$/gm, '$1 team') },
    theirs: { 'many.txt': lines('many', 450).replaceAll(/^(many line \d*[05])$/gm, '$1 template') },
    expect: {
      holds: { 'many.txt': ['many line 5 team\n', 'many line 445 team\n', 'many line 445 template\n'] },
      conflicts: ['many.txt'],
      stages: { 'many.txt': [1, 2, 3] },
    },
  },
  {
    id: 'S05: two tails without a final newline are both kept',
    edit: { 'docs/guide.md': `${GUIDE}team tail` },
    theirs: { 'docs/guide.md': `${GUIDE}template tail` },
    expect: { holds: { 'docs/guide.md': ['team tail', 'template tail'] }, conflicts: ['docs/guide.md'] },
  },
  {
    id: 'a final newline that the team took away stays away',
    edit: { 'docs/guide.md': GUIDE.trimEnd() },
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }) },
    expect: { work: { 'docs/guide.md': at(GUIDE, { 3: 'template' }).trimEnd() } },
  },
  {
    id: 'S06: lines that look like half a conflict are text',
    base: { 'docs/guide.md': MARKED },
    edit: { 'docs/guide.md': at(MARKED, { 6: 'team' }) },
    theirs: { 'docs/guide.md': at(MARKED, { 20: 'template' }) },
    expect: {
      work: { 'docs/guide.md': at(MARKED, { 6: 'team', 20: 'template' }) },
      fates: { 'docs/guide.md': 'merge' },
    },
  },
  {
    id: 'the team may write ======= as a line of its own text',
    edit: { 'docs/guide.md': at(GUIDE, { 6: '=======' }) },
    theirs: { 'docs/guide.md': at(GUIDE, { 20: 'template' }) },
    expect: { work: { 'docs/guide.md': at(GUIDE, { 6: '=======', 20: 'template' }) } },
  },
  {
    id: 'S30: text that is not UTF-8 is merged byte by byte',
    base: { 'latin.txt': latin1(LATIN) },
    edit: { 'latin.txt': latin1(at(LATIN, { 1: 't\u00eate' })) },
    theirs: { 'latin.txt': latin1(at(LATIN, { 16: 'mod\u00e8le' })) },
    expect: { work: { 'latin.txt': latin1(at(LATIN, { 1: 't\u00eate', 16: 'mod\u00e8le' })) } },
  },
  {
    id: 'a conflict in text that is not UTF-8 keeps its bytes',
    base: { 'latin.txt': latin1(LATIN) },
    edit: { 'latin.txt': latin1(at(LATIN, { 4: 't\u00eate' })) },
    theirs: { 'latin.txt': latin1(at(LATIN, { 4: 'mod\u00e8le' })) },
    expect: {
      work: {
        'latin.txt': latin1(
          LATIN.replace('caf\u00e9 line 4\n', markers('t\u00eate\n', 'caf\u00e9 line 4\n', 'mod\u00e8le\n')),
        ),
      },
      conflicts: ['latin.txt'],
    },
  },
  {
    id: 'a byte order mark of the team stays',
    edit: { 'docs/guide.md': `\ufeff${GUIDE}` },
    theirs: { 'docs/guide.md': at(GUIDE, { 20: 'template' }) },
    expect: { work: { 'docs/guide.md': `\ufeff${at(GUIDE, { 20: 'template' })}` } },
  },
  {
    id: 'a file that the team committed with CRLF is merged with CRLF',
    edit: { 'docs/guide.md': crlf(at(GUIDE, { 3: 'team' })) },
    theirs: { 'docs/guide.md': at(GUIDE, { 25: 'template' }) },
    expect: { work: { 'docs/guide.md': crlf(at(GUIDE, { 3: 'team', 25: 'template' })) } },
  },
  {
    id: 'a file of which the team changed nothing but the line ends takes the new text with them',
    edit: { 'docs/guide.md': crlf(GUIDE) },
    theirs: { 'docs/guide.md': at(GUIDE, { 25: 'template' }) },
    expect: { work: { 'docs/guide.md': crlf(at(GUIDE, { 25: 'template' })) } },
  },
  {
    id: 'a file with other line ends that no template changed stays as it is',
    edit: { 'docs/guide.md': crlf(GUIDE) },
    theirs: { 'README.md': at(README, { 25: 'template' }) },
    expect: { work: { 'docs/guide.md': crlf(GUIDE) } },
  },
  {
    id: 'a conflict in a CRLF file has CRLF throughout, markers too',
    edit: { 'docs/guide.md': crlf(at(GUIDE, { 5: 'team' })) },
    theirs: { 'docs/guide.md': at(GUIDE, { 5: 'template' }) },
    expect: {
      work: {
        'docs/guide.md': crlf(
          GUIDE.replace('guide line 5\n', markers('team\n', 'guide line 5\n', 'template\n')),
        ),
      },
      conflicts: ['docs/guide.md'],
    },
  },
  {
    id: 'a file with line ends of both kinds is merged without turning any of them',
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team\r', 4: 'team too\r' }) },
    theirs: { 'docs/guide.md': at(GUIDE, { 25: 'template' }) },
    expect: { work: { 'docs/guide.md': at(GUIDE, { 3: 'team\r', 4: 'team too\r', 25: 'template' }) } },
  },
  {
    id: 'S36: with core.autocrlf blobs have no CR and the work tree has it',
    config: { 'core.autocrlf': 'true' },
    edit: { 'README.md': crlf(at(README, { 3: 'team' })) },
    theirs: { 'README.md': at(README, { 25: 'template' }), 'NEW.md': 'new\n' },
    expect: {
      work: { 'README.md': crlf(at(README, { 3: 'team', 25: 'template' })), 'NEW.md': 'new\r\n' },
      more: ({ dir }) => noCarriageReturn(dir, 'README.md', 'NEW.md'),
    },
  },
  {
    id: 'S38: eol=crlf in .gitattributes acts as in a checkout',
    base: { '.gitattributes': '*.bat eol=crlf\n', 'run.bat': lines('rem', 20) },
    edit: { 'run.bat': crlf(at(lines('rem', 20), { 3: 'team' })) },
    theirs: { 'run.bat': at(lines('rem', 20), { 15: 'template' }) },
    expect: {
      work: { 'run.bat': crlf(at(lines('rem', 20), { 3: 'team', 15: 'template' })) },
      more: ({ dir }) => noCarriageReturn(dir, 'run.bat'),
    },
  },
  {
    id: 'S39: names with spaces, quotes, brackets, a newline, a leading dash or other letters',
    base: oddly(README),
    edit: oddly(at(README, { 3: 'team' })),
    theirs: { ...oddly(at(README, { 15: 'template' })), '--all': 'new\n', ':(top)x': 'new\n' },
    expect: {
      work: { ...oddly(at(README, { 3: 'team', 15: 'template' })), '--all': 'new\n', ':(top)x': 'new\n' },
    },
  },
  {
    id: 'conflicts and deletions of files with such names',
    base: oddly(README),
    edit: oddly(at(README, { 3: 'team' })),
    theirs: { ...oddly(at(README, { 3: 'template' })), '[x]*.md': null },
    expect: {
      holds: Object.fromEntries(ODD.map((name) => [name, ['team\n']])),
      conflicts: ODD,
      stages: { 'q"q.md': [1, 2, 3], 'new\nline.md': [1, 2, 3], '[x]*.md': [1, 2] },
    },
  },
  {
    id: 'the team emptied a file that the template changed',
    edit: { 'docs/guide.md': '' },
    theirs: { 'docs/guide.md': at(GUIDE, { 3: 'template' }) },
    expect: { holds: { 'docs/guide.md': ['template'] }, conflicts: ['docs/guide.md'] },
  },
  {
    id: 'the template emptied a file that the team changed',
    edit: { 'docs/guide.md': at(GUIDE, { 3: 'team' }) },
    theirs: { 'docs/guide.md': '' },
    expect: { holds: { 'docs/guide.md': ['team'] }, conflicts: ['docs/guide.md'] },
  },
  {
    id: 'empty files come, go and stay',
    base: { 'old/__init__.py': '', 'src/__init__.py': '' },
    edit: { 'src/__init__.py': 'team = 1\n' },
    theirs: { 'old/__init__.py': null, 'new/__init__.py': '', 'bin/empty': exec('') },
    expect: {
      work: {
        'old/__init__.py': null,
        'new/__init__.py': '',
        'src/__init__.py': 'team = 1\n',
        'bin/empty': exec(''),
      },
      fates: { 'old/__init__.py': 'remove', 'new/__init__.py': 'add', 'src/__init__.py': 'keep' },
    },
  },
];
