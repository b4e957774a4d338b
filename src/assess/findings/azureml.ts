import type { PythonFacts } from '../types.js';
import { mapping } from '../yaml.js';
import type { Found, Kind, Look } from './look.js';

type Call = PythonFacts['calls'][number];

/** Calls of a name in Python, where the name stands at all; tests make them up. */
const calls = (look: Look, name: string): (Found & { readonly call: Call })[] =>
  look.facts.pythonPaths
    .filter((path) => !/(^|\/)tests?\//.test(path))
    .filter((path) => (look.facts.files.text(path) ?? '').includes(`${name}(`))
    .flatMap((path) =>
      look.facts
        .python(path)
        .calls.filter(
          (call) => call.off === undefined && (call.name === name || call.name.endsWith(`.${name}`)),
        )
        .map((call) => ({ path, line: call.line, call })),
    );

const says = (call: Call, pattern: RegExp): boolean => pattern.test(call.args);
const place = ({ path, line }: Found): Found => ({ path, line });
/** `**options` may hold anything. */
const open = (call: Call): boolean => call.args.includes('**');

const assets = (look: Look, kind: string) => look.facts.assets.filter((asset) => asset.kind === kind);

/** A path on the disk of whoever runs it, so that nothing says which run made the model. */
const local = (path: string): boolean => !/^(runs:|azureml:|https?:|abfss?:|wasbs?:|models:)|[${]/.test(path);

const BINARY = /\.(pkl|pickle|joblib|onnx|h5|hdf5|pt|pth|keras|safetensors|pmml|cbm|ckpt|sav)$/i;

export const OF_AZURE_ML: readonly Kind[] = [
  {
    id: 'deployment-without-collection',
    severity: 'low',
    says: 'the deployment collects no inputs and outputs, so nobody will see it when the data drifts',
    fix: 'Add `data_collector: { collections: { model_inputs: { enabled: "True" }, model_outputs: { enabled: "True" } } }` to the deployment.',
    find: (look) => [
      ...assets(look, 'online-deployment').flatMap((asset) =>
        Object.keys(mapping(asset.value.data_collector)).length
          ? []
          : [{ path: asset.path, line: asset.line(['name']) }],
      ),
      ...['ManagedOnlineDeployment', 'KubernetesOnlineDeployment'].flatMap((name) =>
        calls(look, name)
          .filter(({ call }) => !says(call, /\bdata_collector\s*=/) && !open(call))
          .map(place),
      ),
    ],
  },
  {
    id: 'endpoint-with-keys',
    severity: 'medium',
    says: 'the endpoint is asked with a key, which can be copied and does not end',
    fix: 'Write `auth_mode: aad_token` in the endpoint, and give its callers the role AzureML Data Scientist or a narrower one.',
    find: (look) => [
      ...assets(look, 'online-endpoint').flatMap((asset) =>
        asset.value.auth_mode === undefined || asset.value.auth_mode === 'key'
          ? [{ path: asset.path, line: asset.line(['auth_mode']) }]
          : [],
      ),
      ...['ManagedOnlineEndpoint', 'KubernetesOnlineEndpoint'].flatMap((name) =>
        calls(look, name)
          .filter(({ call }) => !open(call) && !says(call, /\bauth_mode\s*=\s*(?!["']key["'])/i))
          .map(place),
      ),
    ],
  },
  {
    id: 'model-without-lineage',
    severity: 'medium',
    says: 'the model is registered from a folder, with nothing that says which run, data and commit made it',
    fix: 'Register the output of the run: `az ml model create --path azureml://jobs/RUN/outputs/model --tags run=RUN data=VERSION commit="$GITHUB_SHA"`.',
    find: (look) => {
      const found = new Map<string, Found>();
      for (const { jobs } of look.facts.chains)
        for (const { acts } of jobs)
          for (const { kind, text, path, line, off } of acts) {
            if (kind !== 'command' || off !== undefined || !/\baz ml model create\b/.test(text)) continue;
            const [, from] = /--path[= ]+["']?([^\s"']+)/.exec(text) ?? [];
            if (from !== undefined && local(from) && !/\s--(tags|set)\b/.test(text))
              found.set(`${path}:${line}`, { path, line });
          }
      const own = assets(look, 'model').flatMap((asset) =>
        typeof asset.value.path === 'string' &&
        local(asset.value.path) &&
        !Object.keys(mapping(asset.value.tags)).length
          ? [{ path: asset.path, line: asset.line(['path']) }]
          : [],
      );
      const made = calls(look, 'Model').filter(({ call }) => {
        const [, from] = /\bpath\s*=\s*["']([^"']*)["']/.exec(call.args) ?? [];
        return (
          /^azure\.ai\.ml\b|^Model$/.test(call.name) &&
          from !== undefined &&
          local(from) &&
          !says(call, /\btags\s*=/)
        );
      });
      return [...found.values(), ...own, ...made.map(place)];
    },
  },
  {
    id: 'compute-always-on',
    severity: 'low',
    says: 'the compute costs money while nobody uses it',
    fix: 'Write `min_instances: 0` and `idle_time_before_scale_down: 120`; for an instance `idle_time_before_shutdown_minutes: 60`.',
    find: (look) => [
      ...assets(look, 'compute').flatMap((asset) => {
        const least = asset.value.min_instances ?? asset.value.min_nodes;
        if (typeof least === 'number' && least > 0)
          return [
            {
              path: asset.path,
              line: asset.line([asset.value.min_instances === undefined ? 'min_nodes' : 'min_instances']),
            },
          ];
        const { type } = asset.value;
        const instance = typeof type === 'string' && type.toLowerCase() === 'computeinstance';
        const stops =
          asset.value.idle_time_before_shutdown_minutes !== undefined ||
          asset.value.idle_time_before_shutdown !== undefined ||
          asset.value.schedules !== undefined;
        return instance && !stops ? [{ path: asset.path, line: asset.line(['type']) }] : [];
      }),
      ...calls(look, 'AmlCompute')
        .filter(({ call }) => says(call, /\bmin_(instances|nodes)\s*=\s*[1-9]/))
        .map(place),
    ],
  },
  {
    id: 'model-in-git',
    severity: 'medium',
    says: 'a model lies among the code: nothing says how it was made, and once committed every version of it stays',
    fix: 'Register it (`az ml model create`), then take it out of git (`git rm --cached`) and name it in .gitignore.',
    find: (look) =>
      look.paths
        .filter((path) => BINARY.test(path))
        // A pointer of Git LFS or DVC is a text.
        .filter((path) => look.facts.files.text(path) === undefined)
        .map((path) => ({ path, line: 1 })),
  },
  {
    id: 'schedule-without-always',
    severity: 'low',
    says: 'this schedule only runs when the code has changed, so new data alone never starts it',
    fix: 'Add `always: true` below the cron.',
    find: (look) =>
      look.facts.chains
        .filter(({ system }) => system === 'azure-pipelines')
        .flatMap(({ started }) => started)
        .filter(({ by, off }) => by === 'schedule' && off !== undefined)
        .map(({ path, line }) => ({ path, line })),
  },
];
