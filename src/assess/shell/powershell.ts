import type { ShellContext, ShellText } from './commands.js';
import type { ShellCommand } from './told.js';
import { quoted } from './values.js';

const SILENT =
  /^(?:write-(?:host|output|error|verbose|warning)|echo|param|if|else|elseif|foreach|for|while|try|catch|finally|function|return|throw|exit|set-strictmode|import-module|\}|\{|\$\w+)$/i;

/** The commands of a PowerShell text, well enough for the programs it calls; conditions are not decided. */
export function powershellText(text: string, context: ShellContext = {}): ShellText {
  const commands: ShellCommand[] = [];
  const constants = new Map(Object.entries(context.env ?? {}));
  let dir: string | undefined = '';
  let line = context.line ?? 1;
  const lines = text.replace(/<#[\s\S]*?#>/g, (comment) => comment.replace(/[^\n]/g, '')).split(/\r?\n/);
  for (let index = 0; index < lines.length && commands.length < 5000; index++) {
    const at = line;
    let whole = lines[index] ?? '';
    while (/`\s*$/.test(whole) && index + 1 < lines.length) {
      whole = whole.replace(/`\s*$/, ' ') + (lines[++index] ?? '');
      line++;
    }
    line++;
    for (const part of statements(whole)) {
      const assignment = /^\$(?:env:|script:|global:)?(\w+)\s*=\s*(.*)$/i.exec(part);
      let rest = part;
      if (assignment?.[1]) {
        const value = /^(["'])([^"'$]*)\1$/.exec((assignment[2] ?? '').trim())?.[2];
        if (value !== undefined) {
          constants.set(assignment[1], value);
          continue;
        }
        constants.delete(assignment[1]);
        rest = assignment[2] ?? '';
      }
      const words = wordsOf(rest.replace(/^[\s({}]*(?:&\s*)?/, ''), constants);
      const [first = ''] = words;
      if (/^(?:cd|set-location|sl|push-location)$/i.test(first))
        dir = words[1] && !/^[$/~]/.test(words[1]) ? [dir, words[1]].filter(Boolean).join('/') : undefined;
      if (first === '' || SILENT.test(first) || /^(?:cd|set-location)$/i.test(first)) continue;
      commands.push({
        words,
        text: words.map(quoted).join(' ').slice(0, 2000),
        line: at,
        dir,
        env: Object.fromEntries(constants),
      });
    }
  }
  return { commands, writes: new Set() };
}

/** Parts of a line between `;` and `|`, without the comment. */
function statements(line: string): string[] {
  const out: string[] = [];
  let run = '';
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote) {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '#' && /(?:^|\s)$/.test(run)) break;
    else if (char === ';' || char === '|' || char === '{' || char === '}') {
      out.push(run.trim());
      run = '';
      continue;
    }
    run += char;
  }
  return [...out, run.trim()].filter((one) => one !== '');
}

function wordsOf(text: string, constants: ReadonlyMap<string, string>): string[] {
  const out: string[] = [];
  for (const [whole] of text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    const filled = whole.startsWith("'")
      ? whole
      : whole.replace(/\$(?:env:)?\{?(\w+)\}?/gi, (raw, name: string) => constants.get(name) ?? raw);
    out.push(filled.replace(/["']/g, ''));
  }
  return out;
}
