import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type * as YamlModule from 'yaml';
import type { LineCounter, Node, Pair, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { UserError } from '../errors.js';
import { didYouMean } from './nearest.js';
import { ANSWER_KEYS, type AnswerKey, isAnswerKey, specOf } from './schema.js';
import { type Given, type Problem, refusal, shown } from './validate.js';

type Yaml = typeof YamlModule;

/** Words that are no answers, and where they belong. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  level: 'is no answer. Give it as a flag: --level N of azmlops new, --to N of azmlops upgrade',
  profile: 'is made from the data, and cannot be given',
  data: 'is no answer: a new repository is given data, and azmlops set data=FILE gives an old one other data',
};

/** Where a data file is. */
export interface DataPath {
  /** Absolute. */
  readonly path: string;
  /** As the user wrote it. */
  readonly shown: string;
}

export interface AnswersFile {
  readonly given: Map<AnswerKey, Given>;
  /** What its key `data` names, relative to the file's folder. */
  readonly data?: DataPath;
}

/**
 * Reads answers from a YAML file, keys nested or dotted.
 *
 * @param path absolute
 * @param name as the user wrote it
 * @param isNew whether it may name data, as only a new repository's may
 * @throws UserError (2) naming file and line of everything that is wrong in it.
 */
export async function readAnswers(path: string, name: string, isNew = false): Promise<AnswersFile> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const why: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' };
    throw new UserError(`--answers ${name}: ${why[code] ?? code}.`, 'Give the path of a YAML file.');
  }
  const reader = new AnswerReader(name, await import('yaml'), isNew);
  reader.file(text);
  const given = reader.result();
  const { data } = reader;
  return { given, ...(data !== undefined && { data: { path: resolve(dirname(path), data), shown: data } }) };
}

/** Reads answers from a mapping of a YAML file, and gathers what is wrong, each with its line. */
export class AnswerReader {
  readonly problems: Problem[] = [];
  /** The path of data that a file of answers names. */
  data: string | undefined;
  private readonly given = new Map<AnswerKey, Given>();
  private readonly lines: LineCounter;

  constructor(
    private readonly name: string,
    private readonly yaml: Yaml,
    private readonly takesData = false,
  ) {
    this.lines = new yaml.LineCounter();
  }

  /** The mapping that a whole file is. */
  parse(text: string): YAMLMap.Parsed | undefined {
    const document = this.yaml.parseDocument(text, { lineCounter: this.lines, prettyErrors: false });
    for (const { message, pos } of [...document.errors, ...document.warnings])
      this.problems.push(`${this.at(pos[0])}: ${message}`);
    const { contents } = document;
    if (this.yaml.isMap(contents)) return contents;
    if (contents && !(this.yaml.isScalar(contents) && contents.value === null))
      this.problems.push(`${this.at(contents.range[0])}: lines of "key: value" are expected.`);
    return undefined;
  }

  /** A file that is all answers. */
  file(text: string): void {
    const map = this.parse(text);
    if (map) this.map(map);
  }

  result(): Map<AnswerKey, Given> {
    if (this.problems.length) throw refusal(this.problems);
    return this.given;
  }

  map(map: YAMLMap.Parsed, prefix = ''): void {
    for (const pair of map.items) this.pair(pair, prefix);
  }

  private pair({ key: keyNode, value }: Pair<ParsedNode, ParsedNode | null>, prefix: string): void {
    const key = prefix + (this.yaml.isScalar(keyNode) ? String(keyNode.value) : '?');
    const where = this.at(keyNode.range[0]);
    const nested = ANSWER_KEYS.some((known) => known.startsWith(`${key}.`));
    if (nested && this.yaml.isMap(value)) return this.map(value, `${key}.`);
    if (key === 'data' && this.takesData) {
      const path = this.yaml.isScalar(value) ? textOf(value) : '';
      if (!path) this.problems.push(`${where}: data must be the path of a CSV file.`);
      this.data = path;
      return;
    }
    if (!isAnswerKey(key)) {
      const why = Object.hasOwn(ELSEWHERE, key)
        ? `${key} ${ELSEWHERE[key]}.`
        : `${shown(key)} is no answer.${didYouMean(key, ANSWER_KEYS)} Answers: ${ANSWER_KEYS.join(', ')}.`;
      this.problems.push(`${where}: ${why}`);
      return;
    }
    if (this.given.has(key)) this.problems.push(`${where}: ${key} is given twice.`);
    const read = this.value(key, value);
    if (read === undefined)
      this.problems.push(
        `${where}: ${key} must be ${specOf(key).kind === 'list' ? 'text or a list of texts' : 'text'}.`,
      );
    else this.given.set(key, { value: read, where: `${where}: ${key}` });
  }

  private value(key: AnswerKey, node: Node | null): string | string[] | undefined {
    if (node === null) return '';
    if (this.yaml.isScalar(node)) return textOf(node);
    if (!this.yaml.isSeq(node) || specOf(key).kind !== 'list') return undefined;
    const entries = node.items.map((item) => (this.yaml.isScalar(item) ? textOf(item) : undefined));
    return entries.every((entry) => entry !== undefined) ? entries : undefined;
  }

  at(offset: number): string {
    return `${this.name}:${this.lines.linePos(offset).line}`;
  }
}

/** The text as it was written: `python: 3.10` is no number here. */
function textOf({ value, source, type }: Scalar): string {
  if (value === null) return '';
  return typeof value === 'string' && type !== 'PLAIN' ? value : (source ?? '');
}
