import type { Hop } from '../types.js';
import { comeTo, type Follower } from './follower.js';
import type { Scope } from './scope.js';
import type { When } from './endings.js';
import { type Done, type Frame, Steps } from './steps.js';
import type { Documents, Mapping } from './workflow.js';

/** What the steps of a job do, for all starts and callers with which they do the same. */
export interface Unit {
  readonly done: Readonly<Record<When, readonly Done[]>>;
  readonly dirs: ReadonlySet<string>;
  /** Equal for equal acts of that kind. */
  readonly signatures: Readonly<Record<When, string>>;
}

/** What of a start makes a difference to the steps that speak of it. */
const START =
  /github\s*(?:\.\s*(?:event|ref|head_ref|base_ref|actor|triggering_actor)|\[|\))|GITHUB_(?:EVENT_NAME|REF)/i;

/** Reads the steps of a job once for all starts that make no difference to them. */
export class Units {
  private readonly units = new Map<string, Unit>();
  private readonly placed = new Map<string, Unit>();
  private readonly speaks = new WeakMap<Mapping, boolean>();
  private actionsSpeak: boolean | undefined;

  constructor(
    private readonly documents: Documents,
    private readonly follower: Follower,
  ) {}

  /** The steps of a job; `frame` without what its callers make of it. */
  of(
    job: Mapping,
    frame: Frame,
    way: readonly Hop[],
    off: string | undefined,
    swallowed: string | undefined,
  ): Unit {
    const { document, key, scope } = frame;
    const asked = [
      document.path,
      key,
      startOf(scope, this.speaksOfStart(job)),
      [...scope.env],
      scope.contexts,
    ];
    const what = JSON.stringify(asked);
    let unit = this.units.get(what);
    if (!unit) this.units.set(what, (unit = this.read(frame)));
    if (!way.length && off === undefined && swallowed === undefined) return unit;
    const where = `${JSON.stringify([way, off, swallowed])}${what}`;
    let there = this.placed.get(where);
    if (!there) this.placed.set(where, (there = placedAt(unit, way, off, swallowed)));
    return there;
  }

  private read(frame: Frame): Unit {
    const steps = new Steps(this.documents, this.follower);
    steps.add(frame);
    const of = (when: When) => steps.done.filter((one) => one.when === when);
    const done = { well: of('well'), anyway: of('anyway'), failure: of('failure') };
    return { done, dirs: steps.dirs, signatures: steps.signatures };
  }

  private speaksOfStart(job: Mapping): boolean {
    let speaks = this.speaks.get(job);
    if (speaks === undefined) {
      const text = JSON.stringify(job.steps ?? []);
      speaks = START.test(text) || (/"uses":"[.$]\//.test(text) && this.someActionSpeaks());
      this.speaks.set(job, speaks);
    }
    return speaks;
  }

  /** Composite actions do not see more of a start than jobs do. */
  private someActionSpeaks(): boolean {
    const { files } = this.documents;
    this.actionsSpeak ??= files.paths.some(
      (path) => /(?:^|\/)action\.ya?ml$/.test(path) && START.test(files.text(path) ?? ''),
    );
    return this.actionsSpeak;
  }
}

function startOf({ event }: Scope, speaks: boolean): unknown {
  return speaks ? event : event.inputs;
}

function placedAt(
  unit: Unit,
  way: readonly Hop[],
  off: string | undefined,
  swallowed: string | undefined,
): Unit {
  const place = (done: readonly Done[]) =>
    done.map((one) => ({ ...one, act: comeTo(one.act, way, off, swallowed) }));
  const mark = JSON.stringify([way, off, swallowed]);
  const { well, anyway, failure } = unit.signatures;
  return {
    done: { well: place(unit.done.well), anyway: place(unit.done.anyway), failure: place(unit.done.failure) },
    dirs: unit.dirs,
    signatures: { well: well + mark, anyway: anyway + mark, failure: failure + mark },
  };
}
