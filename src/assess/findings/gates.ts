import type { Found, Kind, Look } from './look.js';

const JUDGES =
  /\b(pytest|unittest|tox|nox|behave|robot|make (test|check|evaluate|gate)\S*|npm (run )?test|dvc repro|evaluate|evaluation|gate|validate|verdict|compare|smoke|model[_-]tests?|check[_-]model|quality[_-]?gate)\b|(evaluate|gate|validate|compare|smoke|verdict)\w{0,20}\.(py|sh)\b/i;
/** Names that only sound like it. */
const NOT =
  /^(echo|printf|cat|ls|mkdir|pip|uv|az (extension|configure|account|login)|git|actionlint|python -m pip|jq(?!.*( -\w*e\b| --exit-status)))\b|--help\b/;

const swallowed = (look: Look): Found[] => {
  const found = new Map<string, Found>();
  for (const { jobs, system } of look.facts.chains) {
    if (system === 'person') continue;
    for (const job of jobs) {
      if (/\((on failure|whatever happens)\)$/.test(job.id)) continue;
      for (const { kind, text, path, line, off, swallowed: why } of job.acts) {
        if (kind !== 'command' || off !== undefined || why === undefined) continue;
        if (!JUDGES.test(text) || NOT.test(text)) continue;
        found.set(`${path}:${line}`, {
          path,
          line,
          says: `tests or a gate run here, and their failure stops nothing: ${why}`,
        });
      }
    }
  }
  return [...found.values()];
};

const GATE =
  /^(\s*)(?:async )?def (\w*(?:gate|verdict|passes|passed|good_enough|better|should_(?:deploy|promote|register|release)|approve|acceptable|meets|promote|accept)\w*)\s*\(/i;

/** The same in a whole text, before its lines are made. */
const MAY_BE = new RegExp(GATE.source, 'im');

/** Functions that are called a gate and say yes whatever they are asked, read line by line. */
function constants(look: Look): Found[] {
  return look.paths
    .filter((path) => path.endsWith('.py') && !/(^|\/)(tests?|conftest)[/_.]|(^|\/)test_/.test(path))
    .filter((path) => MAY_BE.test(look.facts.files.text(path) ?? ''))
    .flatMap((path) => {
      const lines = look.lines(path);
      return lines.flatMap(({ text }, at): Found[] => {
        const [, indent, name] = GATE.exec(text) ?? [];
        if (indent === undefined || name === undefined || /^(test|get|set)_/.test(name)) return [];
        const found = saysYes(bodyOf(lines.slice(at, at + 200), indent.length));
        return found === undefined ? [] : [{ path, line: at + 1 + found }];
      });
    });
}

/** Statements of a function with how far below its name they stand; docstrings are left out. */
function bodyOf(
  lines: readonly { readonly text: string }[],
  indent: number,
): { text: string; below: number }[] {
  const body: { text: string; below: number }[] = [];
  let open = lines.findIndex(({ text }) => /:\s*$/.test(text));
  if (open === -1) return [];
  let quoted = '';
  for (open += 1; open < lines.length; open++) {
    const text = lines[open]?.text ?? '';
    const words = text.trim();
    if (quoted) {
      if (words.endsWith(quoted)) quoted = '';
      continue;
    }
    if (!words) continue;
    if (text.length - text.trimStart().length <= indent) break;
    const [, mark] = /^[rbuf]{0,2}("""|''')/i.exec(words) ?? [];
    if (mark) {
      if (words.length < 6 || !words.slice(3).includes(mark)) quoted = mark;
      continue;
    }
    body.push({ text: words, below: open });
  }
  return body;
}

function saysYes(body: readonly { readonly text: string; readonly below: number }[]): number | undefined {
  const or = body.find(({ text }) => /^return\s+\(?True\s+or\b/.test(text));
  if (or) return or.below;
  const returns = body.filter(({ text }) => /^return\b/.test(text));
  const [first] = returns;
  if (!first) return undefined;
  const yes = ({ text }: { readonly text: string }) =>
    /^return\s+(True|["'](promote|pass|passed|accept|approved)["'])$/.test(text);
  const judges = body.some(({ text }) => /\b(raise|assert|sys\.exit|exit)\b/.test(text));
  // The first statement of all decides; or all of them say the same.
  return (body[0] === first && yes(first)) || (!judges && returns.every(yes)) ? first.below : undefined;
}

export const OF_GATES: readonly Kind[] = [
  {
    id: 'gate-open',
    severity: 'high',
    says: 'tests or a gate run here, and their failure stops nothing',
    fix: 'Take away `|| true`, `set +e` or continue-on-error, and let a failing command end the job (`set -euo pipefail`).',
    find: swallowed,
  },
  {
    id: 'gate-constant',
    severity: 'high',
    says: 'this gate says yes whatever it is asked',
    fix: 'Compare the metrics with thresholds and with the model in production, and fail (`sys.exit(1)`) below them.',
    find: constants,
  },
];
