import type { Follow } from '../../../src/assess/hops/follow.js';
import { filesOf } from '../../../src/assess/files/index.js';
import { githubChains } from '../../../src/assess/github/chains.js';
import type { Act, Chain, Files } from '../../../src/assess/types.js';

/** A repository in memory; a path without a folder is that of a workflow. */
export function repository(texts: Readonly<Record<string, string>>, within = ''): Files {
  const entries = Object.entries(texts).map(([path, text]) => {
    const content = new TextEncoder().encode(text);
    return [
      path.includes('/') ? path : `.github/workflows/${path}`,
      { content, mode: '100644' as const },
    ] as const;
  });
  return filesOf(new Map(entries), within);
}

/** One command for each line, with the folder and the constants that the line asks for by `?`. */
export const lines: Follow = {
  script: ({ text, at, dir, env, way, off, swallowed }) =>
    text.split('\n').flatMap((line, index) => {
      if (!line.trim()) return [];
      const shown = line
        .trim()
        .replace(/\?(\w+)/g, (_, name: string) => (name === 'DIR' ? dir : (env[name] ?? '-')));
      const place = { path: at.path, line: at.line + index };
      return [
        {
          kind: 'command' as const,
          text: shown,
          ...place,
          way,
          ...(off === undefined ? {} : { off }),
          ...(swallowed === undefined ? {} : { swallowed }),
        },
      ];
    }),
  python: () => [],
};

export function chainsIn(texts: Readonly<Record<string, string>>, within = ''): Chain[] {
  return githubChains(repository(texts, within), lines);
}

/** A chain as a person would tell it: by whom, and of each job what it comes after and what it does. */
export function told(chain: Chain | undefined): string[] {
  if (!chain) return [];
  return chain.jobs.map(({ id, environment, after, acts }) =>
    [
      id,
      ...(environment ? [`in ${environment}`] : []),
      ...(after.length ? [`after ${after.join(' ')}`] : []),
      acts.map(toldAct).join('; '),
    ].join(' | '),
  );
}

function toldAct({ text, off, swallowed }: Act): string {
  return `${text}${off === undefined ? '' : ` OFF: ${off}`}${swallowed === undefined ? '' : ` SWALLOWED: ${swallowed}`}`;
}

export const startedBy = (chain: Chain | undefined) =>
  chain?.started.map(({ by, off }) => (off === undefined ? by : `${by} OFF: ${off}`));

/** A workflow with one job that runs one line. */
export function workflow(on: string, job: string): string {
  return `on: ${on}\njobs:\n  job:\n    runs-on: ubuntu-24.04\n${job}`;
}
