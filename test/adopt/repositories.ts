import { labelled, treeOf } from '../assess/labelled.js';
import { git, home, temporary, write } from '../support/session.js';

type Texts = Readonly<Record<string, string>>;

/** Files of a repository that a person has given its level, without that label; all of them are text. */
export function labelledFiles(id: string): { tree: Texts; level: number } {
  const one = labelled.find((each) => each.id === id);
  if (one?.labels.level == null) throw new Error(`${id} has no level`);
  const texts = [...treeOf(one)].map(
    ([path, { content }]) => [path, Buffer.from(content).toString()] as const,
  );
  return { tree: Object.fromEntries(texts), level: one.labels.level };
}

/** A repository of a team that never heard of azmlops, with one commit. */
export function teams(tree: Texts): string {
  home();
  const dir = temporary('team');
  git(dir, 'init', '--quiet', '--initial-branch=main');
  write(dir, tree);
  git(dir, 'add', '--all', '--force');
  git(dir, 'commit', '--quiet', '--message=what we have');
  return dir;
}

export function committed(dir: string, tree: Texts = {}): void {
  write(dir, tree);
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--allow-empty', '--message=more');
}

export const notebook = (...sources: readonly string[]): string =>
  `${JSON.stringify(
    {
      cells: sources.map((source) => ({
        cell_type: source.startsWith('# ') && !source.includes('\n') ? 'markdown' : 'code',
        ...(source.startsWith('# ') && !source.includes('\n')
          ? {}
          : { execution_count: 3, outputs: [{ output_type: 'stream', name: 'stdout', text: ['seen\n'] }] }),
        metadata: {},
        source: source.split(/(?<=\n)/),
      })),
      metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
      nbformat: 4,
      nbformat_minor: 4,
    },
    null,
    1,
  )}\n`;

/** Rows that a model can learn from, the same in each run. */
export function customers(rows = 240): string {
  const lines = Array.from({ length: rows }, (_, at) => {
    const minutes = ((at * 7919) % 8900) / 10 + 10;
    const leaves = minutes < 300 !== (at % 9 === 0);
    return [
      18 + ((at * 31) % 60),
      ['basic', 'plus', 'pro'][at % 3],
      minutes.toFixed(1),
      at % 2 ? 'north' : 'south',
      leaves ? 'yes' : 'no',
    ];
  });
  return ['age,plan,minutes,region,churned', ...lines.map((line) => line.join(','))].join('\n') + '\n';
}

export const ANALYSIS: readonly string[] = [
  '# Churn of our customers',
  "import pickle\n\nimport numpy as np\nimport pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\n%matplotlib inline\n\nDATA = \"data/customers.csv\"\nFEATURES = ['age', 'minutes']",
  'df = pd.read_csv(DATA)\ndf.head()',
  "# How long is long?\nLONG = 300\n\ndef prepare(frame):\n    \"\"\"Adds what we think matters.\"\"\"\n    frame = frame.copy()\n    frame['short'] = (frame['minutes'] < LONG).astype(int)\n    frame['log_minutes'] = np.log1p(frame['minutes'])\n    return frame\n\ndef peek():\n    return df.describe()\n\ntable = prepare(df)",
  "X = table[FEATURES + ['short', 'log_minutes']]\ny = df['churned']\nmodel = RandomForestClassifier(n_estimators=20, random_state=0)\nmodel.fit(X, y)",
  'def accuracy(model, X, y):\n    return float((model.predict(X) == y).mean())\n\nprint(accuracy(model, X, y))',
  "with open('model.pkl', 'wb') as f:\n    pickle.dump(model, f)",
];

/** A notebook that does all, a CSV, a script that scores: level 0, and not of our shape. */
export const notebooks = (more: Texts = {}): Texts => ({
  'analysis.ipynb': notebook(...ANALYSIS),
  'data/customers.csv': customers(),
  'score.py':
    "import json, pickle\nimport pandas as pd\n\ndef init():\n    global model\n    model = pickle.load(open('model.pkl','rb'))\n\ndef run(raw):\n    rows = pd.DataFrame(json.loads(raw)['rows'])\n    return model.predict(rows).tolist()\n",
  'README.md': '# Churn of our customers\n\nOpen analysis.ipynb.\n',
  'requirements.txt': 'pandas\nscikit-learn==1.5.1\nnumpy\ntabulate>=0.9\n',
  '.gitignore': '*.pkl\nsecret-notes/\n',
  ...more,
});

/** Training by the SDK, started by a workflow: level 2, and not of our shape. */
export const scripts: Texts = {
  'README.md': '# Demand forecast\n\nWe train with `python pipelines/submit.py`.\n',
  'pyproject.toml': '[project]\nname = "demand-forecast"\nversion = "2.1"\nrequires-python = ">=3.11"\n',
  'demand/__init__.py': '',
  'demand/train.py':
    'import argparse\n\nimport mlflow\nimport pandas as pd\nfrom sklearn.ensemble import GradientBoostingRegressor\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n    parser.add_argument("--data")\n    args = parser.parse_args()\n    frame = pd.read_csv(args.data)\n    mlflow.autolog()\n    with mlflow.start_run():\n        model = GradientBoostingRegressor()\n        model.fit(frame.drop(columns=["demand"]), frame["demand"])\n        mlflow.sklearn.log_model(model, "model", registered_model_name="demand")\n\n\nif __name__ == "__main__":\n    main()\n',
  'tests/test_train.py': 'from demand.train import main\n\n\ndef test_main():\n    assert callable(main)\n',
  'pipelines/submit.py':
    'from azure.ai.ml import MLClient, command, Input\nfrom azure.identity import DefaultAzureCredential\n\nclient = MLClient(\n    DefaultAzureCredential(), "0000", resource_group_name="rg-forecast", workspace_name="mlw-forecast"\n)\njob = command(\n    code=".",\n    command="python -m demand.train --data ${{inputs.data}}",\n    inputs={"data": Input(path="azureml:demand:1")},\n    environment="azureml:train:3",\n    compute="cpu-cluster",\n)\nclient.jobs.create_or_update(job)\n',
  '.github/workflows/train.yml':
    'name: train\non:\n  push:\n    branches: [main]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: actions/setup-python@v5\n        with:\n          python-version: "3.11"\n      - run: pip install -e . pytest\n      - run: pytest tests\n  train:\n    needs: test\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: python pipelines/submit.py\n',
  '.github/CODEOWNERS': '* @kim\n',
};
