import { KEYWORDS } from '../../answers/python-words.js';

/** A name for the module of a notebook that neither templates nor the team have in the package. */
export function moduleName(path: string, taken: (name: string) => boolean): string {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.ipynb$/, '');
  const plain = stem
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_\d]+|_+$/g, '');
  const free = (name: string) => name !== '' && !KEYWORDS.has(name) && !taken(name);
  const wanted = [plain, `${plain || 'cells'}_notebook`].find(free);
  for (let nth = 2; wanted === undefined; nth++)
    if (free(`${plain || 'cells'}_notebook_${nth}`)) return `${plain || 'cells'}_notebook_${nth}`;
  return wanted;
}
