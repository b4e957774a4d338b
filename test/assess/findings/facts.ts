import { assetsOf } from '../../../src/assess/assets/index.js';
import { githubChains } from '../../../src/assess/github/chains.js';
import { azurePipelinesChains } from '../../../src/assess/pipelines/chains.js';
import { pythonFacts } from '../../../src/assess/python/facts.js';
import type { Facts, Files } from '../../../src/assess/types.js';
import { lines } from '../pipelines/fakes.js';

/** Facts in which nothing is followed beyond the workflows: findings ask for no more. */
export const factsIn = (files: Files): Facts => ({
  files,
  chains: [...githubChains(files, lines()), ...azurePipelinesChains(files, lines())],
  assets: assetsOf(files),
  python: (path) => pythonFacts(path, files.text(path) ?? ''),
  pythonPaths: files.paths.filter((path) => /\.(py|ipynb)$/.test(path)),
  notes: [],
});
