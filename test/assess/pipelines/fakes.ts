import type { Follow } from '../../../src/assess/hops/follow.js';
import type { Files } from '../../../src/assess/types.js';

export const filesIn = (tree: Readonly<Record<string, string>>, within = ''): Files => ({
  paths: Object.keys(tree).sort(),
  within,
  has: (path) => path in tree,
  text: (path) => tree[path],
  skipped: new Map(),
  notes: [],
});

/** Each line of a script is a command, and nothing is followed; `env` shows what the script would find. */
export const lines = (
  seen: { env: Readonly<Record<string, string>>; dir: string; text: string }[] = [],
): Follow => ({
  script: ({ text, at, way, off, swallowed, env, dir, language }) => {
    seen.push({ env, dir, text });
    return text.split('\n').flatMap((line, index) =>
      line.trim() && !line.startsWith('set ')
        ? [
            {
              kind: language === 'python' ? ('call' as const) : ('command' as const),
              text: line.trim(),
              path: at.path,
              line: at.line + index,
              way,
              ...(off === undefined ? {} : { off }),
              ...(swallowed === undefined ? {} : { swallowed }),
            },
          ]
        : [],
    );
  },
  python: () => [],
});
