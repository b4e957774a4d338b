/** One requirement of a pip file, or of a list of them in another. */
export interface Requirement {
  /** As pip compares it: lower case, `-` for `_` and `.`. */
  readonly name: string;
  /** As written, without its comment. */
  readonly text: string;
  /** Behind it on its line, with its `#`; empty when there is none. */
  readonly comment: string;
  /** Comment lines above it. */
  readonly above: readonly string[];
}

/** Name, extras, versions, marker; nothing that only pip's own files can say. */
const FORM =
  /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:\(?\s*(?:[<>=!~]=?=?[^;@]*)?\)?)\s*(?:;.*)?$/;

/** A requirement, or undefined when a line is an option, a path, an address or nothing. */
export function requirementOf(line: string, above: readonly string[] = []): Requirement | undefined {
  const [, text = '', comment = ''] = /^\s*(.*?)(?:(?:^|\s+)(#.*?))?\s*$/.exec(line) ?? [];
  const name = FORM.exec(text)?.[1];
  if (!name || text.includes(' --') || text.endsWith('\\')) return undefined;
  return { name: normalized(name), text, comment, above };
}

export const normalized = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

export const sameRequirement = (one: Requirement, other: Requirement | undefined): boolean =>
  one.text === other?.text && one.comment === other.comment;

export const byName = (list: readonly Requirement[]): Map<string, Requirement> =>
  new Map(list.map((one) => [one.name, one]));
