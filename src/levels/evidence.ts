import { parse } from 'yaml';
import { type FileTree, textOf } from '../render/tree.js';
import type { Characteristic, Model } from './model.js';
import type { PythonRule, Rule, WorkflowRule, YamlRule } from './rule.js';
import { type Workflow, workflowsOf } from './workflows.js';

/**
 * What of one row a repository holds: the highest level whose evidence, and that of all below, is there; null when
 * files cannot show it.
 */
export function holds(row: Characteristic, tree: FileTree): number | null {
  if (!row.seen) return null;
  if (row.needs.length && !row.needs.some((rule) => meets(rule, tree))) return null;
  const full = row.evidence.findIndex(
    (rules, level) => level > row.starts && rules && !rules.every((rule) => meets(rule, tree)),
  );
  const reached = full === -1 ? row.evidence.length - 1 : full - 1;
  const asksFirst = row.evidence.findIndex((rules, level) => level > row.starts && rules);
  const partly = row.partly.length > 0 && row.partly.every((rule) => meets(rule, tree));
  return reached < asksFirst && partly ? Math.max(reached, row.starts + 1) : reached;
}

/** The level of a repository: the highest whose definition, and that of all levels below, is met. */
export function levelOf(model: Model, tree: FileTree): number {
  const rows = new Map(model.characteristics.map((row) => [row.id, holds(row, tree) ?? 0]));
  const failing = model.levels.findIndex(
    (level) =>
      !level.definition.every((condition) =>
        condition.any.some((alternative) =>
          'evidence' in alternative
            ? alternative.evidence.every((rule) => meets(rule, tree))
            : (rows.get(alternative.characteristic) ?? 0) >= alternative.holds,
        ),
      ),
  );
  return (failing === -1 ? model.levels.length : failing) - 1;
}

/** Whether a repository shows what the rule asks for. Pure: nothing is run, only the files of the tree are read. */
export function meets(rule: Rule, tree: FileTree): boolean {
  if ('any' in rule) return rule.any.some((inner) => meets(inner, tree));
  if ('files' in rule) return [rule.files].flat().some((glob) => texts(tree, glob).some(hasContent));
  if ('text' in rule) {
    const wanted = new RegExp(rule.text.matches);
    return texts(tree, rule.text.file).some((text) =>
      text.split('\n').some((line) => wanted.test(line.replace(/(^|\s)#.*$/, ''))),
    );
  }
  if ('yaml' in rule) return texts(tree, rule.yaml.file).some((text) => yamlMeets(rule.yaml, text));
  if ('python' in rule) return texts(tree, rule.python.file).some((text) => pythonMeets(rule.python, text));
  return workflowsOf(tree).some((workflow) => workflowMeets(rule.workflow, workflow));
}

const hasContent = (text: string) => text.trim() !== '';

function texts(tree: FileTree, glob: string): string[] {
  const wanted = globToRegex(glob);
  return [...tree].filter(([path]) => wanted.test(path)).map(([, { content }]) => textOf(content) ?? '');
}

/** `**` crosses folders, `*` does not, `{a,b}` is either. */
export function globToRegex(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\{[^}]*\}|[.+?^$()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part.startsWith('{')) return `(?:${part.slice(1, -1).split(',').join('|')})`;
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

function yamlMeets(rule: YamlRule, text: string): boolean {
  let found: unknown;
  try {
    found = parse(text);
  } catch {
    return false; // Not YAML, so it shows nothing.
  }
  let values = [found];
  for (const key of rule.key.split('.'))
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      const entries = value as Record<string, unknown>;
      return key === '*' ? Object.values(entries) : [entries[key]];
    });
  return values.some((value) =>
    rule.matches === undefined
      ? value === rule.is
      : ['string', 'number', 'boolean'].includes(typeof value) &&
        new RegExp(rule.matches).test(String(value)),
  );
}

function workflowMeets(rule: WorkflowRule, workflow: Workflow): boolean {
  if (![rule.on].flat().some((trigger) => workflow.on.includes(trigger))) return false;
  const environment = new RegExp(rule.environment ?? '');
  const jobs = workflow.jobs.filter((job) => environment.test(job.environment));
  return [rule.runs].flat().every((source) => {
    const runs = new RegExp(source, 'm');
    return jobs.some((job) => runs.test(job.runs));
  });
}

function pythonMeets(rule: PythonRule, source: string): boolean {
  const code = withoutTextAndComments(source);
  if (rule.imports) {
    const module = escaped(rule.imports);
    return new RegExp(`^\\s*(?:import\\s+(?:[\\w.]+(?: as \\w+)?,\\s*)*|from\\s+)${module}\\b`, 'm').test(
      code,
    );
  }
  if (rule.calls) {
    const before = rule.calls.startsWith('.') ? '(?<=[\\w)\\]])' : '(?<![\\w.])';
    return new RegExp(`${before}${escaped(rule.calls)}\\s*\\(`).test(code);
  }
  if (rule.defines)
    return new RegExp(`^\\s*(?:async )?def\\s+${escaped(rule.defines)}\\s*\\(`, 'm').test(code);
  // `assert True` judges nothing.
  return /^\s+(?:assert\s+(?!(?:True|1)\s*$)|with pytest\.raises\b|self\.assert\w+\()/m.test(code);
}

/** Python with every string emptied and every comment gone, line by line as before. */
function withoutTextAndComments(source: string): string {
  const tokens = /("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g;
  return source.replace(tokens, (token) => (token.startsWith('#') ? '' : `""${token.replace(/[^\n]/g, '')}`));
}

const escaped = (text: string) => text.replace(/[.+*?^$()|[\]{}\\]/g, '\\$&');
