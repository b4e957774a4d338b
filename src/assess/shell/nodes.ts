import type { Word } from './words.js';

export interface Simple {
  readonly kind: 'simple';
  readonly words: readonly Word[];
  readonly line: number;
  readonly input?: { readonly text: string; readonly line: number };
  readonly written: readonly Word[];
}

export type Node =
  | Simple
  | { readonly kind: 'pipeline'; readonly parts: readonly Node[]; readonly negated: boolean }
  | {
      readonly kind: 'both';
      readonly first: Node;
      readonly rest: readonly { readonly operator: '&&' | '||'; readonly node: Node }[];
    }
  | { readonly kind: 'group'; readonly body: List; readonly subshell: boolean }
  /** `command &` */
  | { readonly kind: 'background'; readonly node: Node }
  /** A compound command whose output goes to files: `{ …; } > file`. */
  | { readonly kind: 'redirected'; readonly node: Node; readonly written: readonly Word[] }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: List; readonly body: List }[];
      readonly otherwise: List;
    }
  | {
      readonly kind: 'loop';
      readonly condition: List;
      readonly name?: string;
      readonly values: readonly Word[];
      readonly body: List;
      readonly until: boolean;
    }
  | {
      readonly kind: 'case';
      readonly word: Word;
      readonly branches: readonly { readonly patterns: readonly Word[]; readonly body: List }[];
    }
  | { readonly kind: 'function'; readonly name: string; readonly body: Node };

export type List = readonly Node[];
