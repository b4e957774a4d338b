import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { git, temporary, write } from '../../support/session.js';
import { FAR, FAR_RESULT } from './places.js';
import type { Row } from './stage.js';
import { all, attributes, environment, globally, HOOKS, hooks, locally, nothingRan, trap } from './traps.js';

export const SETTINGS = {
  'S41: signing without a key':
    '[commit]\n\tgpgSign = true\n[tag]\n\tgpgSign = true\n[user]\n\tsigningKey = nobody',
  'S45: words of diff': [
    '[diff]\n\tnoprefix = true\n\tmnemonicPrefix = true\n\texternal = false\n\trenames = copies\n\tcontext = 0',
    '\talgorithm = patience\n\torderFile = /no/such/order\n\trelative = true\n\tignoreSubmodules = none',
    '\tsrcPrefix = x/\n\tdstPrefix = y/\n\tsubmodule = log\n\twordRegex = .\n\tindentHeuristic = false',
    '[color]\n\tui = always\n\tdiff = always\n\tstatus = always\n[column]\n\tui = always',
  ].join('\n'),
  'S46: white space is an error':
    '[apply]\n\twhitespace = error-all\n[core]\n\twhitespace = trailing-space,tab-in-indent,cr-at-eol',
  'S47: merge.conflictStyle=diff3': '[merge]\n\tconflictStyle = diff3',
  'merge.conflictStyle=zdiff3': '[merge]\n\tconflictStyle = zdiff3',
  'renames are wished for':
    '[merge]\n\trenames = true\n\tdirectoryRenames = true\n\trenameLimit = 9999\n[status]\n\trenames = copies',
  'a tool, a driver and rerere for merges':
    '[merge]\n\ttool = false\n\tff = only\n\tautoStash = true\n\tlog = true\n[rerere]\n\tenabled = true\n\tautoUpdate = true\n[pull]\n\trebase = true',
  'odd words of status':
    '[status]\n\tshowUntrackedFiles = no\n\trelativePaths = false\n\tbranch = true\n\tshowStash = true\n\tsubmoduleSummary = true',
  'odd words of core':
    '[core]\n\tquotePath = true\n\tabbrev = 4\n\tpreloadIndex = false\n\tcheckStat = minimal\n\ttrustctime = false\n\tbigFileThreshold = 1\n\tcompression = 0\n\tsafecrlf = true\n\tpager = false\n\teditor = false\n\tcommentChar = "<"\n[pager]\n\tls-files = true\n\tdiff = true\n\tstatus = true\n[interactive]\n\tdiffFilter = false',
  'submodules are recursed into': '[submodule]\n\trecurse = true\n[fetch]\n\trecurseSubmodules = true',
  'aliases over the names of plumbing': `[alias]\n${['read-tree', 'merge-file', 'cat-file', 'update-index', 'write-tree', 'status', 'hash-object', 'rev-parse'].map((name) => `\t${name} = "!false"`).join('\n')}`,
  'many files':
    '[feature]\n\tmanyFiles = true\n[index]\n\tversion = 4\n[core]\n\tsplitIndex = true\n\tuntrackedCache = true',
  'every file is ignored': '[core]\n\texcludesFile = ALL',
} as const;

const NO_HOOKS = Object.fromEntries(HOOKS.map((name) => [name, '#!/bin/sh\n']));

/** S41 to S49 of the table, and their like: what the user's configuration and environment may do to no merge. */
export const HOSTILE: readonly Row[] = [
  ...Object.entries(SETTINGS).map(([id, lines]): Row => ({
    id,
    ...FAR,
    during: (dir) => {
      const everything = join(temporary('azmlops-ignore'), 'ignore');
      writeFileSync(everything, '*\n');
      return globally(lines.replace('ALL', everything))(dir);
    },
    expect: FAR_RESULT,
  })),
  {
    id: 'S42: hooks that the global configuration names',
    ...FAR,
    during: (dir) => {
      const { folder, sprung } = hooks();
      return nothingRan(sprung, globally(`[core]\n\thooksPath = ${folder}`)(dir));
    },
    expect: FAR_RESULT,
  },
  {
    id: 'S43: hooks in .git/hooks',
    ...FAR,
    during: (dir) => {
      const { sprung } = hooks(join(dir, '.git/hooks'));
      return nothingRan(sprung, () => void write(join(dir, '.git/hooks'), NO_HOOKS));
    },
    // So that the folder is the same before and after.
    then: (dir) => void write(join(dir, '.git/hooks'), NO_HOOKS),
    expect: FAR_RESULT,
  },
  {
    id: 'hooks that the repository configures',
    ...FAR,
    during: (dir) => {
      const { folder, sprung } = hooks();
      return nothingRan(sprung, locally(`[core]\n\thooksPath = ${folder}`)(dir));
    },
    expect: FAR_RESULT,
  },
  {
    id: 'S44: hooks that a template folder gives to every new repository',
    ...FAR,
    during: (dir) => {
      const { folder, sprung } = hooks(join(temporary('azmlops-template'), 'hooks'));
      return nothingRan(sprung, globally(`[init]\n\ttemplateDir = ${join(folder, '..')}`)(dir));
    },
    expect: FAR_RESULT,
  },
  {
    id: 'a file system monitor',
    ...FAR,
    during: (dir) => {
      const { program, sprung } = trap();
      return nothingRan(
        sprung,
        all(locally(`[core]\n\tfsmonitor = ${program}`), globally(`[core]\n\tfsmonitor = ${program}`))(dir),
      );
    },
    expect: FAR_RESULT,
  },
  {
    id: 'an external diff, a text conversion, a pager and an editor',
    ...FAR,
    during: (dir) => {
      const { program, sprung } = trap();
      return nothingRan(
        sprung,
        all(
          attributes(
            '* diff=trap',
            `[diff]\n\texternal = ${program}\n[diff "trap"]\n\tcommand = ${program}\n\ttextconv = ${program}\n[core]\n\tpager = ${program}\n\teditor = ${program}\n\taskPass = ${program}\n\tsshCommand = ${program}`,
          ),
          environment({
            GIT_EXTERNAL_DIFF: program,
            GIT_PAGER: program,
            PAGER: program,
            EDITOR: program,
            GIT_EDITOR: program,
          }),
        )(dir),
      );
    },
    expect: FAR_RESULT,
  },
  {
    id: 'a merge driver for every file',
    ...FAR,
    during: (dir) => {
      const { program, sprung } = trap();
      return nothingRan(
        sprung,
        attributes(
          '* merge=trap',
          `[merge]\n\tdefault = trap\n[merge "trap"]\n\tdriver = ${program} %O %A %B`,
        )(dir),
      );
    },
    expect: FAR_RESULT,
  },
  {
    id: 'every file is binary for diff and merge, and none has line ends to turn',
    ...FAR,
    during: attributes('* binary', ''),
    expect: FAR_RESULT,
  },
  {
    id: 'filters of the work tree act as in a checkout, and never on blobs',
    base: { '.gitattributes': '*.low filter=case\n', 'words.low': 'one\ntwo\nthree\nfour\nfive\n' },
    config: { 'filter.case.clean': 'tr A-Z a-z', 'filter.case.smudge': 'tr a-z A-Z' },
    edit: { 'words.low': 'TEAM\nTWO\nTHREE\nFOUR\nFIVE\n' },
    theirs: { 'words.low': 'one\ntwo\nthree\nfour\ntemplate\n', 'new.low': 'new\n' },
    expect: {
      work: { 'words.low': 'TEAM\nTWO\nTHREE\nFOUR\nTEMPLATE\n', 'new.low': 'NEW\n' },
      losesOutputs: true,
      more: ({ dir }) => {
        expect(git(dir, 'cat-file', 'blob', ':words.low')).toBe('team\ntwo\nthree\nfour\ntemplate');
        expect(git(dir, 'cat-file', 'blob', ':new.low')).toBe('new');
      },
    },
  },
  {
    id: 'identifiers that git expands ($Id$) and a working tree encoding are no edits',
    base: {
      '.gitattributes': '*.id ident\n*.wide text working-tree-encoding=UTF-16LE\n',
      'x.id': '$Id$\none\ntwo\nthree\n',
    },
    edit: { 'x.id': '$Id$\nteam\ntwo\nthree\n' },
    theirs: { 'x.id': '$Id$\none\ntwo\ntemplate\n', 'new.wide': 'wide\n' },
    then: (dir) => {
      // As a fresh clone has it: expanded.
      git(dir, 'rm', '--quiet', '--cached', 'x.id');
      git(dir, 'reset', '--quiet', '--hard');
    },
    expect: {
      holds: { 'x.id': ['\nteam\ntwo\ntemplate\n'], 'new.wide': ['w\0i\0d\0e\0'] },
      more: ({ dir }) => expect(git(dir, 'cat-file', 'blob', ':x.id')).toBe('$Id$\nteam\ntwo\ntemplate'),
      losesOutputs: true,
    },
  },
  {
    id: 'an index of version 4, split, with an untracked cache',
    ...FAR,
    config: { 'index.version': '4', 'core.untrackedCache': 'true', 'core.splitIndex': 'true' },
    then: (dir) =>
      void git(dir, 'update-index', '--index-version', '4', '--split-index', '--force-untracked-cache'),
    expect: FAR_RESULT,
  },
  {
    id: 'variables that point git elsewhere',
    ...FAR,
    during: environment({
      GIT_DIR: '/no/such/repository',
      GIT_WORK_TREE: '/',
      GIT_INDEX_FILE: '/no/such/index',
      GIT_OBJECT_DIRECTORY: '/no/such/objects',
      GIT_ALTERNATE_OBJECT_DIRECTORIES: '/no/such/objects',
      GIT_COMMON_DIR: '/no/such/common',
      GIT_NAMESPACE: 'elsewhere',
      GIT_PREFIX: 'elsewhere/',
      GIT_CEILING_DIRECTORIES: '/',
      GIT_QUARANTINE_PATH: '/no/such/quarantine',
    }),
    expect: FAR_RESULT,
  },
  {
    id: 'variables that set configuration',
    ...FAR,
    during: environment({
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'core.bare',
      GIT_CONFIG_VALUE_0: 'true',
      GIT_CONFIG_KEY_1: 'core.worktree',
      GIT_CONFIG_VALUE_1: '/',
      GIT_CONFIG_PARAMETERS: "'core.bare=true'",
      GIT_DEFAULT_HASH: 'sha256',
      GIT_GLOB_PATHSPECS: '1',
      GIT_ICASE_PATHSPECS: '1',
      GIT_LITERAL_PATHSPECS: '0',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_FLUSH: '0',
    }),
    expect: FAR_RESULT,
  },
  {
    id: 'variables that make git talk',
    ...FAR,
    during: environment({
      GIT_TRACE: '1',
      GIT_TRACE2: '1',
      GIT_TRACE_PERFORMANCE: '1',
      GIT_TRACE_SETUP: '1',
      GIT_CURL_VERBOSE: '1',
      GIT_DIFF_OPTS: '--unified=0',
      GIT_MERGE_VERBOSITY: '5',
      GIT_REFLOG_ACTION: 'mine',
    }),
    expect: FAR_RESULT,
  },
  {
    id: 'another language, another clock',
    ...FAR,
    during: environment({ LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de', LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Apia' }),
    expect: FAR_RESULT,
  },
  {
    id: 'S49: no identity',
    ...FAR,
    during: environment({ HOME: '/no/such/home', EMAIL: undefined, XDG_CONFIG_HOME: undefined }),
    expect: FAR_RESULT,
  },
  {
    id: 'no HOME at all',
    ...FAR,
    during: environment({ HOME: undefined, USERPROFILE: undefined, XDG_CONFIG_HOME: undefined }),
    expect: FAR_RESULT,
  },
  {
    id: 'rerere records nothing, also where its folder is there',
    ...FAR,
    config: { 'rerere.enabled': 'true' },
    then: (dir) => void write(dir, { '.git/rr-cache/.keep': '' }),
    expect: FAR_RESULT,
  },
];
