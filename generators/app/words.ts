/**
 * Options of `yo` 7 itself, of yeoman-environment 6 and of yeoman-generator 8, without those that azmlops has too
 * (`--force`, `--dry-run`, `--no-color`, `--help`, `--version`). They say nothing to azmlops and are dropped; the true
 * ones are followed by a value when it is not attached.
 */
export const YEOMAN_OPTIONS: Readonly<Record<string, boolean>> = {
  // yo: lib/usage.txt and lib/cli.js
  '--generators': false,
  '--local-only': false,
  '--environment-version': false,
  '--debug': false,
  '--insight': false,
  '--no-insight': false,
  '--no-update-notifier': false,
  // yeoman-environment: util/command.js, environment-full.js
  '--cwd': true,
  '--log-cwd': true,
  '--node-package-manager': true,
  '--skip-install': false,
  '--force-install': false,
  '--skip-cache': false,
  '--skip-local-cache': false,
  '--local-config-only': false,
  '--ask-answered': false,
  '--whitespace': false,
  '--bail': false,
  '--skip-yo-resolve': false,
  '--skip-parse-options': false,
  '--experimental': false,
};

/** The words meant for azmlops: those of `yo`'s command line after the generator's name, less Yeoman's own options. */
export function wordsAfterNamespace(argv: readonly string[]): string[] {
  const at = argv.findIndex((word) => /(^|[/\\])(generator-)?azmlops(:[a-z]+)?$/.test(word));
  if (at === -1) return [];
  const words = argv.slice(at + 1);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const kept: string[] = [];
  for (let i = 0; i < end; i++) {
    const word = words[i] ?? '';
    const name = word.split('=')[0] ?? '';
    if (!Object.hasOwn(YEOMAN_OPTIONS, name)) kept.push(word);
    else if (YEOMAN_OPTIONS[name] && name === word) i++;
  }
  return [...kept, ...words.slice(end)];
}
