import { namedIn } from '../../doctor/repository/named-versions.js';
import { ofConda, ofLines, type Requirement } from '../../doctor/repository/requirement-lines.js';
import { type Kind as Named, RETIRED } from '../../doctor/repository/retired-versions.js';
import { onceOf } from '../once.js';
import type { Severity } from '../types.js';
import { type Found, type Kind, type Look, matching } from './look.js';

/** What requirements files and conda environments ask for. */
export const requirementsOf = onceOf((look: Look): readonly Requirement[] =>
  look.paths.flatMap((path): Requirement[] => {
    if (/(^|\/)requirements[\w.-]*\.(txt|in)$/i.test(path))
      return ofLines(path, look.facts.files.text(path) ?? '');
    if (/\.ya?ml$/.test(path) && !path.startsWith('.github/')) {
      const text = look.facts.files.text(path) ?? '';
      // Inline, as well: `conda_file:` with a mapping is read by Azure ML alone.
      return ofConda(path, text);
    }
    return path.endsWith('pyproject.toml') || /(^|\/)setup\.(py|cfg)$/.test(path) ? quotedIn(look, path) : [];
  }),
);

/** Names alone: a package may ask for a range, whose end others fix. */
const quotedIn = (look: Look, path: string): Requirement[] =>
  look.lines(path).flatMap(({ text, line }) => {
    const [, name] = /^[\s\w=[-]*["']([A-Za-z][\w.-]*)(\[[^\]]*\])?\s*([=<>!~].*)?["']/.exec(text) ?? [];
    return name === undefined ? [] : [{ path, line, name, text: name, pinned: true }];
  });

/** How a reader of any repository mends it; the table's own words are for ours. */
const MEND: Partial<Record<Named, string>> = {
  python: 'Use Python 3.12 or newer.',
  size: 'Choose a size of a newer series, such as `Standard_E4s_v3`.',
};

interface Old extends Found {
  readonly severity: Severity;
}

function retired(look: Look): Old[] {
  const { today } = look;
  const files = {
    ...look.facts.files,
    text: look.facts.files.text.bind(look.facts.files),
    paths: look.paths,
  };
  const named = namedIn({ ...files, entry: () => undefined }, requirementsOf(look));
  const images = look.paths
    .filter(
      (path) =>
        /(^|\/)azure-pipelines|pipelines?\/|\.azuredevops|\.pipelines/.test(path) && /\.ya?ml$/.test(path),
    )
    .flatMap((path) =>
      look.lines(path).flatMap(({ text, line }) => {
        const [, value] = /^\s*(?:-\s+)?vmImage:\s*["']?([\w.-]+)/i.exec(text) ?? [];
        return value === undefined ? [] : [{ kind: 'runner' as const, value, path, line, inPool: true }];
      }),
    );
  return RETIRED.flatMap(({ kind, matches, what, from, runs, mend }): Old[] => {
    const found = [...named, ...images].filter((each) => each.kind === kind && matches.test(each.value));
    const ahead = from !== undefined && from > today;
    const since = from === undefined ? '' : ` since ${from}`;
    const ends = `${ahead ? `announced to end on ${from}` : `${runs ? 'no longer mended' : 'gone'}${since}`}`;
    const fix = MEND[kind] ?? (mend.startsWith('http') ? `Follow ${mend}` : `Use \`${mend}\`.`);
    return found.map(({ path, line, value, ...each }) => ({
      path,
      line: line ?? 1,
      severity: ahead ? 'low' : runs ? 'medium' : 'high',
      // Of sizes a row of the table has many.
      says: `${kind === 'size' ? `${value}, of the ${what}` : what}: ${ends}`,
      // Azure Pipelines has another key for it.
      fix: 'inPool' in each ? fix.replace('runs-on:', 'vmImage:') : fix,
    }));
  });
}

const SDK_V1 =
  /(^|["'])\s*(from|import)\s+azureml\.(core|pipeline|train|automl|data|widgets|datadrift|dataprep|interpret|opendatasets|explain|contrib(?!\.services)|exceptions)\b/;
const CLI_V1 =
  /\baz extension add\b.{0,80}\bazure-cli-ml\b|\baz ml (run|folder|service|experiment|runconfig|computetarget|dataset|pipeline|endpoint|model (deploy|profile|package)|environment (register|scaffold))\b/;
/** Which the ml extension has under the same words, with other flags. */
const CLI_V2 = /\baz ml (model package --file|model package -f)\b/;

export const OF_VERSIONS: readonly Kind[] = [
  {
    id: 'sdk-v1',
    severity: 'high',
    says: 'the SDK v1 of Azure ML (azureml-core): gone since 2026-06-30',
    fix: 'Write it with azure-ai-ml (`MLClient`), or as YAML for `az ml`: https://learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1',
    find: (look) =>
      look.paths
        .filter((path) => /\.(py|ipynb)$/.test(path))
        .filter((path) => /(from|import)\s+azureml\./.test(look.facts.files.text(path) ?? ''))
        // One place a file: the first import says it all.
        .flatMap((path) => matching(look.lines(path), SDK_V1).slice(0, 1)),
  },
  {
    id: 'cli-v1',
    severity: 'high',
    says: 'the CLI v1 of Azure ML (azure-cli-ml): gone since 2025-09-30',
    fix: 'Use the ml extension (`az extension add --name ml`): `az ml job create --file …`, `az ml online-deployment create --file …`.',
    find: (look) =>
      matching(look.run, CLI_V1).filter((found) => {
        const text = look.lines(found.path)[found.line - 1]?.text ?? '';
        return !CLI_V2.test(text);
      }),
  },
  {
    id: 'retired',
    severity: 'medium',
    says: 'a version that is retired',
    fix: 'Use a newer one.',
    find: retired,
  },
  {
    id: 'unpinned-requirement',
    severity: 'low',
    says: 'a package without a version: the same commit gives another environment next month',
    fix: 'Give it a version (`name==1.2.3`), or lock all of them: `uv pip compile requirements.in -o requirements.txt`.',
    find: (look) =>
      requirementsOf(look).flatMap(({ path, line, pinned, name }) =>
        pinned || /^(pip|python)$/i.test(name) ? [] : [{ path, line: line ?? 1 }],
      ),
  },
];
