import type { Reader } from './read.js';

/** One thing that files can show. maturity.yml says what each kind means. */
export type Rule =
  | { readonly files: string | readonly string[] }
  | { readonly yaml: YamlRule }
  | { readonly workflow: WorkflowRule }
  | { readonly python: PythonRule }
  | { readonly text: { readonly file: string; readonly matches: string } }
  | { readonly any: readonly Rule[] };

export interface YamlRule {
  readonly file: string;
  readonly key: string;
  readonly is?: string | number | boolean;
  readonly matches?: string;
}

export interface WorkflowRule {
  readonly on: string | readonly string[];
  /** All of them, each in a job that the environment fits. */
  readonly runs: string | readonly string[];
  readonly environment?: string;
}

export interface PythonRule {
  readonly file: string;
  readonly imports?: string;
  readonly calls?: string;
  readonly defines?: string;
  readonly asserts?: true;
}

/** @throws Error that names the place when it is no rule. */
export function ruleOf(at: Reader): Rule {
  const [kind] = at.names();
  if (at.names().length !== 1) at.fail('a rule has one key: files, yaml, workflow, python, text or any');
  switch (kind) {
    case 'files':
      return { files: at.textOrTexts('files') };
    case 'any':
      return { any: at.some('any').map(ruleOf) };
    case 'yaml': {
      const rule = at.map('yaml');
      rule.keys(['file', 'key', 'is', 'matches']);
      const where = { file: rule.text('file'), key: rule.text('key') };
      if (rule.has('is') === rule.has('matches')) rule.fail('needs one of: is, matches');
      return {
        yaml: rule.has('is')
          ? { ...where, is: rule.scalar('is') }
          : { ...where, matches: rule.regex('matches') },
      };
    }
    case 'workflow': {
      const rule = at.map('workflow');
      rule.keys(['on', 'runs', 'environment']);
      const environment = rule.has('environment') ? { environment: rule.regex('environment') } : {};
      return { workflow: { on: rule.textOrTexts('on'), runs: rule.regexOrRegexes('runs'), ...environment } };
    }
    case 'python': {
      const rule = at.map('python');
      rule.keys(['file', 'imports', 'calls', 'defines', 'asserts']);
      const file = rule.text('file');
      if (rule.names().length !== 2) rule.fail('needs file and one of: imports, calls, defines, asserts');
      if (rule.has('imports')) return { python: { file, imports: rule.text('imports') } };
      if (rule.has('calls')) return { python: { file, calls: rule.text('calls') } };
      if (rule.has('defines')) return { python: { file, defines: rule.text('defines') } };
      if (!rule.flag('asserts')) rule.fail('asserts: only true says something');
      return { python: { file, asserts: true } };
    }
    case 'text': {
      const rule = at.map('text');
      rule.keys(['file', 'matches']);
      return { text: { file: rule.text('file'), matches: rule.regex('matches') } };
    }
    default:
      return at.fail(`unknown kind of rule "${kind}"; known: files, yaml, workflow, python, text, any`);
  }
}
