import type { Asset } from '../types.js';

export type Kind = Asset['kind'];

/**
 * Last part of a `$schema` without `.schema.json` or `.json`, lower case: those of the CLI's reference pages
 * (https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json) and of the SDK's own loaders
 * (http://azureml/sdk-2-0/CommandComponent.json). The first that fits.
 */
const SCHEMAS: readonly (readonly [RegExp, Kind])[] = [
  [/component$/, 'component'],
  [/^pipelinejob$/, 'pipeline'],
  [/^commandjob$/, 'command'],
  [/^sweepjob$/, 'sweep'],
  [/^sparkjob$/, 'spark'],
  [/^paralleljob$/, 'parallel'],
  [/^automl/, 'automl'],
  [/^environment$/, 'environment'],
  [/^(?:data|dataset|mltable)$/, 'data'],
  [/^(?:azureblob|azurefile|azuredatalakegen[12]|onelake|hdfs|.*datastore)$/, 'datastore'],
  [/^model$/, 'model'],
  [
    /^(?:amlcompute|computeinstance|(?:kubernetes|vm|synapsespark|attached.*|serverless)(?:compute)?|compute)$/,
    'compute',
  ],
  [/^(?:workspace|hub|project|featurestore)$/, 'workspace'],
  [/^registry$/, 'registry'],
  [/^monitor/, 'monitor'],
  [/^schedule$/, 'schedule'],
  [/^featureset/, 'feature-set'],
  [/batchendpoint$/, 'batch-endpoint'],
  [/batchdeployment$/, 'batch-deployment'],
  [/endpoint$/, 'online-endpoint'],
  [/deployment$/, 'online-deployment'],
  [/connection$/, 'connection'],
];

/** The kind that a `$schema` names; undefined when it is none of Azure ML's. */
export function kindBySchema(schema: string): Kind | undefined {
  if (!/azureml/i.test(schema)) return undefined;
  const [, name = ''] = /([\w-]+?)(?:\.schema)?\.json\b[^/]*$/i.exec(schema) ?? [];
  return SCHEMAS.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
}
