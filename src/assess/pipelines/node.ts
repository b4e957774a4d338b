import type { Files, Hop } from '../types.js';
import { readYaml } from '../yaml.js';

/** A YAML file as it is written; `way` is how it was come by from the pipeline that is started. */
export interface Source {
  readonly path: string;
  readonly value: unknown;
  readonly way: readonly Hop[];
  line(key: readonly (string | number)[]): number;
}

export type Is = string | number | boolean | null | readonly Node[] | ReadonlyMap<string, Node>;

/** A value with its template expressions filled in, that still knows where it is written. */
export interface Node {
  readonly is: Is;
  readonly path: string;
  readonly line: number;
  readonly way: readonly Hop[];
  /** A person who starts the pipeline may choose another value. */
  readonly unsure?: true;
}

/** The first document of a file; undefined when it is absent or is no mapping. */
export function sourceOf(files: Files, path: string, way: readonly Hop[] = []): Source | undefined {
  const text = files.text(path);
  if (text === undefined) return undefined;
  const document = readYaml(text)[0];
  return document?.error === undefined && isRecord(document?.value)
    ? { path, value: document.value, way, line: (key) => document.line(key) }
    : undefined;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const entries = (node: Node | undefined): ReadonlyMap<string, Node> =>
  node?.is instanceof Map ? (node.is as ReadonlyMap<string, Node>) : NOTHING;
const NOTHING: ReadonlyMap<string, Node> = new Map();

export const items = (node: Node | undefined): readonly Node[] =>
  Array.isArray(node?.is) ? (node.is as readonly Node[]) : [];

/** One or several texts, as `dependsOn` takes them. */
export const words = (node: Node | undefined): string[] =>
  (Array.isArray(node?.is) ? items(node) : node ? [node] : []).flatMap((each) => scalar(each) ?? []);

/** The text of a scalar; undefined of anything else, and of nothing. */
export function scalar(node: Node | undefined): string | undefined {
  const value = node?.is;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

export const plain = (node: Node): unknown =>
  Array.isArray(node.is)
    ? items(node).map(plain)
    : node.is instanceof Map
      ? Object.fromEntries([...entries(node)].map(([key, value]) => [key, plain(value)]))
      : node.is;

/** Keys of tasks' inputs are written in any case. */
export function input(node: Node | undefined, ...names: readonly string[]): Node | undefined {
  const wanted = names.map((name) => name.toLowerCase());
  return [...entries(node)].find(([key]) => wanted.includes(key.toLowerCase()))?.[1];
}
