import { didYouMean } from '../answers/nearest.js';
import { isAnswerKey, specOf } from '../answers/schema.js';
import { UserError } from '../errors.js';
import { COMMON, commandOf, COMMANDS, type Flag, type Verb, VERBS } from './flags.js';

export interface Words {
  readonly verb?: Verb;
  readonly operand?: string;
  /** All of them, for the verbs that take several. */
  readonly operands: readonly string[];
  readonly values: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
}

/**
 * Takes the words of a command line apart: `--flag value`, `--flag=value`, switches, `--` before words that begin with a
 * hyphen. Nothing is guessed: an unknown or repeated flag is refused.
 *
 * @throws UserError (2)
 */
export function parse(words: readonly string[]): Words {
  const verb = verbOf(words);
  const known: Readonly<Record<string, Flag>> = verb ? { ...COMMON, ...commandOf(verb).flags } : COMMON;
  const values = new Map<string, string>();
  const switches = new Set<string>();
  const plain: string[] = [];
  const rest = [...words];
  while (rest.length) {
    const word = rest.shift() ?? '';
    if (word === '--') plain.push(...rest.splice(0));
    else if (word === '-h') switches.add('help');
    else if (!word.startsWith('-') || word === '-') plain.push(word);
    else {
      const { name, flag, attached } = flagOf(word, known, verb);
      if (values.has(name) || switches.has(name))
        throw new UserError(`--${name} is given twice.`, listHint(name));
      if (flag.value === undefined) {
        if (attached !== undefined)
          throw new UserError(
            `--${name} takes no value, but was given ${JSON.stringify(attached)}.`,
            seeHelp(verb),
          );
        switches.add(name);
      } else values.set(name, attached ?? valueFrom(rest, name, flag, known));
    }
  }
  if (verb) plain.splice(plain.indexOf(verb), 1);
  const [operand, ...tooMany] = plain;
  if (tooMany.length && !(verb && commandOf(verb).many))
    throw new UserError(`${JSON.stringify(tooMany[0])} is one word too many.`, seeHelp(verb));
  return {
    ...(verb === undefined ? {} : { verb }),
    ...(operand === undefined ? {} : { operand }),
    operands: plain,
    values,
    switches,
  };
}

/** The first word that is no flag; flags before it can only be those of every command. */
function verbOf(words: readonly string[]): Verb | undefined {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--dir') at++;
    else if (!word.startsWith('-')) {
      if (Object.hasOwn(COMMANDS, word)) return word as Verb;
      throw new UserError(
        `${JSON.stringify(word)} is no command of azmlops.${didYouMean(word, VERBS)}`,
        `Commands: ${VERBS.join(', ')}. azmlops --help says more.`,
      );
    }
  }
  return undefined;
}

function flagOf(word: string, known: Readonly<Record<string, Flag>>, verb: Verb | undefined) {
  const [, name = '', attached] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const flag = word.startsWith('--') && Object.hasOwn(known, name) ? known[name] : undefined;
  if (flag) return { name, flag, attached };
  const near = didYouMean(
    `--${name}`,
    Object.keys(known).map((key) => `--${key}`),
  );
  const where = verb ? `azmlops ${verb}` : 'azmlops';
  if (verb === 'set' && isAnswerKey(name))
    throw new UserError(
      `${word.split('=')[0]} is no flag of ${where}.`,
      `Write azmlops set ${name}=${attached ?? specOf(name).value}`,
    );
  if (name === 'data')
    throw new UserError(
      `--data is no flag of ${where}.`,
      `azmlops set data=${attached ?? 'FILE'} brings other data; azmlops new --data FILE begins with it.`,
    );
  throw new UserError(`${word.split('=')[0]} is no flag of ${where}.${near}`, seeHelp(verb));
}

/** The next word, unless it is a flag itself: then the value was forgotten. */
function valueFrom(rest: string[], name: string, flag: Flag, known: Readonly<Record<string, Flag>>): string {
  const next = rest[0];
  const forgotten =
    next === undefined || (/^--/.test(next) && Object.hasOwn(known, next.slice(2).split('=')[0] ?? ''));
  if (forgotten) throw new UserError(`--${name} needs a value.`, `Write --${name}=${flag.value ?? 'VALUE'}.`);
  rest.shift();
  return next;
}

const listHint = (name: string): string =>
  name === 'sensitive' ? 'A list is one word: --sensitive=a,b.' : `Give --${name} once.`;

const seeHelp = (verb: Verb | undefined): string => `azmlops ${verb ? `${verb} ` : ''}--help lists all.`;
