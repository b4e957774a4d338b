import type { Asset, Place } from '../types.js';
import { mapping } from '../yaml.js';
import { folderOf, from } from './paths.js';
import { option } from './programs.js';
import { actAt, type Trail, type Where } from './trail.js';

/** `az ml … create --file X`: the asset, and when it is a job, all that it runs. */
export function followAz(
  words: readonly string[],
  text: string,
  at: Place,
  where: Where,
  trail: Trail,
): void {
  if (words[1] !== 'ml') return;
  const given = option(words.slice(2), '--file', '-f');
  const path = given === undefined ? undefined : from(where.dir, given);
  if (path === undefined || !/^(?:create|update|validate)$/.test(words[3] ?? '')) return;
  const inside = trail.enter(where, `asset ${path}`, { ...at, as: text });
  if (inside) followAsset(path, words[2] === 'job' && words[3] === 'create', inside, trail);
}

/** The act of an Azure ML YAML; and when it is started, what its jobs run. */
export function followAsset(path: string, started: boolean, where: Where, trail: Trail): void {
  const asset = trail.asset(path);
  if (!asset) return;
  trail.add(actAt('asset', `${asset.kind} ${path}`, { path, line: 1 }, where));
  if (started) followNode(asset.value, [], asset, where, trail);
}

type Key = readonly (string | number)[];

/** A job or component, in a file of its own or inside a pipeline. */
function followNode(
  node: Readonly<Record<string, unknown>>,
  key: Key,
  asset: Asset,
  where: Where,
  trail: Trail,
): void {
  const base = folderOf(asset.path);
  for (const [name, job] of Object.entries(mapping(node.jobs))) {
    followNode(mapping(job), [...key, 'jobs', name], asset, where, trail);
  }
  for (const part of ['component', 'trial', 'create_job', 'job'] as const) {
    const inner = node[part];
    const place = { path: asset.path, line: asset.line([...key, part]) };
    if (typeof inner === 'string') {
      const path = /^azureml:/.test(inner) ? undefined : from(base, inner.replace(/^file:/, ''));
      if (path === undefined) continue;
      const inside = trail.enter(where, `asset ${path}`, { ...place, as: `${part}: ${inner}` });
      if (!inside) continue;
      if (trail.files.has(path)) followAsset(path, true, inside, trail);
      else
        trail.add(
          actAt('asset', `component ${path}`, place, { ...where, off: where.off ?? `${path} is not there` }),
        );
    } else if (inner !== undefined) followNode(mapping(inner), [...key, part], asset, where, trail);
  }
  const task = mapping(node.task);
  const code = node.code ?? task.code;
  const dir = typeof code === 'string' && !/^(?:azureml|git)|:\/\//.test(code) ? from(base, code) : undefined;
  const inCode = { ...where, dir: typeof code === 'string' ? dir : undefined, env: {} };
  if (typeof node.command === 'string') {
    const line = asset.line([...key, 'command']);
    trail.shell(node.command, { path: asset.path, line }, inCode);
  }
  const script = task.entry_script ?? mapping(node.entry).file;
  if (typeof script === 'string' && dir !== undefined) {
    const path = from(dir, script);
    const inside =
      path !== undefined && trail.files.has(path)
        ? trail.enter(inCode, `python ${path}`, {
            path: asset.path,
            line: asset.line(key),
            as: `entry ${script}`,
          })
        : undefined;
    if (path !== undefined && inside) trail.python(path, inside);
  }
}
