import { describe, expect, test } from 'vitest';
import type { Acts } from '../../../src/levels/acts.js';
import type { ChainRule } from '../../../src/levels/rule.js';
import { contextOf } from '../../../src/assess/rules/context.js';
import { meets } from '../../../src/assess/rules/meets.js';
import type { Chain } from '../../../src/assess/types.js';
import { act, chain, factsOf } from './facts.js';

const acts: Acts = {
  train: { says: 'trains', any: [{ kind: 'call', text: '\\.fit\\(' }] },
  judge: {
    says: 'judges',
    judges: true,
    any: [
      { kind: 'command', text: '^pytest(?! --smoke)' },
      { kind: 'command', text: '^pytest --smoke' },
    ],
  },
  deploy: { says: 'deploys', any: [{ kind: 'command', text: '^deploy', not: '--help' }] },
  back: { says: 'goes back', failure: 'only', any: [{ kind: 'command', text: '^traffic' }] },
  either: { says: 'either', any: [{ act: 'train' }, { act: 'deploy' }] },
};
const ask = (rule: Partial<ChainRule> & Pick<ChainRule, 'does'>, chains: readonly Chain[]) =>
  meets({ chain: { started: ['change'], ...rule } }, contextOf(factsOf({ chains }), acts));
const does = (...names: string[]) => names.map((name) => ({ acts: [name] }));
const FIT = 'call model.fit(x)';

const rows: { id: string; rule: Parameters<typeof ask>[0]; chains: Chain[]; met: boolean }[] = [
  {
    id: 'one job after the other',
    rule: { does: does('train', 'judge', 'deploy') },
    chains: [chain('change', { a: [FIT], b: ['pytest'], c: ['deploy x'] })],
    met: true,
  },
  {
    id: 'the steps of one job in order',
    rule: { does: does('train', 'deploy') },
    chains: [chain('change', { a: [FIT, 'deploy x'] })],
    met: true,
  },
  {
    id: 'the steps of one job the wrong way round',
    rule: { does: does('train', 'deploy') },
    chains: [chain('change', { a: ['deploy x', FIT] })],
    met: false,
  },
  {
    id: 'jobs side by side are in no order',
    rule: { does: does('train', 'deploy') },
    chains: [chain('change', { a: [FIT], b: ['deploy x'] }, { alone: true })],
    met: false,
  },
  {
    id: 'two chains are not one',
    rule: { does: does('train', 'deploy') },
    chains: [chain('change', { a: [FIT] }), chain('change', { b: ['deploy x'] })],
    met: false,
  },
  {
    id: 'what goes back after a failure',
    rule: { does: does('deploy', 'back') },
    chains: [chain('change', { a: ['deploy x'], 'a (on failure)': ['traffic blue=100'] })],
    met: true,
  },
  {
    id: 'the same words where nothing has failed',
    rule: { does: does('deploy', 'back') },
    chains: [chain('change', { a: ['deploy x', 'traffic green=100'] })],
    met: false,
  },
  {
    id: 'another start',
    rule: { does: does('train') },
    chains: [chain(['hand', 'pull-request'], { a: [FIT] })],
    met: false,
  },
  {
    id: 'a start that is switched off',
    rule: { does: does('train') },
    chains: [chain('change', { a: [FIT] }, { off: 'bots only' })],
    met: false,
  },
  {
    id: 'an act that is switched off',
    rule: { does: does('train') },
    chains: [chain('change', { a: [act(FIT, { off: '`if: false`' })] })],
    met: false,
  },
  {
    id: 'a verdict that stops nothing',
    rule: { does: does('judge') },
    chains: [chain('change', { a: [act('pytest', { swallowed: '`|| true`' })] })],
    met: false,
  },
  {
    id: 'what does not judge may fail',
    rule: { does: does('train') },
    chains: [chain('change', { a: [act(FIT, { swallowed: '`|| true`' })] })],
    met: true,
  },
  {
    id: 'what happens after a failure only',
    rule: { does: does('deploy') },
    chains: [chain('change', { 'a (on failure)': ['deploy x'] })],
    met: false,
  },
  {
    id: 'a class that is made of others',
    rule: { does: does('either') },
    chains: [chain('change', { a: ['deploy x'] })],
    met: true,
  },
  {
    id: 'what a shape excludes',
    rule: { does: does('deploy') },
    chains: [chain('change', { a: ['deploy --help'] })],
    met: false,
  },
  {
    id: 'two environments',
    rule: { does: does('deploy', 'judge', 'deploy'), apart: 1 },
    chains: [
      chain(
        'change',
        { a: ['deploy x'], b: ['pytest'], c: ['deploy x'] },
        { environments: { a: 'staging', c: 'production' } },
      ),
    ],
    met: true,
  },
  {
    id: 'one environment twice',
    rule: { does: does('deploy', 'judge', 'deploy'), apart: 1 },
    chains: [
      chain(
        'change',
        { a: ['deploy x'], b: ['pytest'], c: ['deploy x'] },
        { environments: { a: 'production', c: 'production' } },
      ),
    ],
    met: false,
  },
  {
    id: 'an environment that is asked for, in capitals',
    rule: { does: [{ acts: ['deploy'], environment: '^prod' }] },
    chains: [chain('change', { a: ['deploy x'] }, { environments: { a: 'Production' } })],
    met: true,
  },
  {
    id: 'together is in one job',
    rule: { does: does('train', 'deploy'), together: true },
    chains: [chain('change', { a: [FIT], b: ['deploy x'] })],
    met: false,
  },
  {
    id: 'what comes before makes it something else',
    rule: { does: does('train'), unless: ['judge'] },
    chains: [chain('change', { a: ['pytest', FIT] })],
    met: false,
  },
  {
    id: 'what comes after does not',
    rule: { does: does('train'), unless: ['judge'] },
    chains: [chain('change', { a: [FIT, 'pytest'] })],
    met: true,
  },
  {
    id: 'a chain that does something else as well, whenever',
    rule: { does: does('train'), without: [{ acts: ['judge'] }] },
    chains: [chain('change', { a: [FIT, 'pytest'] })],
    met: false,
  },
  {
    id: 'two acts of one file, where they must be separate',
    rule: { does: does('judge', 'train'), separate: true },
    chains: [chain('change', { a: ['pytest', FIT] })],
    met: false,
  },
  {
    id: 'every chain that trains deploys',
    rule: { does: does('train', 'deploy'), every: true },
    chains: [chain('change', { a: [FIT, 'deploy x'] }), chain('change', { a: [FIT] })],
    met: false,
  },
  {
    id: 'a later step of an earlier job does not hide an earlier one of this job',
    rule: { does: does('train', 'judge', 'deploy') },
    chains: [chain('change', { a: ['pytest', FIT], b: ['pytest', 'deploy x'] })],
    met: true,
  },
];

describe('a chain', () => {
  test.each(rows)('$id: $met', ({ rule, chains, met }) => expect(ask(rule, chains).met).toBe(met));

  test('evidence is the start and each act, with the way that leads to it', () => {
    const far = act(FIT, {
      path: 'src/t.py',
      line: 3,
      way: [{ path: 'Makefile', line: 2, as: 'make train' }],
    });
    expect(ask({ does: does('train') }, [chain('change', { a: [far] })]).evidence).toEqual([
      { path: '.github/workflows/w.yml', line: 2, found: 'workflow `w` starts on a change' },
      { path: 'src/t.py', line: 3, found: 'trains: calls `model.fit(x)` (by way of `make train`)' },
    ]);
  });

  const way = [{ path: 'Makefile', line: 2, as: 'make' }];
  test.each<[string, Chain, readonly string[], { together: true }?]>([
    [
      'of two, that of the shape that is told first',
      chain('change', { a: ['pytest --smoke', 'pytest'], b: ['deploy x'] }),
      ['`pytest`', '`deploy x`'],
    ],
    [
      'of two alike, that on the shorter way',
      chain('change', { a: [act('pytest', { way }), 'pytest tests'], b: ['deploy x'] }),
      ['`pytest tests`', '`deploy x`'],
    ],
    [
      'not what happens within the step that it should come before',
      {
        ...chain('change', { a: [act('pytest', { way })] }),
        jobs: [
          { id: 'a', environment: '', after: [], acts: [act('pytest', { way })] },
          { id: 'b', environment: '', after: ['a'], acts: [act('pytest here'), act('deploy x')] },
        ],
      },
      ['`pytest` (by way of `make`)', '`deploy x`'],
    ],
    [
      'of another job, when that tells more',
      chain('change', { a: ['pytest --smoke', 'pytest'], b: [act('pytest', { way })], c: ['deploy x'] }),
      ['`pytest`', '`deploy x`'],
    ],
    [
      'of no job that runs beside the one which it should come before',
      {
        ...chain('change', {}),
        jobs: [
          { id: 'a', environment: '', after: [], acts: [act('pytest --smoke')] },
          { id: 'b', environment: '', after: [], acts: [act('pytest')] },
          { id: 'c', environment: '', after: ['a'], acts: [act('deploy x')] },
        ],
      },
      ['`pytest --smoke`', '`deploy x`'],
    ],
    [
      'of the same job, where it has to be one',
      {
        ...chain('change', {}),
        jobs: [
          { id: 'a', environment: '', after: [], acts: [act('pytest')] },
          {
            id: 'b',
            environment: '',
            after: ['a'],
            acts: [act('pytest --smoke'), act('deploy x', { step: 1 })],
          },
        ],
      },
      ['`pytest --smoke`', '`deploy x`'],
      { together: true },
    ],
  ])('evidence is what a person would point at: %s', (_, one, expected, more = undefined) => {
    const { evidence } = ask({ does: does('judge', 'deploy'), ...more }, [one]);
    expect(evidence.slice(1).map(({ found }) => found.replace(/^.*: runs /, ''))).toEqual(expected);
  });

  test('what is nearly it says why it is none', () => {
    const off = ask({ does: does('train') }, [
      chain('change', { a: [act(FIT, { off: 'the job has `if: false`' })] }),
    ]);
    expect(off.nearly[0]?.found).toBe('trains: calls `model.fit(x)`, but the job has `if: false`');
    const hand = ask({ does: does('train') }, [chain('person', { a: [FIT] })]);
    expect(hand.nearly[0]?.found).toMatch(/but only a person runs it$/);
    const otherwise = ask({ does: does('train') }, [chain('hand', { a: [FIT] })]);
    expect(otherwise.nearly[0]?.found).toMatch(/, but workflow `w` starts only by hand$/);
    const swallowed = ask({ does: does('judge') }, [
      chain('change', { a: [act('pytest', { swallowed: '`|| true`' })] }),
    ]);
    expect(swallowed.nearly[0]?.found).toMatch(/its failure stops nothing: `\|\| true`$/);
  });
});
