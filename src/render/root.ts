import type { Context } from './context.js';

/** Writes a template's text: the names it may use, how a value becomes text, how it takes in a partial. */
export type Fill = (
  context: Context,
  escape: (value: unknown) => string,
  include: (name: string) => string,
) => string;

/** Text that stands as it is, bytes that are no text, or a template. */
export type Body = string | Uint8Array | Fill;

/** One file of an overlay. `path` is the emitted path, still with the path words `_package_` and `_app_`. */
export interface Template {
  readonly level: number;
  readonly path: string;
  /** Percent-format Python that becomes a notebook. */
  readonly notebook: boolean;
  readonly executable: boolean;
  readonly body: Body;
}

/** When a path is emitted: only if a name of the context is true, or is not, only up to a level. A folder ends in `/`. */
export interface Rule {
  readonly path: string;
  readonly if?: string;
  readonly unless?: string;
  readonly until?: number;
}

/**
 * A folder of templates: overlays (`level-N/`), what they include (`partials/`, `tasks/<task>/partials/`), and `files.yml`.
 * Ours is the first; an organisation's own may follow and add or replace files.
 */
export interface Root {
  readonly name: string;
  readonly templates: readonly Template[];
  /** Keys `<name>` and `<task>/<name>`. */
  readonly partials: Readonly<Record<string, Body>>;
  readonly rules: readonly Rule[];
}
