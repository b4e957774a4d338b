import type { Facts } from '../types.js';

const LIBRARIES =
  'sklearn|xgboost|lightgbm|catboost|tensorflow|keras|torch|pytorch_lightning|lightning|transformers|mlflow|azureml|azure\\.ai\\.ml|statsmodels|pyspark\\.ml|prophet|flaml|pycaret|autogluon|fastai|jax|optuna|spacy|surprise|gensim|sentence_transformers';
/** An import at the beginning of a line, in a notebook's cell too. */
const IMPORT = new RegExp(`^[ \\t]*(?:"[ \\t]*)?(?:import|from)[ \\t]+(?:${LIBRARIES})(?![\\w])`, 'm');

/** Whether there is machine learning: Azure ML assets, its libraries imported, or `az ml` called. */
export function hasMachineLearning({ files, assets, chains, pythonPaths }: Facts): boolean {
  return (
    assets.some(({ path, kind }) => path.startsWith(files.within) && kind !== 'environment') ||
    pythonPaths.some((path) => IMPORT.test(files.text(path) ?? '')) ||
    files.paths.some(
      (path) => /(?:^|\/)(?:MLproject|dvc\.yaml)$/.test(path) && path.startsWith(files.within),
    ) ||
    chains.some(({ jobs }) =>
      jobs.some(({ acts }) => acts.some(({ kind, text }) => kind === 'command' && /\baz ml /.test(text))),
    )
  );
}
