/** What is wrong with a path that is to stand inside a repository, in words; undefined when nothing is. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'holds a NUL';
  if (path.includes('\\')) return 'holds a backslash';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  const segments = path.split('/');
  if (segments.includes('')) return 'has an empty segment';
  if (segments.includes('..') || segments.includes('.')) return 'leads out of its folder';
  if (segments.some(isGits)) return 'lies in a .git folder';
  return undefined;
}

/** The names that some file system takes for `.git`: NTFS drops dots and blanks at the end, HFS+ what is not seen. */
function isGits(segment: string): boolean {
  const plain = segment.replace(/\p{Cf}/gu, '').replace(/(:.*|[. ]+)$/, '');
  return /^(\.git|git~\d+)$/i.test(plain);
}
