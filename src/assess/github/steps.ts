import { posix } from 'node:path';
import type { Script } from '../hops/follow.js';
import type { Act, Hop } from '../types.js';
import { givenInputs } from './events.js';
import { remember, swallowedBy, type When, whenOf } from './endings.js';
import type { Answer, Follower } from './follower.js';
import { actionName, inlineOf } from './inline.js';
import { optional } from './optional.js';
import { type Request, requestOf, requestOfAction } from './requests.js';
import { constantsOf, envOf, fill, neverBecause, type Scope, valueIn } from './scope.js';
import { bare, object, textOfValue, unknown, type Value } from './values.js';
import { flagsIn, languageOf, runnersOwn } from './shells.js';
import { withWritten } from './written.js';
import { type Document, type Documents, lineOfText, list, type Mapping, mapping } from './workflow.js';

export interface Done {
  readonly when: When;
  readonly act: Act;
  /** What it starts besides. */
  readonly request?: Request;
}

/** A list of steps and what they are part of: a job, or a composite action that one of its steps uses. */
export interface Frame {
  readonly document: Document;
  readonly key: readonly (string | number)[];
  readonly steps: unknown;
  readonly scope: Scope;
  readonly way: readonly Hop[];
  /** The folder and shell that steps have when they name none. */
  readonly usual: { readonly dir: string; readonly shell: string };
  readonly off?: string;
  readonly swallowed?: string;
  readonly when?: When;
  /** Composite actions on the way, so that circles end. */
  readonly via: readonly string[];
}

const DEEPEST = 10;
const MOST_STEPS = 2000;

/** The steps of one job: what they do, in order. */
export class Steps {
  readonly done: Done[] = [];
  /** Folders that commands ran in. */
  readonly dirs = new Set<string>();
  /** Equal for equal acts. */
  readonly signatures: Record<When, string> = { well: '', anyway: '', failure: '' };
  private step = 0;
  /** Where the repository was checked out to, and folders that hold another one. */
  private checkedOut = '';
  private readonly foreign: string[] = [];

  constructor(
    private readonly documents: Documents,
    private readonly follower: Follower,
  ) {}

  add(frame: Frame): void {
    const steps = list(frame.steps).map(mapping);
    const seen = bare<Value>([]);
    let { env } = frame.scope;
    steps.forEach((step, index) => {
      this.step += 1;
      if (this.step > MOST_STEPS) return;
      const scope = {
        ...frame.scope,
        env,
        contexts: { ...frame.scope.contexts, steps: object(seen, unknown) },
      };
      const off = frame.off ?? neverBecause('step', step.if, scope);
      const inner = {
        ...frame,
        scope: { ...scope, env: envOf(step.env, scope) },
        key: [...frame.key, index],
        when: frame.when && frame.when !== 'well' ? frame.when : whenOf(step.if, scope),
        ...optional({ off, swallowed: frame.swallowed ?? swallowedBy(step, steps.slice(index + 1), scope) }),
      };
      if (typeof step.run === 'string') {
        const text = this.run(step, inner);
        if (off === undefined) env = withWritten(env, text);
        remember(seen, step, off, text);
      } else {
        if (typeof step.uses === 'string') this.uses(step.uses, step, inner);
        remember(seen, step, off, '');
      }
    });
  }

  private run(step: Mapping, frame: Frame): string {
    const dir = this.folder(step['working-directory'] ?? frame.usual.dir, frame.scope);
    const scope = { ...frame.scope, dir };
    const text = fill(String(step.run), scope);
    const shell = textOfValue(valueIn(step.shell ?? frame.usual.shell, scope)) ?? '';
    const line = lineOfText(frame.document, [...frame.key, 'run']);
    this.script(text, languageOf(shell), line, { ...frame, scope }, flagsIn(shell));
    return text;
  }

  private script(
    text: string,
    language: Script['language'],
    line: number,
    frame: Frame,
    flags: Pick<Script, 'errexit' | 'pipefail'> = { pipefail: false },
  ): void {
    const { scope, way } = frame;
    this.dirs.add(scope.dir);
    const script: Script = {
      text,
      language,
      at: { path: frame.document.path, line },
      dir: scope.dir,
      ...flags,
      env: { ...constantsOf(scope.env), ...runnersOwn(text, scope) },
      way,
      ...optional({ off: frame.off, swallowed: frame.swallowed }),
    };
    this.push(this.follower.script(script, this.step), frame, requestOf);
  }

  private push(answer: Answer, frame: Frame, requests?: (act: Act) => Request | undefined): void {
    const when = frame.when ?? 'well';
    this.signatures[when] += `,${answer.number}`;
    for (const act of answer.acts) {
      const request = requests?.(act);
      this.done.push({ when, act, ...(request ? { request } : {}) });
    }
  }

  private pushUses(
    uses: string,
    line: number,
    frame: Frame,
    requests?: (act: Act) => Request | undefined,
    off?: string,
  ): void {
    const { document, way, swallowed } = frame;
    const offBecause = frame.off ?? off;
    this.push(
      this.follower.uses(uses, document.path, line, way, this.step, offBecause, swallowed),
      frame,
      requests,
    );
  }

  private uses(uses: string, step: Mapping, frame: Frame): void {
    const { document, key, scope } = frame;
    const place = { path: document.path, line: document.line([...key, 'uses']) };
    if (/^(?:\.\/|\$\/)/.test(uses)) return this.local(uses, step, frame, place.line);
    const given = mapping(step.with);
    const input = (name: string) => {
      const entry = Object.entries(given).find(([key]) => key.toLowerCase() === name.toLowerCase());
      return entry && typeof entry[1] === 'string' ? fill(entry[1], scope) : undefined;
    };
    if (actionName(uses).toLowerCase() === 'actions/checkout')
      this.checkout(input('repository'), input('path'));
    this.pushUses(uses, place.line, frame, () => requestOfAction(uses, input));
    const inline = inlineOf(uses);
    const text = inline && input(inline.input);
    if (inline && text !== undefined) {
      const name = Object.keys(given).find((key) => key.toLowerCase() === inline.input.toLowerCase()) ?? '';
      this.script(text, inline.language, lineOfText(document, [...key, 'with', name]), frame);
    }
  }

  private checkout(repository: string | undefined, path: string | undefined): void {
    const folder = posix.normalize(path ?? '.').replace(/^\.?\/?|\/$/g, '');
    const own = !repository || /^\$\{\{github\.repository\}\}$/.test(repository);
    if (own) this.checkedOut = folder;
    else if (folder) this.foreign.push(folder);
  }

  private local(uses: string, step: Mapping, frame: Frame, line: number): void {
    const named = posix.normalize(uses.slice(2)).replace(/\/$/, '');
    const folder = this.fromRoot(named);
    const place = { path: frame.document.path, line };
    const hop: Hop = { ...place, as: `uses ${uses}` };
    const act = (off?: string) => this.pushUses(uses, line, frame, undefined, off);
    if (this.foreign.some((other) => named === other || named.startsWith(`${other}/`))) return act();
    const path = ['action.yml', 'action.yaml']
      .map((file) => posix.join(folder, file))
      .find((file) => this.documents.files.has(file));
    const action = path === undefined ? undefined : this.documents.at(path);
    if (!action)
      return this.documents.files.has(posix.join(folder, 'Dockerfile')) ? act() : act(`${uses} is not there`);
    if (action.error) return act(`${action.path} cannot be read: ${action.error}`);
    const runs = mapping(action.value.runs);
    if (runs.using !== 'composite') return act();
    if (frame.via.includes(action.path) || frame.via.length >= DEEPEST) return act(`${uses} uses itself`);
    const given = Object.entries(mapping(step.with)).map(
      ([name, value]) => [name.toLowerCase(), valueIn(value, frame.scope)] as const,
    );
    const inputs = givenInputs(action.value.inputs, new Map(given));
    this.add({
      ...frame,
      document: action,
      key: ['runs', 'steps'],
      steps: runs.steps,
      scope: { ...frame.scope, dir: '', action: folder, event: { ...frame.scope.event, inputs } },
      way: [...frame.way, hop],
      usual: { dir: '', shell: 'bash' },
      via: [...frame.via, action.path],
    });
  }

  /** A folder as a step names it, relative to the root of the repository; '' where that is not known. */
  private folder(said: unknown, scope: Scope): string {
    const text = textOfValue(valueIn(said, { ...scope, dir: '' })) ?? '';
    if (text.startsWith('/') || text.startsWith('~')) return '';
    const path = posix.normalize(text || '.').replace(/\/$/, '');
    return path === '.' || path.startsWith('..') ? '' : this.fromRoot(path);
  }

  private fromRoot(path: string): string {
    if (!this.checkedOut) return path;
    if (path === this.checkedOut) return '';
    return path.startsWith(`${this.checkedOut}/`) ? path.slice(this.checkedOut.length + 1) : path;
  }
}
