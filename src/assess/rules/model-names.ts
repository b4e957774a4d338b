import { from } from '../hops/paths.js';
import type { Act, Asset } from '../types.js';
import type { Done } from './done.js';

const DEPLOYS = ['deploy', 'deploy-elsewhere'];

/**
 * What is done, but for deployments of a model that this chain does not make: it registers others, by names that stand
 * there. Where a name is a variable, or nothing is registered, they may be the same.
 */
export function ofOwnModels(done: readonly Done[], assets: readonly Asset[]): readonly Done[] {
  const registered = done.filter(({ classes }) => classes.some(({ name }) => name === 'register'));
  const names = new Set(registered.map(({ act }) => registeredIn(act)));
  if (!names.size || names.has(undefined)) return done;
  return done.filter(({ act, classes }) => {
    if (!classes.some(({ name }) => DEPLOYS.includes(name))) return true;
    const name = deployedIn(act, assets);
    return name === undefined || names.has(name);
  });
}

const written = (name: string | undefined): string | undefined =>
  name === undefined || /[${]/.test(name) ? undefined : name;

/** The name under which a model is registered; undefined where only a run knows. */
export function registeredIn({ kind, text }: Act): string | undefined {
  const [, name] =
    (kind === 'command'
      ? /\s(?:--name|-n)[= ]["']?([^\s"']+)/.exec(text)
      : /\bregistered_model_name\s*=\s*["']([^"']+)["']|\bregister_model\([^()]*,\s*["']([^"']+)["']\s*\)/
          .exec(text)
          ?.filter((part) => part !== undefined)) ?? [];
  return written(name);
}

/** The name of the model that a deployment serves, in the command or in the file that it names. */
export function deployedIn({ kind, text, dir }: Act, assets: readonly Asset[]): string | undefined {
  if (kind !== 'command') return undefined;
  const [, given] = /\s(?:--set\s(?:.*\s)?)?model=["']?([^\s"']+)/.exec(text) ?? [];
  if (given !== undefined) return nameOf(given);
  const [, file] = /\s(?:--file|-f)[= ]["']?([^\s"']+)/.exec(text) ?? [];
  const path = file === undefined ? undefined : from(dir, file);
  const model = assets.find((asset) => asset.path === path)?.value.model;
  return typeof model === 'string' ? nameOf(model) : undefined;
}

/** `azureml:churn@latest`, `azureml:churn:3`, `azureml://registries/r/models/churn/versions/3`. */
function nameOf(model: string): string | undefined {
  const [, name] =
    /^azureml:([^/:@]+)[:@]/.exec(model) ?? /^azureml:\/\/.*\/models\/([^/]+)/.exec(model) ?? [];
  return written(name);
}
