import { mapping } from '../yaml.js';
import type { Kind } from './schemas.js';

type Mapping = Readonly<Record<string, unknown>>;

/** `type:` where it alone says what it is, with a key that must stand beside it. */
const TYPES: readonly (readonly [RegExp, Kind, string?])[] = [
  [/^(?:amlcompute|computeinstance|synapsespark|virtualmachine)$/, 'compute'],
  [/^kubernetes$/, 'compute', 'resource_id'],
  [/^(?:azure_blob|azure_file|azure_data_lake_gen[12]|one_lake)$/, 'datastore'],
  [/^(?:uri_file|uri_folder|mltable)$/, 'data', 'path'],
  [/^(?:mlflow_model|custom_model|triton_model)$/, 'model', 'path'],
  [/^sweep$/, 'sweep', 'search_space'],
  [/^spark$/, 'spark', 'entry'],
  [/^automl$/, 'automl'],
  [/^parallel$/, 'component', 'task'],
  [
    /^(?:python_feed|azure_open_ai|azure_content_safety|azure_ai_search|git|container_registry|custom)$/,
    'connection',
    'target',
  ],
];

/** Keys at the top of what others read: workflows, pipelines, compose and Kubernetes files, DVC, conda, bundles. */
const OF_OTHERS = [
  'on',
  'steps',
  'stages',
  'pool',
  'services',
  'apiVersion',
  'runs',
  'dependencies',
  'channels',
  'bundle',
  'repos',
  'entry_points',
  'parameters',
  'extends',
  'artifact_path',
];

/** The kind of an Azure ML YAML that names no `$schema`, by what its loaders require (azure-ai-ml 1.35). */
export function kindByShape(value: Mapping): Kind | undefined {
  const has = (...keys: string[]) => keys.every((key) => value[key] !== undefined && value[key] !== null);
  if (OF_OTHERS.some((key) => has(key))) return undefined;
  if (has('create_monitor')) return 'monitor';
  if (has('create_job', 'trigger')) return 'schedule';
  if (has('endpoint_name')) return deployment(value);
  const type = typeof value.type === 'string' ? value.type.toLowerCase() : '';
  const typed = TYPES.find(([pattern, , key]) => pattern.test(type) && (key === undefined || has(key)));
  if (typed) return typed[1];
  if (has('jobs') && (type === 'pipeline' || stepsOfAzureMl(value.jobs))) return 'pipeline';
  if (has('command') && (has('environment') || has('code')))
    return has('compute') || has('experiment_name') || !(type === 'command' && has('name'))
      ? 'command'
      : 'component';
  if (has('auth_mode', 'name')) return has('defaults') ? 'batch-endpoint' : 'online-endpoint';
  if (has('primary_region', 'replication_locations') || has('replication_locations', 'name'))
    return 'registry';
  if (
    has('name', 'location') &&
    ['storage_account', 'key_vault', 'application_insights'].some((key) => has(key))
  )
    return 'workspace';
  if (has('name') && (has('conda_file') || (has('image') && has('inference_config')))) return 'environment';
  if (has('name', 'image') && Object.keys(value).every((key) => ENVIRONMENT.has(key))) return 'environment';
  return undefined;
}

const ENVIRONMENT = new Set(['name', 'version', 'description', 'tags', 'image', 'os_type', 'properties']);

function deployment(value: Mapping): Kind | undefined {
  const online = [
    'instance_type',
    'code_configuration',
    'request_settings',
    'liveness_probe',
    'scale_settings',
    'app_insights_enabled',
  ];
  const batch = [
    'compute',
    'mini_batch_size',
    'output_action',
    'settings',
    'component',
    'resources',
    'retry_settings',
  ];
  if (batch.some((key) => value[key] !== undefined)) return 'batch-deployment';
  return online.some((key) => value[key] !== undefined) || value.model !== undefined
    ? 'online-deployment'
    : undefined;
}

/** GitHub's jobs have steps and run on a runner; those of Azure ML have a component, or a command of their own. */
function stepsOfAzureMl(jobs: unknown): boolean {
  const all = Object.values(mapping(jobs)).map(mapping);
  return (
    all.length > 0 &&
    all.every(
      (job) =>
        !('steps' in job) &&
        !('runs-on' in job) &&
        ('component' in job || 'command' in job || 'trial' in job),
    )
  );
}
