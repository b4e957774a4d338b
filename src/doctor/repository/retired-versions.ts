/** What kind of thing a line of a repository names. */
export type Kind = 'image' | 'environment' | 'python' | 'action' | 'runner' | 'package' | 'size';

/** Something that is gone, or for which a day is announced. */
export interface Retired {
  readonly id: string;
  readonly kind: Kind;
  /** The whole value, as it is written. */
  readonly matches: RegExp;
  readonly what: string;
  /** YYYY-MM-DD: from this day on it is gone, or no longer mended; without it, it is already. */
  readonly from?: string;
  /** From that day on it still runs, and nobody mends it: a warning, not wrong. */
  readonly runs?: true;
  readonly mend: string;
}

const IMAGE = 'mcr.microsoft.com/azureml/openmpi5.0-ubuntu24.04';

/**
 * As of 2026-11-22. Azure: Azure/EOL service_list.json, Azure/azureml-assets (#3795, #3064, #5128) and the ml
 * extension 2.41.0. Python: https://devguide.python.org/versions. GitHub: its changelog and actions/runner-images.
 */
export const RETIRED: readonly Retired[] = [
  {
    id: 'ubuntu20.04-image',
    kind: 'image',
    matches: /^mcr\.microsoft\.com\/azureml\/.*(ubuntu(16|18|20)\.?04|-(1804|2004))/i,
    what: 'images of Azure ML on Ubuntu 20.04 and older',
    from: '2025-02-04',
    mend: `image: ${IMAGE}:20260901.v1`,
  },
  {
    id: 'python3.8-image',
    kind: 'image',
    matches: /^mcr\.microsoft\.com\/azureml\/.*py3[678]\b/i,
    what: 'images of Azure ML with Python 3.8 and older',
    from: '2024-06-20',
    mend: `image: ${IMAGE}:20260901.v1`,
  },
  {
    id: 'curated-names',
    kind: 'environment',
    matches: /^azureml:AzureML-/,
    what: 'curated environments named AzureML-…',
    runs: true,
    mend: 'environment: azureml://registries/azureml/environments/sklearn-1.5/labels/latest',
  },
  ...[
    { minor: '[678]', name: '3.8 and older', from: '2024-10-07' },
    { minor: '9', name: '3.9', from: '2025-10-31' },
    { minor: '10', name: '3.10', from: '2026-10-31' },
    { minor: '11', name: '3.11', from: '2027-10-31' },
  ].map(({ minor, name, from }): Retired => ({
    id: `python${name.split(' ')[0]}`,
    kind: 'python',
    matches: new RegExp(`^(3\\.${minor}(\\..*)?|2\\..*)$`),
    what: `Python ${name}`,
    from,
    runs: true,
    mend: 'azmlops set python=3.12',
  })),
  ...[
    { name: 'actions/cache', majors: '[12]', from: '2025-03-01', to: 'v6.1.0' },
    { name: 'actions/upload-artifact', majors: '[123]', from: '2025-01-30', to: 'v7.0.1' },
    { name: 'actions/download-artifact', majors: '[123]', from: '2025-01-30', to: 'v8.0.1' },
  ].map(({ name, majors, from, to }): Retired => ({
    id: name,
    kind: 'action',
    matches: new RegExp(`^${name}@v?${majors}(\\.|$)`, 'i'),
    what: `${name} of an old major version, which GitHub refuses to run`,
    from,
    mend: `gh api repos/${name}/git/ref/tags/${to} --jq .object.sha`,
  })),
  {
    id: 'azure/login',
    kind: 'action',
    matches: /^azure\/login@v?1(\.|$)/i,
    what: 'azure/login v1',
    runs: true,
    mend: 'gh api repos/azure/login/git/ref/tags/v3.0.1 --jq .object.sha',
  },
  {
    id: 'ubuntu-20.04',
    kind: 'runner',
    matches: /^ubuntu-(16|18|20)\.04$/,
    what: 'hosted machines with Ubuntu 20.04 and older',
    from: '2025-04-15',
    mend: 'runs-on: ubuntu-24.04',
  },
  {
    id: 'ubuntu-22.04',
    kind: 'runner',
    matches: /^ubuntu-22\.04$/,
    what: 'hosted machines with Ubuntu 22.04',
    from: '2027-04-17',
    mend: 'runs-on: ubuntu-24.04',
  },
  {
    id: 'sdk-v1',
    kind: 'package',
    matches:
      /^(azureml-(core|defaults|sdk|datadrift|dataprep|dataset-runtime|pipeline|pipeline-core|pipeline-steps|train-core|train|train-automl.*|automl-.*|widgets|interpret|contrib-.*|opendatasets))$/i,
    what: 'the SDK v1 of Azure ML',
    from: '2026-06-30',
    mend: 'https://learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1',
  },
  {
    id: 'cli-v1',
    kind: 'package',
    matches: /^azure-cli-ml$/i,
    what: 'the CLI v1 of Azure ML',
    from: '2025-09-30',
    mend: 'az extension remove --name azure-cli-ml',
  },
  {
    id: 'sizes-d',
    kind: 'size',
    matches: /^Standard_(D\d+|DS\d+|D\d+_v2|DS\d+(-\d+)?_v2|L\d+s)$/i,
    what: 'machine sizes D, Ds, Dv2, DSv2 and Ls',
    from: '2028-05-01',
    mend: 'azmlops set compute-size=Standard_E4s_v3',
  },
  {
    id: 'sizes-f',
    kind: 'size',
    matches: /^Standard_(F\d+|F\d+s|F\d+s_v2|L\d+s_v2|B\d+m?s?)$/i,
    what: 'machine sizes F, Fs, Fsv2, Lsv2 and B',
    from: '2028-11-15',
    mend: 'azmlops set compute-size=Standard_E4s_v3',
  },
];

/** Microsoft supports a dated image for so many months. */
export const IMAGE_MONTHS = 6;
