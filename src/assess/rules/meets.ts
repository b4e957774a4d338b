import type { Rule } from '../../levels/rule.js';
import { chainMeets } from './chain.js';
import { assetMeets, filesMeet, pythonMeets, textMeets, yamlMeets } from './contents.js';
import { type Context, type Verdict } from './context.js';
import { testedMeets } from './tested.js';

/** Whether a repository shows what the rule asks for, where, and else what looked like it. */
export function meets(rule: Rule, context: Context): Verdict {
  const known = context.verdicts.get(rule);
  if (known) return known;
  const verdict = ask(rule, context);
  context.verdicts.set(rule, verdict);
  return verdict;
}

function ask(rule: Rule, context: Context): Verdict {
  if ('files' in rule) return filesMeet(rule.files, context);
  if ('yaml' in rule) return yamlMeets(rule.yaml, context);
  if ('text' in rule) return textMeets(rule.text, context);
  if ('python' in rule) return pythonMeets(rule.python, context);
  if ('asset' in rule) return assetMeets(rule.asset, context);
  if ('chain' in rule) return chainMeets(rule.chain, context);
  if ('tested' in rule) return testedMeets(rule.tested, context);
  if ('project' in rule) return meets(rule.project, context);
  if ('none' in rule)
    return { met: rule.none.every((inner) => !meets(inner, context).met), evidence: [], nearly: [] };
  if ('all' in rule) {
    const all = rule.all.map((inner) => meets(inner, context));
    const isMet = all.every(({ met }) => met);
    return {
      met: isMet,
      evidence: all.flatMap(({ evidence }) => evidence),
      nearly: isMet ? [] : all.flatMap(({ nearly }) => nearly),
    };
  }
  const nearly: Verdict['nearly'][number][] = [];
  for (const inner of rule.any) {
    const verdict = meets(inner, context);
    if (verdict.met) return verdict;
    nearly.push(...verdict.nearly);
  }
  return { met: false, evidence: [], nearly };
}
