import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/** What upgrades repositories on real git, many times over: too much for daily work. */
const upgrade = [
  'test/upgrade/**/*.test.ts',
  'test/adopt/*.test.ts',
  'test/merge/{scenarios*,hostile,abort,write}.test.ts',
];
/** What takes many seconds a file: files of rows by the hundred, all emitted code, runs that are stopped. */
const slow = [
  'test/data/{hostile,any-table,copy}.test.ts',
  'test/{new,render}/own-data*.test.ts',
  'test/new/{any-data,git,stop}.test.ts',
  'test/{answers/ask,explain/explain}.test.ts',
  'test/python/python.test.ts',
  'test/doctor/*.test.ts',
  'test/assess/report/{browser,report}.test.ts',
  'test/assess/{python/plain,shell/bash}.test.ts',
  'test/assess/{hollowed,hostile,mutations,labelled,files,python}.test.ts',
  'test/assess/findings/emitted.test.ts',
];

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{emitted,package,tools}/**', ...upgrade, ...slow],
          testTimeout: 60_000,
          // On two cores vitest would run the files one after another.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'tools',
          include: ['test/tools/**/*.test.ts'],
          testTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'slow',
          include: slow,
          testTimeout: 120_000,
          // 100,000 files take a busy disk longer to delete than vitest waits by itself.
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'emitted',
          include: ['test/emitted/**/*.test.ts'],
          exclude: process.env.AZMLOPS_ALL ? [] : ['test/emitted/resolve.test.ts'],
          globalSetup: 'test/emitted/render-all.ts',
          testTimeout: 900_000,
          hookTimeout: 900_000,
          // The tools themselves use both cores of a small machine.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'upgrade',
          include: upgrade,
          testTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
