import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../src/levels/rule.js';
import { contextOf } from '../../../src/assess/rules/context.js';
import { globToRegex } from '../../../src/assess/rules/glob.js';
import { meets } from '../../../src/assess/rules/meets.js';
import type { Facts } from '../../../src/assess/types.js';
import { asset, factsOf } from './facts.js';

const verdict = (rule: Rule, facts: Facts) => meets(rule, contextOf(facts, {}));
const amlcompute: Rule = { yaml: { file: '**/*.yml', key: 'type', is: 'amlcompute' } };
const jobs: Rule = { asset: { kind: ['pipeline'], key: 'jobs.*.compute', matches: 'serverless' } };
const define = (name: string, line: number) => ({ name, line, kind: 'function' as const });

const rows: { id: string; rule: Rule; facts: Parameters<typeof factsOf>[0]; met: boolean }[] = [
  {
    id: 'a file with content',
    rule: { files: ['a/*.txt', 'b'] },
    facts: { texts: { 'a/x.txt': 'x' } },
    met: true,
  },
  {
    id: 'an empty file shows nothing',
    rule: { files: 'a/*' },
    facts: { texts: { 'a/.gitkeep': '\n' } },
    met: false,
  },
  {
    id: 'a glob that takes away',
    rule: { files: ['**', '!a/**'] },
    facts: { texts: { 'a/x': 'x' } },
    met: false,
  },
  { id: 'a YAML value', rule: amlcompute, facts: { texts: { 'x/c.yml': 'type: amlcompute' } }, met: true },
  { id: 'a YAML comment', rule: amlcompute, facts: { texts: { 'c.yml': '# type: amlcompute' } }, met: false },
  { id: 'broken YAML', rule: amlcompute, facts: { texts: { 'c.yml': 'type: [' } }, met: false },
  {
    id: 'a value in any job of an asset',
    rule: jobs,
    facts: { assets: [asset('pipeline', { jobs: { a: {}, b: { compute: 'azureml:serverless' } } })] },
    met: true,
  },
  {
    id: 'another kind of asset',
    rule: jobs,
    facts: { assets: [asset('command', { jobs: { b: { compute: 'serverless' } } })] },
    met: false,
  },
  {
    id: 'an asset whose path fits',
    rule: { asset: { kind: 'pipeline', file: '**/*train*' } },
    facts: {
      texts: { 'pipelines/train.yml': 'jobs: {}' },
      assets: [asset('pipeline', {}, 'pipelines/train.yml')],
    },
    met: true,
  },
  {
    id: 'an asset of another path',
    rule: { asset: { kind: 'pipeline', file: '**/*train*' } },
    facts: {
      texts: { 'pipelines/drift.yml': 'jobs: {}' },
      assets: [asset('pipeline', {}, 'pipelines/drift.yml')],
    },
    met: false,
  },
  {
    id: 'an asset with one key and without another',
    rule: {
      asset: { kind: 'online-deployment', has: ['model'], lacks: ['code_configuration', 'environment'] },
    },
    facts: { assets: [asset('online-deployment', { model: { path: 'm', type: 'mlflow_model' } })] },
    met: true,
  },
  {
    id: 'an asset with the key that it must lack',
    rule: {
      asset: { kind: 'online-deployment', has: ['model'], lacks: ['code_configuration', 'environment'] },
    },
    facts: { assets: [asset('online-deployment', { model: 'm', environment: 'e' })] },
    met: false,
  },
  {
    id: 'an asset that lacks the key it must have',
    rule: { asset: { kind: 'batch-deployment', has: ['model'], lacks: ['code_configuration'] } },
    facts: { assets: [asset('batch-deployment', { type: 'pipeline' })] },
    met: false,
  },
  {
    id: 'a line of text',
    rule: { text: { file: '*.sh', matches: 'go on' } },
    facts: { texts: { 'a.sh': 'x\ngo on' } },
    met: true,
  },
  {
    id: 'a comment in a text',
    rule: { text: { file: '*.sh', matches: 'go on' } },
    facts: { texts: { 'a.sh': 'x # go on' } },
    met: false,
  },
  {
    id: 'a method of anything',
    rule: { python: { calls: ['.predict', '.fit'] } },
    facts: { python: { 'a.py': { calls: [{ name: 'm.fit', args: '', line: 2, within: '' }] } } },
    met: true,
  },
  {
    id: 'a call in code that never runs',
    rule: { python: { calls: '.fit' } },
    facts: {
      python: { 'a.py': { calls: [{ name: 'm.fit', args: '', line: 2, within: '', off: 'if False' }] } },
    },
    met: false,
  },
  {
    id: 'a module below the one that is asked for',
    rule: { python: { imports: 'azure.ai' } },
    facts: { python: { 'a.py': { imports: [{ module: 'azure.ai.ml', line: 1 }] } } },
    met: true,
  },
  {
    id: 'a name that only begins so',
    rule: { python: { imports: 'azure.ai' } },
    facts: { python: { 'a.py': { imports: [{ module: 'azure.aid', line: 1 }] } } },
    met: false,
  },
  {
    id: 'two things of one file, shown by two',
    rule: { python: { imports: 'flask', calls: '.predict' } },
    facts: {
      python: {
        'a.py': { imports: [{ module: 'flask', line: 1 }] },
        'b.py': { calls: [{ name: 'm.predict', args: '', line: 1, within: '' }] },
      },
    },
    met: false,
  },
  {
    id: 'an entry script',
    rule: { python: { definesAll: ['init', 'run'] } },
    facts: { python: { 'score.py': { defines: [define('run', 9), define('init', 2)] } } },
    met: true,
  },
  {
    id: 'init and run of two files are no entry script',
    rule: { python: { definesAll: ['init', 'run'] } },
    facts: { python: { 'a.py': { defines: [define('init', 1)] }, 'b.py': { defines: [define('run', 1)] } } },
    met: false,
  },
  { id: 'none of them', rule: { none: [{ files: 'a' }] }, facts: { texts: { b: 'x' } }, met: true },
  {
    id: 'one of them, where none may be',
    rule: { none: [{ files: 'b' }] },
    facts: { texts: { b: 'x' } },
    met: false,
  },
  {
    id: 'all of them',
    rule: { all: [{ files: 'a' }, { files: 'b' }] },
    facts: { texts: { a: 'x' } },
    met: false,
  },
];

describe('what files hold', () => {
  test.each(rows)('$id: $met', ({ rule, facts, met }) => expect(verdict(rule, factsOf(facts)).met).toBe(met));

  test('evidence says where, and what stands there', () => {
    expect(
      verdict(amlcompute, factsOf({ texts: { 'c.yml': 'name: x\ntype: amlcompute\n' } })).evidence,
    ).toEqual([{ path: 'c.yml', line: 2, found: '`type: amlcompute`' }]);
  });

  test('only the part that is assessed is looked at', () => {
    const facts = factsOf({ texts: { 'a/x': 'x', 'b/x': 'x' } });
    const within = (folder: string) => ({ ...facts, files: { ...facts.files, within: folder } });
    expect(verdict({ files: 'x' }, within('a/')).evidence[0]?.path).toBe('a/x');
    expect(verdict({ files: 'a/x' }, within('b/')).met).toBe(false);
  });
});

describe('a glob', () => {
  test.each([
    ['a/*.py', 'a/x.py', true],
    ['a/*.py', 'a/b/x.py', false],
    ['**/x.py', 'x.py', true],
    ['a/**/x.py', 'a/b/c/x.py', true],
    ['a.{yml,yaml}', 'a.yaml', true],
    ['a.{yml,yaml}', 'a.yxml', false],
    ['a+b', 'aab', false],
  ])('%s on %s: %s', (glob, path, fits) => expect(globToRegex(glob).test(path)).toBe(fits));
});
