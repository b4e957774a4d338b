import { posix } from 'node:path';
import type { Rule } from '../../levels/rule.js';
import type { Files } from '../types.js';
import { pythonFiles } from './contents.js';
import type { Context } from './context.js';
import { pathsOf } from './glob.js';
import { meets } from './meets.js';

const MANIFESTS = [
  'pyproject.toml',
  'setup.py',
  'package.json',
  'Dockerfile',
  'requirements.txt',
  'pom.xml',
  'go.mod',
];

/** The files that a rule about files finds. */
export function filesFound(rule: Rule, context: Context): ReadonlySet<string> {
  if ('python' in rule) return new Set(pythonFiles(rule.python, context).map(({ path }) => path));
  if ('files' in rule) return new Set(pathsOf(context.facts.files, rule.files));
  if ('any' in rule) return new Set(rule.any.flatMap((inner) => [...filesFound(inner, context)]));
  if ('project' in rule) return projectsOf(filesFound(rule.project, context), context.facts.files);
  if ('all' in rule) {
    const [first, ...others] = rule.all.map((inner) => filesFound(inner, context));
    return new Set([...(first ?? [])].filter((path) => others.every((set) => set.has(path))));
  }
  return new Set(meets(rule, context).evidence.map(({ path }) => path));
}

/** All files of the folders that these belong to: the nearest one above with a manifest, else their own. */
function projectsOf(found: ReadonlySet<string>, files: Files): ReadonlySet<string> {
  const folders = new Set([...found].map((path) => folderOf(path, files)));
  const all = new Set(found);
  for (const path of files.paths)
    if ([...folders].some((folder) => folder !== '' && path.startsWith(folder))) all.add(path);
  return all;
}

function folderOf(path: string, files: Files): string {
  const own = posix.dirname(path);
  for (let dir = own; dir !== '.' && dir !== '/'; dir = posix.dirname(dir)) {
    if (`${dir}/`.length <= files.within.length) break;
    if (MANIFESTS.some((name) => files.has(`${dir}/${name}`))) return `${dir}/`;
  }
  return own === '.' ? '' : `${own}/`;
}
