/** A piece of syntax, by the names of @lezer/python: what its tree and ours have in common. */
export interface Syntax {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
  readonly parent: Syntax | null;
  readonly firstChild: Syntax | null;
  readonly nextSibling: Syntax | null;
  readonly prevSibling: Syntax | null;
  getChild(name: string): Syntax | null;
  getChildren(name: string): readonly Syntax[];
}

const SOUND = { isError: false };

/** Ours: made as the text is read, from left to right. */
export class Branch implements Syntax {
  parent: Branch | null = null;
  firstChild: Branch | null = null;
  lastChild: Branch | null = null;
  nextSibling: Branch | null = null;
  prevSibling: Branch | null = null;

  constructor(
    readonly name: string,
    readonly from: number,
    public to: number,
  ) {}

  get type(): { readonly isError: boolean } {
    return SOUND;
  }

  add(child: Branch): this {
    child.parent = this;
    child.prevSibling = this.lastChild;
    if (this.lastChild) this.lastChild.nextSibling = child;
    else this.firstChild = child;
    this.lastChild = child;
    this.to = child.to;
    return this;
  }

  getChild(name: string): Branch | null {
    for (let next = this.firstChild; next; next = next.nextSibling) if (next.name === name) return next;
    return null;
  }

  getChildren(name: string): readonly Branch[] {
    const found: Branch[] = [];
    for (let next = this.firstChild; next; next = next.nextSibling) if (next.name === name) found.push(next);
    return found;
  }
}

/** One that begins with its first part. */
export function branch(name: string, ...parts: readonly Branch[]): Branch {
  const made = new Branch(name, parts[0]?.from ?? 0, 0);
  for (const part of parts) made.add(part);
  return made;
}
