import Generator from 'yeoman-generator';
import { type Command, COMMANDS, type Verb } from '../src/cli/flags.js';
import { attempt } from '../src/cli/run.js';
import { seenLines } from '../src/cli/seen.js';
import { wordsAfterNamespace } from './app/words.js';

/**
 * A generator that does the same as `azmlops VERB …`. `yo` hands options over damaged (`--level x` as NaN, `--yes churn`
 * as yes=churn), so they are declared for its --help only, and the words are read from the command line.
 */
export function doorTo(verb: Verb): new (...given: Given) => Generator {
  // A class for each verb: Yeoman runs the methods of the generator's own class only, not those it inherits.
  return class extends Generator {
    constructor(...[args, options, features]: Given) {
      // An install task of our own, of which there is none: Yeoman says nothing about package.json either.
      super(args, options, { ...features, customInstallTask: true });
      const { takes, many, flags }: Command = COMMANDS[verb];
      const word = /[A-Z]+/.exec(takes)?.[0].toLowerCase() ?? 'word';
      const type = many ? Array : String;
      this.argument(word, { type, required: false, description: ARGUMENTS[word] ?? takes });
      for (const [name, { value, help }] of Object.entries(flags))
        this.option(name.replace(/^no-/, ''), {
          type: value === undefined ? Boolean : String,
          // Yeoman declares a switch without its "no-", and would not show that it is on by default.
          description: name.startsWith('no-') ? `--${name}: ${help}` : help,
        });
    }

    async writing(): Promise<void> {
      const { stdin, stdout, stderr, env } = process;
      const io = { cwd: this.contextRoot, stdin, stdout, stderr, env };
      const words = [verb, ...wordsAfterNamespace(process.argv.slice(2))];
      const { exitCode, error } = await attempt(words, io);
      // Yeoman prints the message and exits with `code`.
      if (error)
        throw Object.assign(new Error(seenLines([error.message, error.hint].join('\n').trimEnd())), {
          code: exitCode,
        });
      process.exitCode = exitCode;
    }
  };
}

type Given = ConstructorParameters<typeof Generator>;

const ARGUMENTS: Readonly<Record<string, string>> = {
  dir: 'folder of the repository',
  key: 'KEY=VALUE of an answer',
  path: 'file to explain',
};
