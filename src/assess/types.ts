/** What is there to read: bounded, in order, and never outside the repository. */
export interface Files {
  /** Relative to the root of the repository (git's, or the folder itself), with `/`, sorted by code point. */
  readonly paths: readonly string[];
  /** The part that is assessed: '' for all of it, or a folder ending in `/` (ML in a subfolder of a monorepo). */
  readonly within: string;
  has(path: string): boolean;
  /** undefined: absent, a link, a folder, binary, not UTF-8, or too large; `skipped` says which. Read once. */
  text(path: string): string | undefined;
  /** Grows as files are asked for. */
  readonly skipped: ReadonlyMap<string, string>;
  /** What of the folder was left out as a whole: more paths than are read, links, submodules. */
  readonly notes: readonly string[];
}

export interface Place {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** One step from what is started to what it does: `as` is the text there, e.g. "make train" or "uses ./.github/actions/x". */
export interface Hop extends Place {
  readonly as: string;
}

/**
 * - change: a push to a branch; pull-request; schedule: a cron, also Azure ML's own schedules
 * - event: another workflow or pipeline, repository_dispatch, a registry, a storage event
 * - hand: workflow_dispatch, a manual pipeline, a pushed tag, a published release, a comment
 * - person: a script, notebook or make target that nothing automatic starts
 */
export type StartedBy = 'change' | 'pull-request' | 'schedule' | 'event' | 'hand' | 'person';

/** Something that is done: the unit that the `acts` of maturity.yml name. */
export interface Act extends Place {
  /**
   * - command: one shell command on one line, constant variables filled in, its words as a person would type them:
   *   `az ml job create --file azureml/pipelines/train.yml`. An argument list in Python or YAML reads the same.
   * - call: what Python calls, dotted, import aliases resolved, then the arguments as written on one line:
   *   `mlflow.log_metrics({"auc": auc})`, `ml_client.jobs.create_or_update(job)`. A method of anything keeps its receiver's text.
   * - asset: an Azure ML YAML that a command or call creates or starts: its kind and path, `pipeline azureml/pipelines/train.yml`.
   * - uses: a marketplace action or an Azure Pipelines task by name: `azure/login@v2`, `AzureCLI@2`.
   */
  readonly kind: 'command' | 'call' | 'asset' | 'uses';
  readonly text: string;
  /** From the file that is started to the file of this act; empty when it stands in that file. */
  readonly way: readonly Hop[];
  /** Acts of one job with equal numbers happen inside one step, in no order that files show. */
  readonly step: number;
  /** The folder a command runs in, '' or `app`: what its relative paths are relative to. */
  readonly dir?: string;
  /** Why it never happens (`if: false`, a dry run, a file that is not there): no evidence, but told. */
  readonly off?: string;
  /** Why its failure stops nothing (`|| true`, continue-on-error, a swallowed exception): it judges nothing. */
  readonly swallowed?: string;
}

export interface Job {
  /** Unique in its chain; `deploy/staging` for a job of a called workflow. */
  readonly id: string;
  /** The environment it deploys to, inputs filled in; '' without one. */
  readonly environment: string;
  /** Ids of all jobs that have ended well before this one begins, however far back. */
  readonly after: readonly string[];
  readonly acts: readonly Act[];
}

/** What one start leads to: all of a workflow or pipeline and whatever it calls or starts in turn. */
export interface Chain extends Place {
  readonly system: 'github' | 'azure-pipelines' | 'azureml' | 'person';
  readonly name: string;
  readonly started: readonly (Place & {
    readonly by: StartedBy;
    readonly off?: string;
    /** An event that somebody outside the repository sends: repository_dispatch, a web hook. */
    readonly outside?: true;
  })[];
  readonly jobs: readonly Job[];
}

/** An Azure ML YAML (CLI v2), by its $schema or its shape. */
export interface Asset {
  readonly path: string;
  readonly kind:
    | (
        | 'pipeline'
        | 'command'
        | 'sweep'
        | 'spark'
        | 'automl'
        | 'parallel'
        | 'component'
        | 'environment'
        | 'data'
      )
    | ('datastore' | 'model' | 'compute' | 'workspace' | 'registry' | 'schedule' | 'monitor' | 'feature-set')
    | ('online-endpoint' | 'online-deployment' | 'batch-endpoint' | 'batch-deployment' | 'connection');
  readonly value: Readonly<Record<string, unknown>>;
  /** The line of a key: `['jobs', 'train', 'component']`; of the nearest key above when it is not there. */
  line(key: readonly (string | number)[]): number;
}

/** Python by syntax, of a file or of the code cells of a notebook (then lines are those of the .ipynb file). */
export interface PythonFacts {
  readonly path: string;
  /** Modules, dotted, relative ones resolved against the path: `mlflow`, `azure.ai.ml`, `azureml.core`, `churn.score`. */
  readonly imports: readonly { readonly module: string; readonly line: number }[];
  /** Aliases resolved. `off`: in code that never runs (`if False:`, after a return). */
  readonly calls: readonly {
    readonly name: string;
    /** The arguments as written, on one line, at most 2,000 characters. */
    readonly args: string;
    readonly line: number;
    /** The function it stands in ('' at the top of the file, the method's own name in a class). */
    readonly within: string;
    readonly off?: string;
    readonly swallowed?: string;
  }[];
  readonly defines: readonly {
    readonly name: string;
    readonly line: number;
    readonly kind: 'function' | 'class';
    /** Of a method: its class. */
    readonly of?: string;
  }[];
  /** Judgments: assert, pytest.raises, self.assert…, that are no constants, in code that runs. */
  readonly asserts: readonly { readonly line: number; readonly within: string }[];
  /**
   * Names that code which runs mentions, calls or not, by the function they stand in: dotted, import aliases resolved
   * (`churn.data.load`, `self.online.mirror`); `.name` when what stands before the point is no name.
   */
  readonly mentions: readonly { readonly name: string; readonly within: string }[];
  /** Plain strings in it, docstrings left out: for argument lists and paths. */
  readonly strings: readonly { readonly text: string; readonly line: number; readonly within: string }[];
  /** What could not be read as Python 3: Python 2, a broken file. */
  readonly broken?: string;
}

/** Everything that the rules are asked of, each part read when it is first asked for. */
export interface Facts {
  readonly files: Files;
  readonly chains: readonly Chain[];
  readonly assets: readonly Asset[];
  python(path: string): PythonFacts;
  /** Python files and notebooks of the part that is assessed. */
  readonly pythonPaths: readonly string[];
  /** What is known to be missing from sight: other CI systems, workflows of other repositories, nested .github folders. */
  readonly notes: readonly string[];
}

export interface Evidence extends Place {
  /** What was found there, in a few words of ours and the text itself, with the way: "runs `az ml job create …` (make train)". */
  readonly found: string;
}

export type Label = 'met' | 'partly' | 'not met' | 'cannot be seen';

export interface AssessedRow {
  readonly id: string;
  readonly label: Label;
  readonly holds: number | null;
  /** The statement that it holds is true in part only. */
  readonly half?: true;
  readonly evidence: readonly Evidence[];
  /** The shortest way to the next statement; null when it is met or cannot be seen. */
  readonly next: string | null;
  /** What looked like evidence and is none, and why: "the job is switched off (`if: false`)". */
  readonly nearly: readonly Evidence[];
}

export type Severity = 'high' | 'medium' | 'low';

export interface Finding extends Place {
  readonly id: string;
  readonly severity: Severity;
  readonly fix: string;
  /** What is wrong there, in one sentence. */
  readonly says: string;
}

/** What people said: `.azmlops/told.yml`, by row. */
export interface Told {
  readonly holds: number;
  readonly note?: string;
  /** YYYY-MM-DD */
  readonly on?: string;
}

export interface Assessment {
  /** The folder as it was named, for a heading. */
  readonly name: string;
  readonly ml: boolean;
  /** null without machine learning. */
  readonly level: number | null;
  readonly dimensions: Readonly<Record<'creation' | 'release' | 'app', number | null>>;
  readonly rows: readonly AssessedRow[];
  /** Of the next level: what defines it, whether it is met, and the rows it hangs on. */
  readonly definition: readonly {
    readonly says: string;
    readonly met: boolean;
    readonly rows: readonly string[];
  }[];
  readonly findings: readonly Finding[];
  readonly told: Readonly<Record<string, Told>>;
  /** What was not looked at or cannot be seen from here, one sentence each. */
  readonly notes: readonly string[];
  /** Under our care: the level that the manifest says, and whether it is what is seen. */
  readonly recorded: number | null;
}
