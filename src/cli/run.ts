import { EXIT, UserError } from '../errors.js';
import { ownPackage } from '../version.js';
import type { Verb } from './flags.js';
import { helpText } from './help.js';
import { type Io, Output } from './output.js';
import { parse, type Words } from './parse.js';

/** Does what the words say and returns the exit code; what cannot be done is thrown as a UserError. */
async function perform(words: readonly string[], io: Io): Promise<number> {
  const parsed = parse(words);
  const { verb, switches } = parsed;
  const out = new Output(io, mannerOf(words));
  if (switches.has('help')) {
    io.stdout.write(helpText(verb, out.width));
    return EXIT.done;
  }
  if (switches.has('version')) {
    io.stdout.write(`${ownPackage().version}\n`);
    return EXIT.done;
  }
  return start(parsed, out);
}

async function start(parsed: Words, out: Output): Promise<number> {
  const { verb } = parsed;
  if (verb === undefined)
    throw new UserError('No command is given.', helpText(undefined, out.width).trimEnd());
  // Each verb brings its own modules, and only its own.
  const does: Record<Verb, () => Promise<number>> = {
    new: async () => (await import('../new/verb.js')).newVerb(parsed, out),
    levels: async () => (await import('../levels/verb.js')).levelsVerb(parsed, out),
  };
  return does[verb]();
}

/** What came of the words: an exit code, and the error behind it, which with --json is on standard output already. */
export async function attempt(words: readonly string[], io: Io): Promise<{ exitCode: number; error?: Told }> {
  try {
    return { exitCode: await perform(words, io) };
  } catch (thrown) {
    const error = tellable(thrown);
    const { message, hint, exitCode } = error;
    new Output(io, mannerOf(words)).data({ error: { message, hint, exitCode } });
    return { exitCode, error };
  }
}

/** `attempt`, with an error told on standard error. */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const { exitCode, error } = await attempt(words, io);
  if (error) io.stderr.write(`azmlops: ${error.message}\n${error.hint ? `${error.hint}\n` : ''}`);
  return exitCode;
}

/** Read from the raw words, as they also hold for words that cannot be parsed. */
function mannerOf(words: readonly string[]) {
  const flags = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  return {
    json: flags.includes('--json'),
    quiet: flags.includes('--quiet'),
    color: !flags.includes('--no-color'),
  };
}

interface Told {
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
}

/** An error as a person can use it. Whatever is no UserError is a bug of ours, and says how to report it. */
function tellable(error: unknown): Told {
  if (error instanceof UserError) return error;
  // @inquirer/prompts throws this on Ctrl-C; 130 is what a shell gives a program that an interrupt ended.
  if (error instanceof Error && error.name === 'ExitPromptError')
    return { message: 'Interrupted. Nothing was written.', hint: '', exitCode: 130 };
  const { version, bugs } = ownPackage();
  const url = typeof bugs === 'string' ? bugs : bugs?.url;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    message: `This is a bug in azmlops.\n${trace}`,
    hint: `Report it${url ? ` at ${url}` : ' to whoever maintains the azmlops that you installed'}, with the text above, the command, and: azmlops ${version}, Node ${process.version}, ${process.platform}.`,
    exitCode: EXIT.bug,
  };
}
