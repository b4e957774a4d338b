import { CONTEXT_NAMES } from '../render/names.js';
import type { Reader } from './read.js';

/** Holds only for answers that make all these names of the templates true. */
export interface Conditional {
  readonly if: readonly string[];
}

/** Something new in Azure at a level. */
export interface Resource extends Conditional {
  readonly text: string;
  /** Whether it costs money while nothing happens. */
  readonly idle: 'costs' | 'free';
  /** The `az … create` calls that make it and that no level below has. */
  readonly az: readonly string[];
}

/** A GitHub environment that is new at a level. */
export interface Environment extends Conditional {
  readonly name: string;
  readonly text: string;
}

/** A GitHub variable that workflows of a level read and those below do not. */
export interface Variable extends Conditional {
  readonly name: string;
  readonly text: string;
  /** GitHub environments, or `repository`. */
  readonly where: readonly string[];
}

/** What a level brings besides files. */
export interface Brought {
  readonly resources: readonly Resource[];
  readonly environments: readonly Environment[];
  readonly variables: readonly Variable[];
}

/** @throws Error that names the place, like all of a Reader. */
export function broughtOf(at: Reader): Brought {
  return {
    resources: at.list('resources').map((entry) => {
      entry.keys(['text', 'idle', 'if', 'az']);
      const idle = entry.oneOf('idle', ['costs', 'free']) as Resource['idle'];
      return { text: entry.text('text'), idle, az: optional(entry, 'az'), ...conditionOf(entry) };
    }),
    environments: at.list('environments').map((entry) => {
      entry.keys(['name', 'text', 'if']);
      return { name: entry.text('name'), text: entry.text('text'), ...conditionOf(entry) };
    }),
    variables: at.list('variables').map((entry) => {
      entry.keys(['name', 'where', 'text', 'if']);
      const where = entry.texts('where');
      return { name: entry.text('name'), text: entry.text('text'), where, ...conditionOf(entry) };
    }),
  };
}

function conditionOf(entry: Reader): Conditional {
  const names = optional(entry, 'if');
  const unknown = names.find((name) => !CONTEXT_NAMES.includes(name as never));
  if (unknown !== undefined) entry.fail(`if: ${unknown} is no name of the templates`);
  return { if: names };
}

const optional = (entry: Reader, key: string): string[] => (entry.has(key) ? entry.texts(key) : []);
