import { powershellText } from '../shell/powershell.js';
import { shellText } from '../shell/commands.js';
import type { Asset, Files, Hop, Place, PythonFacts } from '../types.js';
import { followAsset } from './azureml.js';
import type { Follow, From, Reached, Script } from './follow.js';
import { missingFrom } from './missing.js';
import { from, globbed } from './paths.js';
import { flagsOf, unwrapped } from './programs.js';
import { choosing, followPython } from './python.js';
import { followCommand, followInput, followPythonText } from './started.js';
import { actAt, isSame, type ShellOptions, type Trail, type Where } from './trail.js';

/** Deeper ways and longer lists no person could follow either. */
const DEEPEST = 12;
const MOST = 20_000;
/** Ways to one text that are told from each other; beyond, the same may be told twice. */
const MOST_ALIKE = 40;
/** Hops of one question, and of all: a large repository takes hundreds, and thousands. */
const MOST_HOPS = 2_000;
const MOST_IN_ALL = 10_000;

interface Sources {
  readonly assets: ReadonlyMap<string, Asset>;
  python(path: string): PythonFacts;
  matters(kind: 'command' | 'call', text: string): boolean;
  /** What a Python program leads to, by its path and the folder it runs in: many steps start the same one. */
  readonly programs: Map<string, readonly Reached[]>;
  /** Hops that are left for the whole repository. */
  readonly hops: { left: number };
}

/**
 * What commands lead to in a repository; pure, never throws, bounded in depth, hops and acts.
 * An Azure ML YAML is read from `assets`, Python by `python`, which gives the same facts when it is asked again.
 */
export function follower(
  files: Files,
  assets: readonly Asset[],
  python: (path: string) => PythonFacts,
  matters: Sources['matters'] = () => true,
): Follow & { asset(path: string): Reached[] } {
  const byPath = new Map(assets.map((asset) => [asset.path, asset]));
  const sources: Sources = {
    assets: byPath,
    python,
    matters,
    programs: new Map(),
    hops: { left: MOST_IN_ALL },
  };
  const asked = (ask: (run: Run) => void): Reached[] => {
    const run = new Run(files, sources);
    ask(run);
    return run.out;
  };
  return {
    script: (script) =>
      asked((run) => {
        run.script(script);
      }),
    python: (path, way, given) =>
      asked((run) => {
        run.python(path, whereOf(given, way));
      }),
    /** An Azure ML YAML that something starts without a command: a schedule. */
    asset: (path) =>
      asked((run) => {
        followAsset(path, true, { dir: '', env: {}, way: [], active: [`asset ${path}`] }, run);
      }),
  };
}

const TRACKS = /^mlflow\.|\.(?:log_(?:model|batch|metrics?|params?)|register_model|create_model_version)\(/;

/** What is tracked in a file of the machine that runs it is gone with a runner, and nobody else's to see. */
const lostTracking = (uri: string | undefined): string | undefined =>
  uri !== undefined && /^(?:sqlite:|file:|\.{0,2}\/|mlruns\b)/.test(uri)
    ? `\`MLFLOW_TRACKING_URI=${uri.slice(0, 40)}\` stays on the machine that runs it`
    : undefined;

const whereOf = (given: From, way: readonly Hop[]): Where => ({
  dir: given.dir,
  env: given.env,
  off: given.off,
  swallowed: given.swallowed,
  way,
  active: [],
});

class Run implements Trail {
  readonly out: Reached[] = [];
  private entered = 0;
  private readonly told = new Map<string, Reached[]>();
  /** Files that were reached, by the way to them. */
  private readonly reached = new Map<readonly Hop[], Set<string>>();
  /** Files that a command before may have made. */
  private readonly written = new Set<string>();

  constructor(
    readonly files: Files,
    private readonly sources: Sources,
  ) {}

  asset = (path: string): Asset | undefined => this.sources.assets.get(path);
  facts = (path: string): PythonFacts => this.sources.python(path);
  matters: Sources['matters'] = (kind, text) => this.sources.matters(kind, text);

  /** Loops that are written out do the same over and over; what happens in one step is told once. */
  add(act: Reached): void {
    if (this.out.length >= MOST || !this.tells(act)) return;
    const alike = this.told.get(act.text);
    if (!alike) this.told.set(act.text, [act]);
    else if (alike.some((one) => isSame(one, act))) return;
    else if (alike.length < MOST_ALIKE) alike.push(act);
    this.out.push(act);
  }

  /** Of commands that no rule speaks of, the first of a file says that the file is reached; a failure that is passed over is told. */
  private tells(act: Reached): boolean {
    // A command may be all that has to do with the part of a repository that is looked at.
    if (act.kind !== 'command' || this.files.within !== '') return true;
    if (act.swallowed !== undefined && act.off === undefined) return true;
    if (this.matters('command', act.text)) return true;
    let reached = this.reached.get(act.way);
    if (!reached) this.reached.set(act.way, (reached = new Set()));
    const file = `${act.off === undefined} ${act.path}`;
    if (reached.has(file)) return false;
    reached.add(file);
    return true;
  }

  enter(where: Where, key: string, hop: Hop): Where | undefined {
    if (where.active.length >= DEEPEST || where.active.includes(key) || this.out.length >= MOST)
      return undefined;
    // What leads to the same again and again tells nothing new, and so would never reach that many acts.
    if (++this.entered > MOST_HOPS || --this.sources.hops.left < 0) return undefined;
    return { ...where, way: [...where.way, hop], active: [...where.active, key] };
  }

  script(script: Script): void {
    const where = whereOf(script, script.way);
    if (script.language === 'python') followPythonText(script.text, script.at, where, this);
    else
      this.shell(script.text, script.at, where, {
        language: script.language,
        pipefail: script.pipefail,
        errexit: script.errexit,
      });
  }

  shell(text: string, at: Place, where: Where, options: ShellOptions = {}): void {
    const { language = 'shell', ...given } = options;
    const glob = (pattern: string, dir: string) => {
      const inside = where.dir === undefined ? undefined : from(where.dir, dir === '' ? '.' : dir);
      return inside === undefined ? [] : globbed(this.files, pattern, inside);
    };
    const read = language === 'powershell' ? powershellText : shellText;
    const { commands, writes } = read(text, {
      line: at.line,
      env: where.env,
      glob,
      ...given,
    });
    for (const path of writes) {
      const whole = from(where.dir, path);
      if (whole !== undefined) this.written.add(whole);
    }
    for (const command of commands) {
      const dir =
        command.dir === undefined ? undefined : command.dir === '' ? where.dir : from(where.dir, command.dir);
      const place = { path: at.path, line: command.line };
      const inside: Where = {
        ...where,
        dir,
        env: command.env,
        off: where.off ?? command.off,
        swallowed: where.swallowed ?? command.swallowed,
      };
      this.command(command.words, command.text, place, inside);
      if (command.input)
        followInput(command.words, command.input, { path: at.path, line: command.input.line }, inside, this);
    }
  }

  command(words: readonly string[], text: string, at: Place, where: Where): void {
    const left = unwrapped(words);
    const missing =
      where.off === undefined ? missingFrom(left, where.dir, this.files, this.written) : undefined;
    const here = missing === undefined ? where : { ...where, off: `${missing} is not there` };
    this.add(actAt('command', text, at, here));
    if (missing !== undefined || this.out.length >= MOST) return;
    followCommand(left, text, at, here, this);
  }

  file(
    path: string | undefined,
    words: readonly string[],
    text: string,
    at: Place,
    where: Where,
    flags?: ShellOptions,
  ): void {
    const whole = path === undefined ? undefined : from(where.dir, path);
    if (whole === undefined) return;
    if (!this.files.has(whole)) {
      const main = `${whole}/__main__.py`;
      if (this.files.has(main)) this.file(`/.root/${main}`, words, text, at, where);
      return;
    }
    const python = /\.(?:py|ipynb)$/.test(whole);
    const inside = this.enter(where, `${python ? 'python' : 'script'} ${whole}`, { ...at, as: text });
    if (!inside) return;
    if (python) return this.python(whole, inside, words);
    const content = this.files.text(whole);
    if (content === undefined) return;
    if (/^#!.*python/.test(content)) return this.python(whole, inside);
    const language = whole.endsWith('.ps1') ? 'powershell' : 'shell';
    const own = flags ?? flagsOf(/^#!.*/.exec(content)?.[0].split(/\s+/) ?? []);
    this.shell(content, { path: whole, line: 1 }, inside, { language, words, ...own });
  }

  python(path: string, where: Where, words: readonly string[] = []): void {
    const { way, off, swallowed } = where;
    const lost = lostTracking(where.env.MLFLOW_TRACKING_URI);
    for (const act of this.program(path, where.dir, choosing(path, words, this.files))) {
      if (this.out.length >= MOST) return;
      const gone = act.kind === 'call' && TRACKS.test(act.text) ? lost : undefined;
      const [never, passed] = [off ?? act.off ?? gone, swallowed ?? act.swallowed];
      this.add({
        ...act,
        way: way.length ? [...way, ...act.way] : act.way,
        ...(never === undefined ? {} : { off: never }),
        ...(passed === undefined ? {} : { swallowed: passed }),
      });
    }
  }

  private program(path: string, dir: string | undefined, words: readonly string[]): readonly Reached[] {
    const key = [path, dir ?? '\0', ...words].join('\0');
    const known = this.sources.programs.get(key);
    if (known) return known;
    // A program that starts itself in turn ends here.
    this.sources.programs.set(key, []);
    const run = new Run(this.files, this.sources);
    followPython(path, words, { dir, env: {}, way: [], active: [`python ${path}`] }, run);
    this.sources.programs.set(key, run.out);
    return run.out;
  }
}
