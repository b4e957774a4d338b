import { onceOf } from '../once.js';
import type { Files, StartedBy } from '../types.js';
import { cronNever } from './cron.js';
import { askedInputs, branchRef, type Event, noInputs, pullRef, tagRef } from './events.js';
import { somePasses } from './filters.js';
import { bare, known as constant, object, oneOf, type Value } from './values.js';
import { type Document, list, type Mapping, mapping, own, texts } from './workflow.js';

/** One way in which a workflow starts by itself or by a person. */
export interface Start {
  readonly by: StartedBy;
  readonly line: number;
  readonly event: Event;
  readonly off?: string;
  /** Its `paths` filter, when it has one. */
  readonly paths?: readonly string[];
  /** Possible, but nobody wrote it down: told only where it leads to something else than the other starts. */
  readonly implicit?: true;
}

/** What each event is to a model; those of workflow_call and workflow_run are told from whatever starts them. */
const EVENTS: Readonly<Record<string, StartedBy>> = {
  ...named('change', 'push merge_group'),
  ...named(
    'pull-request',
    'pull_request pull_request_target pull_request_review pull_request_review_comment',
  ),
  ...named('schedule', 'schedule'),
  ...named('event', 'repository_dispatch registry_package deployment deployment_status status page_build'),
  ...named('event', 'check_run check_suite deployment_protection_rule image_version'),
  ...named(
    'hand',
    'workflow_dispatch release create delete issues issue_comment discussion watch fork label',
  ),
  ...named(
    'hand',
    'discussion_comment gollum milestone public branch_protection_rule commit_comment project',
  ),
  ...named('hand', 'project_card project_column member'),
};

function named(by: StartedBy, events: string): Record<string, StartedBy> {
  return Object.fromEntries(events.split(' ').map((event) => [event, by]));
}

/** The triggers of a workflow by name, with what is said of each; YAML 1.1 takes the key `on` for true. */
export const triggersOf = onceOf(readTriggers);

type Triggers = ReadonlyMap<string, { readonly said: unknown; readonly line: number }>;

function readTriggers(document: Document): Triggers {
  const key = Object.hasOwn(document.value, 'on') ? 'on' : 'true';
  const on = own(document.value, key);
  if (typeof on === 'string') return new Map([[on, { said: null, line: document.line([key]) }]]);
  if (Array.isArray(on)) {
    return new Map(texts(on).map((name, index) => [name, { said: null, line: document.line([key, index]) }]));
  }
  return new Map(
    Object.entries(mapping(on)).map(([name, said]) => [name, { said, line: document.line([key, name]) }]),
  );
}

/** How a workflow starts, but for what another workflow does. */
export function startsOf(document: Document, files: Files): Start[] {
  return [...triggersOf(document)].flatMap(([name, { said, line }]): Start[] => {
    if (name === 'workflow_call' || name === 'workflow_run') return [];
    if (name === 'schedule') return crons(document, said);
    const by = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined;
    if (!by) return [{ by: 'event', line, event: eventOf(name), off: `GitHub has no event ${name}` }];
    const filters = mapping(said);
    const off = pathsOff(filters, files) ?? branchesOff(filters);
    const paths = own(filters, 'paths');
    const common = { line, ...(off ? { off } : {}), ...(paths ? { paths: texts(paths) } : {}) };
    if (name === 'push') return pushes(document, filters, common);
    if (name.startsWith('pull_request')) return [{ ...pullRequest(name, filters), ...common }];
    if (name === 'workflow_dispatch') return [{ by, ...common, event: dispatched(filters) }];
    return [{ by, ...common, event: eventOf(name, filters) }];
  });
}

/** A start by workflow_dispatch, as a person does it. */
function dispatched(filters: Mapping): Event {
  const { inputs, payload } = askedInputs(filters.inputs);
  return {
    name: 'workflow_dispatch',
    ref: { is: 'unknown', prefix: 'refs/' },
    inputs,
    payload: { inputs: payload },
  };
}

export function eventOf(name: string, filters: Mapping = {}): Event {
  const types = texts(filters.types);
  return {
    name,
    ref: name === 'release' || name === 'create' ? { is: 'unknown', prefix: 'refs/' } : branchRef,
    inputs: noInputs,
    payload: types.length ? { action: oneOf(types) } : {},
  };
}

function crons(document: Document, said: unknown): Start[] {
  return list(said).map((entry, index) => {
    const cron = own(mapping(entry), 'cron');
    const text = typeof cron === 'string' ? cron : '';
    const off = cronNever(text);
    const event = { ...eventOf('schedule'), payload: { schedule: constant(text) } };
    const line = document.line(['on', 'schedule', index, 'cron']);
    return { by: 'schedule' as const, line, event, ...(off ? { off } : {}) };
  });
}

type Common = Pick<Start, 'line' | 'off' | 'paths'>;

function pushes(document: Document, filters: Mapping, common: Common): Start[] {
  const branches = texts(filters.branches);
  const byBranch = 'branches' in filters || 'branches-ignore' in filters;
  const byTag = 'tags' in filters || 'tags-ignore' in filters;
  const push = (by: StartedBy, ref: Value) => ({ by, ...common, event: { ...eventOf('push'), ref } });
  const starts: Start[] = [];
  if (byBranch || !byTag) {
    // One start per branch: what follows on one of them need not follow on the other.
    const plain = branches.length <= 5 && branches.every((branch) => /^[\w./-]+$/.test(branch));
    const refs =
      plain && branches.length ? branches.map((name) => constant(`refs/heads/${name}`)) : [branchRef];
    starts.push(...refs.map((ref) => push('change', ref)));
  }
  if (byTag) starts.push(push('hand', tagRef));
  else if (!byBranch && /refs\/tags|ref_type|ref_name/.test(document.text)) {
    starts.push({ ...push('hand', tagRef), implicit: true });
  }
  return starts;
}

const NEW_COMMITS = new Set(['opened', 'synchronize', 'reopened', 'ready_for_review', 'edited']);

/** Merging counts as the change that it is; a label, a review or an assignment is something a person does. */
function pullRequest(name: string, filters: Mapping): Omit<Start, 'line'> {
  const types = 'types' in filters ? texts(filters.types) : ['opened', 'synchronize', 'reopened'];
  const closed = types.includes('closed');
  const byCommit = name.startsWith('pull_request_review') || types.some((type) => NEW_COMMITS.has(type));
  const by = byCommit ? 'pull-request' : closed ? 'change' : 'hand';
  const bases = texts(filters.branches);
  const plain = bases.length > 0 && bases.every((branch) => /^[\w./-]+$/.test(branch));
  const ref = name === 'pull_request_target' ? branchRef : pullRef;
  const merged: Value = closed ? { is: 'unknown' } : constant(false);
  const payload = {
    action: oneOf(types.length ? types : ['']),
    pull_request: object(bare([['merged', merged]]), { is: 'unknown' }),
    ...(plain ? { base_ref: oneOf(bases) } : {}),
  };
  return { by, event: { name, ref, inputs: noInputs, payload } };
}

function pathsOff(filters: Mapping, files: Files): string | undefined {
  const paths = 'paths' in filters ? texts(filters.paths) : [];
  const ignored = 'paths-ignore' in filters ? texts(filters['paths-ignore']) : [];
  if (paths.length && somePasses(files.paths, paths) === false) return 'no file passes its paths filter';
  const rest = ['**', ...ignored.map((path) => `!${path}`)];
  if (ignored.length && somePasses(files.paths, rest) === false) return 'its paths-ignore leaves no file';
  return undefined;
}

/** Only what no branch whatsoever passes: names of branches cannot be seen. */
function branchesOff(filters: Mapping): string | undefined {
  const branches = texts(filters.branches);
  if (branches.length && branches.every((branch) => branch.startsWith('!'))) {
    return 'its branches filter takes no branch in';
  }
  const ignored = texts(filters['branches-ignore']);
  return ignored.includes('**') ? 'its branches-ignore leaves no branch' : undefined;
}
