import { EXIT, UserError } from '../errors.js';
import { ownPackage } from '../version.js';
import type { Verb } from './flags.js';
import { helpText } from './help.js';
import { type Io, Output } from './output.js';
import { parse, type Words } from './parse.js';
import { errorText, tellable, type Told } from './told.js';

/** Does what the words say and returns the exit code; what cannot be done is thrown as a UserError. */
async function perform(words: readonly string[], io: Io): Promise<number> {
  const parsed = parse(words);
  const { verb, switches } = parsed;
  const out = new Output(io, mannerOf(words));
  // What was asked for by name is said with --quiet too.
  const answer = (text: string, document: object): number => {
    if (out.manner.json) out.data(document);
    else io.stdout.write(text);
    return EXIT.done;
  };
  if (switches.has('help')) {
    const help = helpText(verb, out.width);
    return answer(help, { help });
  }
  if (switches.has('version')) {
    const { version } = ownPackage();
    return answer(`${version}\n`, { version });
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
    upgrade: async () => (await import('../upgrade/verb.js')).upgradeVerb(parsed, out),
    update: async () => (await import('../upgrade/verb.js')).upgradeVerb(parsed, out),
    set: async () => (await import('../upgrade/verb.js')).upgradeVerb(parsed, out),
    adopt: async () => (await import('../adopt/verb.js')).adoptVerb(parsed, out),
    explain: async () => (await import('../explain/verb.js')).explainVerb(parsed, out),
    assess: async () => (await import('../assess/verb.js')).assessVerb(parsed, out),
    doctor: async () => (await import('../doctor/verb.js')).doctorVerb(parsed, out),
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
  if (error) new Output(io, mannerOf(words)).warn(errorText(error));
  return exitCode;
}

/** Read from the raw words, as they also hold for words that cannot be parsed. */
function mannerOf(words: readonly string[]) {
  const flags = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  return {
    json: flags.includes('--json') || /(^| )--format[ =]json( |$)/.test(flags.join(' ')),
    quiet: flags.includes('--quiet'),
    color: !flags.includes('--no-color'),
  };
}
