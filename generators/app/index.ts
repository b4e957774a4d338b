import Generator from 'yeoman-generator';
import { COMMANDS } from '../../src/cli/flags.js';
import { attempt } from '../../src/cli/run.js';
import { wordsAfterNamespace } from './words.js';

/**
 * `yo azmlops [DIR] [flags]`: the same as `azmlops new`. `yo` hands options over damaged (`--level x` as NaN, `--yes churn`
 * as yes=churn), so they are declared for its --help only, and the words are read from the command line.
 */
export default class extends Generator {
  constructor(...[args, options, features]: ConstructorParameters<typeof Generator>) {
    // An install task of our own, of which there is none: Yeoman says nothing about package.json either.
    super(args, options, { ...features, customInstallTask: true });
    this.argument('dir', { type: String, required: false, description: 'folder to write to' });
    for (const [name, { value, help }] of Object.entries(COMMANDS.new.flags as Flags))
      this.option(name.replace(/^no-/, ''), {
        type: value === undefined ? Boolean : String,
        // Yeoman declares a switch without its "no-", and would not show that it is on by default.
        description: name.startsWith('no-') ? `--${name}: ${help}` : help,
      });
  }

  async writing(): Promise<void> {
    const { stdin, stdout, stderr, env } = process;
    const io = { cwd: this.contextRoot, stdin, stdout, stderr, env };
    const words = ['new', ...wordsAfterNamespace(process.argv.slice(2))];
    const { exitCode, error } = await attempt(words, io);
    // Yeoman prints the message and exits with `code`.
    if (error)
      throw Object.assign(new Error([error.message, error.hint].join('\n').trimEnd()), { code: exitCode });
    process.exitCode = exitCode;
  }
}

type Flags = Readonly<Record<string, { readonly value?: string; readonly help: string }>>;
