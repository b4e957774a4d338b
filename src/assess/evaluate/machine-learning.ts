import type { Facts } from '../types.js';

const LIBRARIES =
  'sklearn|xgboost|lightgbm|catboost|tensorflow|keras|torch|pytorch_lightning|lightning|transformers|mlflow|azureml|azure\\.ai\\.ml|statsmodels|pyspark\\.ml|prophet|flaml|pycaret|autogluon|fastai|jax|optuna|spacy|surprise|gensim|sentence_transformers';
const IMPORT = new RegExp(`^[ \\t]*(?:import|from)[ \\t]+(?:${LIBRARIES})(?!\\w)`, 'm');
const MODULE = new RegExp(`^(?:${LIBRARIES})(?!\\w)`);
const NAME = new RegExp(LIBRARIES);

/** Whether there is machine learning: Azure ML assets, its libraries imported, or `az ml` called. */
export function hasMachineLearning(facts: Facts): boolean {
  const { files, assets, chains, pythonPaths } = facts;
  const importsLibrary = (path: string): boolean => {
    const text = files.text(path) ?? '';
    if (!path.endsWith('.ipynb')) return IMPORT.test(text);
    return NAME.test(text) && facts.python(path).imports.some(({ module }) => MODULE.test(module));
  };
  return (
    assets.some(({ path, kind }) => path.startsWith(files.within) && kind !== 'environment') ||
    pythonPaths.some((path) => importsLibrary(path)) ||
    files.paths.some(
      (path) => /(?:^|\/)(?:MLproject|dvc\.yaml)$/.test(path) && path.startsWith(files.within),
    ) ||
    chains.some(({ jobs }) =>
      jobs.some(({ acts }) => acts.some(({ kind, text }) => kind === 'command' && /\baz ml /.test(text))),
    )
  );
}
