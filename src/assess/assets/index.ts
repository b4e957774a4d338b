import type { Asset, Files } from '../types.js';
import { mapping, readYaml } from '../yaml.js';
import { kindBySchema } from './schemas.js';
import { kindByShape } from './shapes.js';

/** What only GitHub and pre-commit read, whatever it looks like. */
const OF_OTHERS = /^\.github\/|(?:^|\/)(?:action\.ya?ml|\.pre-commit-config\.ya?ml|dvc\.(?:yaml|lock))$/;

/** A word at the beginning of a line, without which no text is one of Azure ML's. */
const MAY_BE =
  /^[{ \t]*["']?(?:\$schema|type|jobs|command|create_job|create_monitor|endpoint_name|auth_mode|conda_file|image|replication_locations|location)["']?[ \t]*:/m;

/** The Azure ML YAML that a file holds; undefined when it is none, or so broken that the CLI would not load it. */
export function assetOf(path: string, text: string): Asset | undefined {
  if (!/\.ya?ml$/i.test(path) || OF_OTHERS.test(path) || !MAY_BE.test(text)) return undefined;
  const [document] = readYaml(text);
  if (!document || document.error !== undefined) return undefined;
  const value = mapping(document.value);
  const { $schema } = value;
  const named = typeof $schema === 'string' ? kindBySchema($schema) : kindByShape(value);
  if (!named) return undefined;
  // Examples of monitors name the schema of plain schedules.
  const kind = named === 'schedule' && value.create_monitor !== undefined ? 'monitor' : named;
  return { path, kind, value, line: (key) => document.line(key) };
}

/** All Azure ML YAML of the part that is assessed, in the order of its paths. */
export function assetsOf(files: Files): readonly Asset[] {
  return files.paths
    .filter((path) => path.startsWith(files.within) && /\.ya?ml$/i.test(path) && !OF_OTHERS.test(path))
    .flatMap((path) => assetOf(path, files.text(path) ?? '') ?? []);
}
