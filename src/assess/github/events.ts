import { bare, known, nothing, object, oneOf, type Scalar, unknown, type Value } from './values.js';
import { type Mapping, mapping, own, texts } from './workflow.js';

/** What is known of one start where expressions are read. */
export interface Event {
  /** `push`, `schedule`, …: github.event_name. */
  readonly name: string;
  readonly ref: Value;
  /** The context `inputs`. */
  readonly inputs: Value;
  /** What of github.event is known, by key; what is absent there is null with an event of another kind. */
  readonly payload?: Readonly<Record<string, Value>>;
}

export const noInputs = object(bare([]));
export const branchRef: Value = { is: 'unknown', prefix: 'refs/heads/' };
export const tagRef: Value = { is: 'unknown', prefix: 'refs/tags/' };
export const pullRef: Value = { is: 'unknown', prefix: 'refs/pull/' };

/** Parts of github.event that come with some events only, so that elsewhere a condition on them is known to fail. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment'],
  inputs: ['workflow_dispatch'],
  schedule: ['schedule'],
  workflow_run: ['workflow_run'],
  client_payload: ['repository_dispatch'],
  release: ['release'],
  issue: ['issues', 'issue_comment'],
  comment: ['issue_comment', 'pull_request_review_comment', 'commit_comment', 'discussion_comment'],
  head_commit: ['push'],
  label: ['issues', 'pull_request', 'pull_request_target', 'label', 'discussion'],
};

const person: Value = { is: 'unknown', person: true };
const human = object(
  bare([
    ['login', person],
    ['type', person],
  ]),
  unknown,
);

/** The context `github` of a start. `people`: whether the actor is taken for a person. */
export function githubContext(event: Event, people: boolean): Value {
  const who = people ? person : unknown;
  const entries = bare<Value>(
    Object.entries(ONLY).map(([key, events]) => [key, events.includes(event.name) ? unknown : nothing]),
  );
  if (people) entries.sender = human;
  Object.assign(entries, event.payload);
  if (people && entries.pull_request && entries.pull_request.is !== 'known') {
    const known = entries.pull_request.is === 'object' ? entries.pull_request.entries : {};
    entries.pull_request = object(bare([...Object.entries(known), ['user', human]]), unknown);
  }
  return object(
    bare<Value>([
      ['event_name', known(event.name)],
      ['ref', event.ref],
      ['ref_name', shortRef(event.ref)],
      ['ref_type', refType(event.ref)],
      ['actor', who],
      ['triggering_actor', who],
      ['head_ref', event.name.startsWith('pull_request') ? { is: 'unknown', truth: true } : known('')],
      [
        'base_ref',
        event.name.startsWith('pull_request')
          ? (entries.base_ref ?? { is: 'unknown', truth: true })
          : known(''),
      ],
      ['event', object(entries, unknown)],
    ]),
    unknown,
  );
}

function shortRef(ref: Value): Value {
  const short = (value: Scalar) => String(value).replace(/^refs\/(?:heads|tags|pull)\//, '');
  if (ref.is === 'known') return known(short(ref.value));
  return ref.is === 'unknown' && ref.oneOf ? oneOf(ref.oneOf.map(short)) : { is: 'unknown', truth: true };
}

function refType(ref: Value): Value {
  const text = ref.is === 'known' ? String(ref.value) : ref.is === 'unknown' ? (ref.prefix ?? '') : '';
  if (text.startsWith('refs/tags/')) return known('tag');
  return text.startsWith('refs/heads/') ? known('branch') : unknown;
}

/** What a person may choose when starting it: unknown, but among its options. */
export function askedInputs(declared: unknown): { inputs: Value; payload: Value } {
  const asked = Object.entries(mapping(declared)).map(([name, input]) => {
    const value = openInput(mapping(input));
    return [name.toLowerCase(), value] as const;
  });
  const inputs = object(bare(asked));
  // github.event.inputs holds texts only.
  const payload = object(
    bare(
      asked.map(([name, value]) => [
        name,
        value.is === 'unknown' && value.oneOf ? { ...value, oneOf: value.oneOf.map(String) } : value,
      ]),
    ),
  );
  return { inputs, payload };
}

function openInput(input: Mapping): Value {
  const options =
    input.type === 'boolean' ? [true, false] : input.type === 'choice' ? texts(input.options) : [];
  const usual = scalar(input.default);
  return {
    is: 'unknown',
    ...(options.length ? { oneOf: options } : {}),
    ...(usual === null ? {} : { usual }),
  };
}

/** What a called or started workflow gets: what it is given, else its defaults. */
export function givenInputs(declared: unknown, given: ReadonlyMap<string, Value>): Value {
  const names = Object.entries(mapping(declared)).map(([name, value]) => {
    const input = mapping(value);
    const key = name.toLowerCase();
    const fallback = scalar(own(input, 'default'));
    return [key, given.get(key) ?? known(fallback ?? absent(input.type))] as const;
  });
  return object(bare(names));
}

const absent = (type: unknown): Scalar => (type === 'boolean' ? false : type === 'number' ? 0 : '');

function scalar(value: unknown): Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
