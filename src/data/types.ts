import type { Profile } from '../profile/profile.js';

/** How a CSV file is written. */
export interface Format {
  readonly gzip: boolean;
  /** `latin-1` is read as windows-1252, which only adds to it. */
  readonly encoding: 'utf-8' | 'utf-8 with mark' | 'latin-1';
  /** A space stands for any run of them. */
  readonly delimiter: ',' | ';' | '\t' | ' ';
  readonly quote: '"' | "'";
  /** Numbers are written 1,5. */
  readonly decimalComma: boolean;
  /** Some values or names stand between spaces, which the emitted reader would leave there. */
  readonly trailingSpaces: boolean;
  /** Some lines end in CR alone, which pandas reads, until a space or a blank line follows. */
  readonly loneReturns?: true;
}

/** A data file as it was read, once, from its first byte to its last. */
export interface DataRead {
  /** Absolute. */
  readonly path: string;
  /** As the user named it. */
  readonly shown: string;
  /** What the file was when it was read: who reads it again sees by it whether it still is. */
  readonly stamp: Stamp;
  readonly format: Format;
  readonly profile: Profile;
  /** By column: how many rows hold each value, when there are at most 20 of them; missing ones are not counted. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Columns that may name groups of people, by their names alone. */
  readonly sensitive: readonly string[];
  /** What somebody should know of single columns, a sentence each, besides what the profile says. */
  readonly notes: readonly string[];
}

export interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/** Told now and then how far reading is: bytes of the file read, and its size. */
export type Watch = (read: number, size: number) => void;

/** What gathers a profile row by row; made by `src/data/columns`. */
export interface Gatherer {
  /**
   * Values in the order of the names, spaces around them taken off. The array is the caller's and may be used again.
   * A value that is kept should be copied: it is a slice, and holds on to all the text around it.
   */
  add(row: readonly string[]): void;
  finish(): Pick<DataRead, 'profile' | 'counts' | 'sensitive' | 'notes'> & { readonly decimalComma: boolean };
}
