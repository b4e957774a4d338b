import { answersFor } from './resolve.js';
import { ANSWER_KEYS, specOf } from './schema.js';

/** The answers as a table in Markdown, defaults for a folder called churn: what docs/answers.md holds. */
export function answersTable(): string {
  const defaults = answersFor({}, Math.max(...ANSWER_KEYS.map((key) => specOf(key).since)));
  const rows = ANSWER_KEYS.map((key) => {
    const { since, help, allowed } = specOf(key);
    const value = defaults[key];
    const shown = typeof value === 'string' ? value : value.join(',');
    return [`\`${key}\``, String(since), help, allowed, shown ? `\`${shown}\`` : 'none'];
  });
  const head = ['Answer', 'From level', 'What it is', 'Allowed', 'Default'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}
