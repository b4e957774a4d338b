const MARK = '.azmlops-new';

/** `docs/guide.md` → `docs/guide.azmlops-new.md`; the first of these names that nothing has. */
export function besideOf(path: string, taken: (path: string) => boolean): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  // A name that only begins with a dot has no extension.
  const end = dot > slash ? dot : path.length;
  for (let nth = 1; ; nth++) {
    const name = path.slice(0, end) + MARK + (nth === 1 ? '' : `-${nth}`) + path.slice(end);
    if (!taken(name)) return name;
  }
}
