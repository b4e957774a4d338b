import type { YAMLMap } from 'yaml';
import { AnswerReader } from '../answers/file.js';
import { resolve } from '../answers/resolve.js';
import type { AnswerKey, Answers } from '../answers/schema.js';
import { EXIT, UserError } from '../errors.js';
import type { Profile } from '../profile/profile.js';

export interface Manifest {
  /** Version of azmlops that wrote it. */
  readonly version: string;
  readonly level: number;
  /** All of them: those it does not hold have their defaults. */
  readonly answers: Answers;
  /** The answers it holds. */
  readonly given: ReadonlySet<AnswerKey>;
}

/** As in package.json; also what may stand in a command that a message gives. */
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/**
 * Reads what `writeManifest` wrote, and what people have changed in it since.
 *
 * @param profileOf is asked after `check`: a newer version may tell more of a column
 * @param check hears the version that wrote it and the level before anything else is judged, and may refuse them
 * @throws UserError (3) naming file and line of everything that is wrong in it.
 */
export async function readManifest(
  text: string,
  name: string,
  profileOf: () => Profile,
  check?: (said: { readonly version?: string; readonly level?: number }) => void,
): Promise<Manifest> {
  const yaml = await import('yaml');
  const reader = new AnswerReader(name, yaml);
  const found: { version?: string; level?: number; answers?: YAMLMap.Parsed } = {};
  const items = reader.parse(text)?.items ?? [];
  for (const { key, value } of items) {
    const word = yaml.isScalar(key) ? String(key.value) : '?';
    const scalar = yaml.isScalar(value) ? value.value : undefined;
    if (word === 'version' && typeof scalar === 'string' && VERSION.test(scalar)) found.version = scalar;
    else if (word === 'level' && Number.isInteger(scalar) && Number(scalar) >= 0 && Number(scalar) <= 4)
      found.level = Number(scalar);
    else if (word === 'answers' && yaml.isMap(value)) found.answers = value;
    else
      reader.problems.push(
        `${reader.at(key.range[0])}: ${word}: expected are version (three numbers, quoted), level (0 to 4) and answers.`,
      );
  }
  check?.(found);
  const profile = profileOf();
  if (found.answers) reader.map(found.answers);
  const { version, level } = found;
  for (const word of ['version', 'level', 'answers'] as const)
    if (found[word] === undefined && !reader.problems.some((problem) => problem.includes(`: ${word}: `)))
      reader.problems.push(`${name}: ${word} is missing.`);
  try {
    const given = reader.result();
    if (version === undefined || level === undefined) throw new Error('a missing key was not noticed');
    if (!given.has('target') && !profile.example)
      throw new UserError(`${name}: target is missing under answers.`);
    const answers = resolve({ given, level, folder: '', profile });
    return { version, level, answers, given: new Set(given.keys()) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = `Restore ${name} from git, or correct the line.`;
    throw new UserError(error.message, hint, EXIT.refused);
  }
}
