import type { Answers } from '../answers/schema.js';
import { contractOf } from '../profile/contract.js';
import { asidesOf } from '../profile/notes.js';
import { sampleBatch, sampleRequest } from '../profile/samples.js';
import { ownPackage } from '../version.js';
import { prettyJson } from './json.js';
import { md, quoted } from './quote.js';
import { computeInstanceFor, storagePrefixFor } from '../answers/azure-names.js';

/** So many columns that are set aside are listed on a page; the contract notes all. */
const MOST_ASIDES = 50;

/** What a template may say. Its names are those of CONTEXT_NAMES; all is text unless said. */
export type Context = ReturnType<typeof contextOf>;

/** The names of the templates, for these answers at this level. */
export function contextOf(level: number, answers: Answers) {
  const { name, package: pkg, task, endpoint, target, sensitive, profile } = answers;
  const contract = contractOf(profile, { task, target, sensitive });
  const asides = asidesOf(profile, { target, sensitive });
  return {
    name,
    pkg: pkg,
    app: `${pkg}_app`,
    title: answers.title,
    description: answers.description,
    task,
    classification: task === 'classification',
    regression: task === 'regression',
    endpoint,
    online: endpoint !== 'batch',
    batch: endpoint !== 'online',
    gate: answers.gate,
    reviewers: answers.gate === 'reviewers',
    pullRequest: answers.gate === 'pull-request',
    typed: answers.gate === 'typed',
    location: answers.location,
    resourceGroup: answers['resource-group'],
    workspace: answers.workspace,
    owner: answers.owner,
    teams: {
      dataScience: answers['teams.data-science'],
      dataEngineering: answers['teams.data-engineering'],
      softwareEngineering: answers['teams.software-engineering'],
    },
    python: answers.python,
    target,
    computeSize: answers['compute-size'],
    level,
    computeInstance: computeInstanceFor(name),
    storagePrefix: storagePrefixFor(name),
    version: ownPackage().version,
    contract: prettyJson(contract),
    profileJson: prettyJson(profile),
    sampleRequest: sampleRequest(contract),
    sampleBatch: sampleBatch(contract),
    example: profile.example === true,
    columnCount: profile.columns.length,
    /** As JSON writes it, a name is one line and its spaces are seen. */
    asides: asides.slice(0, MOST_ASIDES).map(({ column, note }) => ({ name: JSON.stringify(column), note })),
    moreAsides: Math.max(0, asides.length - MOST_ASIDES),
    toml: quoted,
    yaml: quoted,
    json: quoted,
    md,
  };
}
