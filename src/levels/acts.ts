import type { Reader } from './read.js';

/**
 * One shape in which something is done; `text` is a regular expression over the text of an act of this kind, of a call
 * only over what is called, up to its bracket.
 */
export interface ActShape {
  readonly kind: 'command' | 'call' | 'asset' | 'uses';
  readonly text: string;
  /** What its text must not fit. */
  readonly not?: string;
  /** Of a call: over its arguments. */
  readonly args?: string;
  /** The path of the file it stands in. */
  readonly file?: string;
  /** A hop on the way to it, or the file it stands in, that must fit. */
  readonly through?: string;
  /** What stands in the lines above the act, in its function: attributes are set before they are sent. */
  readonly beside?: string;
  /** What stands anywhere in the programs that lead to it, or in the one that it stands in; workflows are none. */
  readonly amid?: string;
  /** It happens only when a comparison in the code above it says so. */
  readonly compares?: true;
}

/** What is done, whoever does it: a name that rules use. */
export interface ActClass {
  /** "trains a model" */
  readonly says: string;
  /** Only what can stop something counts: not where failure is swallowed. */
  readonly judges?: true;
  /** It counts also where it happens only after a failure, or nowhere else. */
  readonly failure?: 'too' | 'only';
  readonly any: readonly (ActShape | { readonly act: string })[];
}

export type Acts = Readonly<Record<string, ActClass>>;

const KINDS = ['command', 'call', 'asset', 'uses'] as const;

/** The table `acts` of maturity.yml. @throws Error that names the place, like all of a Reader. */
export function actClassesOf(at: Reader): Record<string, ActClass> {
  const classes = Object.fromEntries(
    at.names().map((name) => {
      const entry = at.map(name);
      entry.keys(['says', 'judges', 'failure', 'any']);
      if (entry.has('judges') && !entry.flag('judges')) entry.fail('judges: only true says something');
      return [
        name,
        {
          says: entry.text('says'),
          ...(entry.has('judges') ? { judges: true as const } : {}),
          ...(entry.has('failure')
            ? { failure: entry.oneOf('failure', ['too', 'only']) as 'too' | 'only' }
            : {}),
          any: entry.some('any').map(shapeOf),
        },
      ];
    }),
  );
  for (const [name, { any }] of Object.entries(classes))
    for (const shape of any)
      if ('act' in shape && (!classes[shape.act] || shape.act === name))
        at.fail(`${name}: act ${shape.act} is not in acts`);
  return classes;
}

export function shapeOf(at: Reader): ActClass['any'][number] {
  if (at.has('act')) {
    at.keys(['act']);
    return { act: at.text('act') };
  }
  at.keys([...KINDS, 'not', 'args', 'file', 'through', 'beside', 'amid', 'compares']);
  const given = KINDS.filter((kind) => at.has(kind));
  const [kind] = given;
  if (given.length !== 1 || !kind) return at.fail(`needs one of: ${KINDS.join(', ')}, act`);
  if (at.has('args') && kind !== 'call') at.fail('args: only a call has arguments');
  if (at.has('compares') && !at.flag('compares')) at.fail('compares: only true says something');
  return {
    kind,
    text: at.regex(kind),
    ...(at.has('not') ? { not: at.regex('not') } : {}),
    ...(at.has('args') ? { args: at.regex('args') } : {}),
    ...(at.has('file') ? { file: at.regex('file') } : {}),
    ...(at.has('through') ? { through: at.regex('through') } : {}),
    ...(at.has('beside') ? { beside: at.regex('beside') } : {}),
    ...(at.has('amid') ? { amid: at.regex('amid') } : {}),
    ...(at.has('compares') ? { compares: true as const } : {}),
  };
}
