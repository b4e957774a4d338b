import { AnswerReader } from '../answers/file.js';
import { resolve } from '../answers/resolve.js';
import type { Answers } from '../answers/schema.js';
import { EXIT, UserError } from '../errors.js';
import type { Profile } from '../profile/profile.js';

export interface Manifest {
  /** Version of azmlops that wrote it. */
  readonly version: string;
  readonly level: number;
  readonly answers: Answers;
}

/**
 * Reads what `writeManifest` wrote, and what people have changed in it since.
 *
 * @throws UserError (3) naming file and line of everything that is wrong in it.
 */
export async function readManifest(text: string, name: string, profile: Profile): Promise<Manifest> {
  const yaml = await import('yaml');
  const reader = new AnswerReader(name, yaml);
  const found: { version?: string; level?: number; answers?: true } = {};
  for (const { key, value } of reader.parse(text)?.items ?? []) {
    const word = yaml.isScalar(key) ? String(key.value) : '?';
    const scalar = yaml.isScalar(value) ? value.value : undefined;
    if (word === 'version' && typeof scalar === 'string') found.version = scalar;
    else if (word === 'level' && Number.isInteger(scalar) && Number(scalar) >= 0 && Number(scalar) <= 4)
      found.level = Number(scalar);
    else if (word === 'answers' && yaml.isMap(value)) {
      found.answers = true;
      reader.map(value);
    } else
      reader.problems.push(
        `${reader.at(key.range[0])}: ${word}: expected are version (quoted), level (0 to 4) and answers.`,
      );
  }
  const { version, level } = found;
  for (const word of ['version', 'level', 'answers'] as const)
    if (found[word] === undefined && !reader.problems.some((problem) => problem.includes(`: ${word}: `)))
      reader.problems.push(`${name}: ${word} is missing.`);
  try {
    const given = reader.result();
    if (version === undefined || level === undefined) throw new Error('a missing key was not noticed');
    return { version, level, answers: resolve({ given, level, folder: '', profile }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = `Restore ${name} from git, or correct the line.`;
    throw new UserError(error.message, hint, EXIT.refused);
  }
}
