import type { StartedBy } from '../assess/types.js';
import type { Reader } from './read.js';

/** One thing that files can show. maturity.yml says what each kind means. */
export type Rule =
  | { readonly files: string | readonly string[] }
  | { readonly yaml: YamlRule }
  | { readonly text: { readonly file: string | readonly string[]; readonly matches: string } }
  | { readonly python: PythonRule }
  | { readonly asset: AssetRule }
  | { readonly chain: ChainRule }
  | { readonly tested: TestedRule }
  | { readonly project: Rule }
  | { readonly any: readonly Rule[] }
  | { readonly all: readonly Rule[] }
  | { readonly none: readonly Rule[] };

export interface YamlRule {
  readonly file: string | readonly string[];
  readonly key: string;
  readonly is?: string | number | boolean;
  readonly matches?: string;
}

/** All that is given must hold of one file; a list means any of it. */
export interface PythonRule {
  readonly file?: string | readonly string[];
  readonly imports?: string | readonly string[];
  readonly calls?: string | readonly string[];
  readonly defines?: string | readonly string[];
  /** All of these, in one file: the `init` and `run` of an entry script. */
  readonly definesAll?: string | readonly string[];
  readonly asserts?: true;
  /** A regular expression that fits its text, or must not. */
  readonly says?: string;
  readonly lacks?: string;
}

export interface AssetRule {
  readonly kind: string | readonly string[];
  /** Globs of the paths that it may have. */
  readonly file?: string | readonly string[];
  /** Keys that are all set, and keys none of which is. */
  readonly has?: readonly string[];
  readonly lacks?: readonly string[];
  readonly key?: string;
  readonly is?: string | number | boolean;
  readonly matches?: string;
}

/** Acts of any of these classes, where `environment` fits that of their job. */
export interface StepRule {
  readonly acts: readonly string[];
  readonly environment?: string;
}

export interface ChainRule {
  readonly started: readonly StartedBy[];
  readonly does: readonly StepRule[];
  /** One job does it all. */
  readonly together?: true;
  /** The last of it happens in another environment (or, where neither job names one, in another job) than this one of `does`. */
  readonly apart?: number;
  /** Does not count where one of these comes before the first of `does`. */
  readonly unless?: readonly string[];
  /** Does not count where the chain does one of these, whenever. */
  readonly without?: ChainRule['does'];
  /** No two of it in one file. */
  readonly separate?: true;
  /** Whatever does the first of it does it all. */
  readonly every?: true;
  /** Only an event that somebody outside the repository sends counts as its start. */
  readonly outside?: true;
}

export interface TestedRule {
  readonly by: readonly StartedBy[];
  /** Finds the files that a test must mention or import. */
  readonly of: Rule;
  /** What has been done in the chain before the test runs. */
  readonly after?: readonly string[];
  readonly environment?: string;
  /** Not in files of tests that are skipped where no variable says what to ask. */
  readonly alone?: true;
}

export const STARTERS = ['change', 'pull-request', 'schedule', 'event', 'hand', 'person'] as const;
const KINDS = [
  'files',
  'yaml',
  'text',
  'python',
  'asset',
  'chain',
  'tested',
  'project',
  'any',
  'all',
  'none',
];

/** @throws Error that names the place when it is no rule. */
export function ruleOf(at: Reader): Rule {
  const [kind] = at.names();
  if (at.names().length !== 1) at.fail(`a rule has one key: ${KINDS.join(', ')}`);
  switch (kind) {
    case 'files':
      return { files: at.textOrTexts('files') };
    case 'project':
      return { project: ruleOf(at.map('project')) };
    case 'any':
      return { any: at.some('any').map(ruleOf) };
    case 'all':
      return { all: at.some('all').map(ruleOf) };
    case 'none':
      return { none: at.some('none').map(ruleOf) };
    case 'yaml': {
      const rule = at.map('yaml');
      rule.keys(['file', 'key', 'is', 'matches']);
      return { yaml: { file: rule.textOrTexts('file'), key: rule.text('key'), ...valueOf(rule) } };
    }
    case 'text': {
      const rule = at.map('text');
      rule.keys(['file', 'matches']);
      return { text: { file: rule.textOrTexts('file'), matches: rule.regex('matches') } };
    }
    case 'python':
      return { python: pythonOf(at.map('python')) };
    case 'asset': {
      const rule = at.map('asset');
      rule.keys(['kind', 'file', 'has', 'lacks', 'key', 'is', 'matches']);
      return {
        asset: {
          kind: rule.textOrTexts('kind'),
          ...(rule.has('file') ? { file: rule.textOrTexts('file') } : {}),
          ...(rule.has('has') ? { has: [rule.textOrTexts('has')].flat() } : {}),
          ...(rule.has('lacks') ? { lacks: [rule.textOrTexts('lacks')].flat() } : {}),
          ...(rule.has('key') ? { key: rule.text('key'), ...valueOf(rule) } : {}),
        },
      };
    }
    case 'chain':
      return { chain: chainOf(at.map('chain')) };
    case 'tested': {
      const rule = at.map('tested');
      rule.keys(['by', 'of', 'after', 'environment', 'alone']);
      if (rule.has('alone') && !rule.flag('alone')) rule.fail('alone: only true says something');
      return {
        tested: {
          by: startersOf(rule, 'by'),
          of: ruleOf(rule.map('of')),
          ...(rule.has('after') ? { after: [rule.textOrTexts('after')].flat() } : {}),
          ...(rule.has('environment') ? { environment: rule.regex('environment') } : {}),
          ...(rule.has('alone') ? { alone: true as const } : {}),
        },
      };
    }
    default:
      return at.fail(`unknown kind of rule "${kind}"; known: ${KINDS.join(', ')}`);
  }
}

/** The names of the acts that a rule, and the rules in it, speak of. */
export function actsOf(rule: Rule): string[] {
  if ('any' in rule) return rule.any.flatMap(actsOf);
  if ('all' in rule) return rule.all.flatMap(actsOf);
  if ('none' in rule) return rule.none.flatMap(actsOf);
  if ('project' in rule) return actsOf(rule.project);
  if ('chain' in rule) {
    const { does, unless = [], without = [] } = rule.chain;
    return [...[...does, ...without].flatMap(({ acts }) => acts), ...unless];
  }
  if ('tested' in rule) return [...(rule.tested.after ?? []), ...actsOf(rule.tested.of)];
  return [];
}

function valueOf(rule: Reader): { is: string | number | boolean } | { matches: string } {
  if (rule.has('is') === rule.has('matches')) rule.fail('needs one of: is, matches');
  return rule.has('is') ? { is: rule.scalar('is') } : { matches: rule.regex('matches') };
}

function pythonOf(rule: Reader): PythonRule {
  rule.keys(['file', 'imports', 'calls', 'defines', 'defines-all', 'asserts', 'says', 'lacks']);
  const asked = ['file', 'imports', 'calls', 'defines'] as const;
  const given = Object.fromEntries(
    asked.filter((key) => rule.has(key)).map((key) => [key, rule.textOrTexts(key)]),
  );
  if (rule.names().every((name) => name === 'file' || name === 'lacks'))
    rule.fail('needs one of: imports, calls, defines, asserts');
  if (rule.has('asserts') && !rule.flag('asserts')) rule.fail('asserts: only true says something');
  return {
    ...given,
    ...(rule.has('defines-all') ? { definesAll: rule.textOrTexts('defines-all') } : {}),
    ...(rule.has('asserts') ? { asserts: true as const } : {}),
    ...(rule.has('says') ? { says: rule.regex('says') } : {}),
    ...(rule.has('lacks') ? { lacks: rule.regex('lacks') } : {}),
  };
}

function chainOf(rule: Reader): ChainRule {
  rule.keys(['started', 'does', 'together', 'separate', 'unless', 'without', 'apart', 'every', 'outside']);
  const stepsOf = (key: string): ChainRule['does'] =>
    rule.mixed(key).map((step) => {
      if (typeof step === 'string') return { acts: [step] };
      if (Array.isArray(step)) return { acts: step };
      step.keys(['act', 'environment']);
      return {
        acts: [step.textOrTexts('act')].flat(),
        ...(step.has('environment') ? { environment: step.regex('environment') } : {}),
      };
    });
  const does = stepsOf('does');
  if (!does.length) rule.fail('does: a list with at least one act is expected');
  if (rule.has('apart') && !does[rule.number('apart') - 1]) rule.fail('apart: no such entry of does');
  for (const key of ['together', 'separate', 'every', 'outside'])
    if (rule.has(key) && !rule.flag(key)) rule.fail(`${key}: only true says something`);
  return {
    started: startersOf(rule, 'started'),
    does,
    ...(rule.has('together') ? { together: true as const } : {}),
    ...(rule.has('unless') ? { unless: [rule.textOrTexts('unless')].flat() } : {}),
    ...(rule.has('without') ? { without: stepsOf('without') } : {}),
    ...(rule.has('separate') ? { separate: true as const } : {}),
    ...(rule.has('apart') ? { apart: rule.number('apart') } : {}),
    ...(rule.has('every') ? { every: true as const } : {}),
    ...(rule.has('outside') ? { outside: true as const } : {}),
  };
}

function startersOf(rule: Reader, key: string): StartedBy[] {
  const given = [rule.textOrTexts(key)].flat();
  const unknown = given.find((by) => !STARTERS.includes(by as StartedBy));
  if (unknown !== undefined) rule.fail(`${key}: ${unknown} is none of ${STARTERS.join(', ')}`);
  return given as StartedBy[];
}
