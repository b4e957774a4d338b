import { nameFrom } from '../answers/default-name.js';
import type { AnswerKey } from '../answers/schema.js';
import { valueProblem } from '../answers/validate.js';
import { isExample, type Seen } from './see.js';
import { taskIn } from './map/target.js';

/** An answer that files give, and where they do. */
export interface Derived {
  readonly value: string;
  readonly from: string;
}

type Look = readonly [AnswerKey, RegExp, RegExp];

const SAYS_NAMES = /\.(ya?ml|sh|py|ps1|ipynb|env\.example)$|(^|\/)Makefile$/;
/** Where a word without quotes is a variable and no name. */
const PYTHON = /\.(py|ipynb)$/;
const PLAIN = /\.(ya?ml|sh|ps1|env\.example)$|(^|\/)Makefile$/;

/** Answer, files that may say it, and how (its last group is the value); the first that Azure and our rules take wins. */
const LOOKS: readonly Look[] = [
  ['name', /^pyproject\.toml$/, /^name\s*=\s*["']([^"'\n]+)["']/m],
  ['python', /^\.python-version$/, /^(3\.\d+)/m],
  ['python', /^\.github\/workflows\/.*\.ya?ml$/, /^\s*python-version:\s*["']?(3\.\d+)/m],
  ['python', /\.ya?ml$/, /^\s*-\s*python\s*=+\s*(3\.\d+)/m],
  ['python', /^pyproject\.toml$/, /^requires-python\s*=\s*["'][^"'\n]*?(3\.\d+)/m],
  ['workspace', /(^|\/)(\.azureml\/)?config\.json$/, /"workspace_name"\s*:\s*"([^"\n]+)"/],
  ['resource-group', /(^|\/)(\.azureml\/)?config\.json$/, /"resource_group"\s*:\s*"([^"\n]+)"/],
  ['workspace', SAYS_NAMES, /--workspace-name\s*["']?([A-Za-z][\w-]*)/],
  ['workspace', PYTHON, /\b(?:AZURE_?)?(?:ML_?)?WORKSPACE(?:_NAME)?\s*=\s*(\\?["'])([A-Za-z][\w-]*)\1/i],
  ['workspace', PLAIN, /\bworkspace(?:_name)?=["']?([A-Za-z][\w-]*)/],
  [
    'workspace',
    PLAIN,
    /^\s*(?:export\s+)?(?:AZURE_?)?(?:ML_?)?WORKSPACE(?:_NAME)?\s*[:=]\s*["']?([A-Za-z][\w-]*)/im,
  ],
  ['resource-group', SAYS_NAMES, /--resource-group\s*["']?([A-Za-z][\w.-]*)/],
  ['resource-group', PYTHON, /\b(?:AZURE_?)?RESOURCE_?GROUP(?:_NAME)?\s*=\s*(\\?["'])([A-Za-z][\w.-]*)\1/i],
  ['resource-group', PLAIN, /\bresource_group(?:_name)?=["']?([A-Za-z][\w.-]*)/],
  [
    'resource-group',
    PLAIN,
    /^\s*(?:export\s+)?(?:AZURE_?)?RESOURCE_?GROUP(?:_NAME)?\s*[:=]\s*["']?([A-Za-z][\w.-]*)/im,
  ],
  [
    'location',
    /\.(ya?ml|sh|ps1)$/,
    /(?:--location\s+|^\s*(?:location|LOCATION|AZURE_LOCATION)\s*[:=]\s*)["']?([a-z]+\d?)\b/m,
  ],
  [
    'compute-size',
    /\.(ya?ml|sh|py|ps1)$/,
    /(?:--size\s+|^\s*size:\s*|vm_size\s*=\s*|\bsize\s*=\s*)["']?(Standard_\w+)/m,
  ],
  ['owner', /(^|\/)CODEOWNERS$/, /^\*\s+@([A-Za-z\d-]+)\s*$/m],
];

/** Every answer that the repository's files give; a value that is none of ours is passed over. */
export function derivedFrom(seen: Seen): Map<AnswerKey, Derived> {
  const found = new Map<AnswerKey, Derived>();
  for (const [key, where, pattern] of LOOKS) {
    if (found.has(key)) continue;
    for (const [path, text] of seen.texts) {
      if (!where.test(path)) continue;
      const raw = pattern.exec(text)?.at(-1);
      const value = raw !== undefined && key === 'name' ? nameFrom(raw) : raw;
      if (value === undefined || isExample(path) || valueProblem(key, value)) continue;
      found.set(key, { value, from: path });
      break;
    }
  }
  const endpoint = endpointIn(seen);
  if (endpoint) found.set('endpoint', endpoint);
  const task = taskIn(seen.code.filter(({ path }) => path === seen.trains[0]?.path));
  if (task && seen.trains[0]) found.set('task', { value: task, from: seen.trains[0].path });
  return found;
}

/** By what is deployed, else by how the script that scores is asked. */
function endpointIn({ texts, code, scores }: Seen): Derived | undefined {
  const of = (kind: string) =>
    [...texts].find(
      ([path, text]) =>
        /\.ya?ml$/.test(path) &&
        new RegExp(`\\$schema:.*(managed|kubernetes)?${kind}(Endpoint|Deployment)`, 'i').test(text),
    )?.[0];
  const [online, batch] = [of('Online'), of('Batch')];
  const deployed = online ?? batch;
  if (deployed !== undefined)
    return { value: online && batch ? 'both' : online ? 'online' : 'batch', from: deployed };
  const script = code.find(({ path }) => path === scores[0]?.path);
  if (!script || scores[0]?.weight === 1) return undefined;
  const batched = /^def\s+run\(\s*(mini_?batch|files|paths)\b/m.test(script.source);
  return { value: batched ? 'batch' : 'online', from: script.path };
}
