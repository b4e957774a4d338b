import { onceOf } from '../once.js';
import type { Files } from '../types.js';
import { mapping, readYaml } from '../yaml.js';

export type Mapping = Readonly<Record<string, unknown>>;
export { mapping };

/** A YAML file of GitHub's, a workflow or an action: what it says and where. */
export interface Document {
  readonly path: string;
  readonly value: Mapping;
  readonly text: string;
  line(key: readonly (string | number)[]): number;
  /** Why GitHub would not run it. */
  readonly error?: string;
}

/** Reads each file once. */
export class Documents {
  private readonly read = new Map<string, Document | undefined>();
  private all: readonly Document[] | undefined;
  constructor(readonly files: Files) {}

  /** undefined when there is no such file. */
  at(path: string): Document | undefined {
    if (!this.read.has(path)) this.read.set(path, this.open(path));
    return this.read.get(path);
  }

  /** Workflows that GitHub reads: those at the root only. */
  workflows(): readonly Document[] {
    this.all ??= this.files.paths.filter(isWorkflow).flatMap((path) => this.at(path) ?? []);
    return this.all;
  }

  private open(path: string): Document | undefined {
    if (!this.files.has(path)) return undefined;
    const text = this.files.text(path);
    if (text === undefined) {
      return {
        path,
        value: {},
        text: '',
        line: () => 1,
        error: this.files.skipped.get(path) ?? 'unreadable',
      };
    }
    const [document] = readYaml(text);
    const twice = document?.twice === undefined ? undefined : `the key ${document.twice} stands twice`;
    const error = document?.error ?? twice;
    return {
      path,
      value: error === undefined ? mapping(document?.value) : {},
      text,
      line: remembered((key) => document?.line(key) ?? 1),
      ...(error === undefined ? {} : { error }),
    };
  }
}

/** The same lines are asked for with every start. */
function remembered(line: Document['line']): Document['line'] {
  const lines = new Map<string, number>();
  return (key) => {
    const path = key.join('\n');
    const known = lines.get(path) ?? line(key);
    lines.set(path, known);
    return known;
  };
}

export function isWorkflow(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path);
}

/** The own value of a key: a file may well name a job `constructor`. */
export function own(value: Mapping, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** Plain texts and numbers of a list, or of the one that stands in its place. */
export function texts(value: unknown): string[] {
  return list(value).flatMap((item) =>
    typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean' ? [String(item)] : [],
  );
}

export function jobsOf(document: Document): [string, Mapping][] {
  return Object.entries(mapping(document.value.jobs)).map(([id, job]) => [id, mapping(job)]);
}

/** What a person calls it: its `name`, or its file as GitHub does. */
export function nameOf(document: Document): string {
  return typeof document.value.name === 'string' && document.value.name ? document.value.name : document.path;
}

/**
 * The line on which the text of a key begins: that of the key, or below it for a block (`|`, `>`) and for a text that
 * starts on a line of its own.
 */
export function lineOfText(document: Document, key: readonly (string | number)[]): number {
  const line = document.line(key);
  const source = lineAt(document, line);
  return /:\s*(?:(?:[|>][+\-\d]*)?\s*(?:#.*)?)?$/.test(source) ? line + 1 : line;
}

function lineAt(document: Document, line: number): string {
  return (linesOf(document)[line - 1] ?? '').slice(0, 2000);
}

const linesOf = onceOf(({ text }: Document) => text.split('\n'));
