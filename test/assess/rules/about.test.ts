import { describe, expect, it } from 'vitest';
import { factsOf } from '../../../src/assess/facts.js';
import { filesOf } from '../../../src/assess/files/index.js';
import { aboutOf, mayBeAbout } from '../../../src/assess/rules/about.js';
import type { FileTree } from '../../../src/render/tree.js';
import { labelled, treeOf } from '../labelled.js';

const factsOfTree = (tree: FileTree) => factsOf(filesOf(tree));
const tree = (files: Record<string, string>): FileTree =>
  new Map(
    Object.entries(files).map(([path, text]) => [path, { content: Buffer.from(text), mode: '100644' }]),
  );

describe('a look at the text rules no file out that a test is about', () => {
  it.each(labelled)('$id', (one) => {
    const facts = factsOfTree(treeOf(one));
    for (const path of facts.pythonPaths)
      for (const near of aboutOf(path, facts))
        for (const other of [near, ...aboutOf(near, facts)])
          expect(mayBeAbout(path, new Set([other]), facts), `${path} is about ${other}`).toBe(true);
  });

  it.each([
    ['from churn.score import run\n'],
    ['from churn import (\n    score,\n)\n'],
    ['import os, churn.score as s\n'],
    ['import \\\n  churn.score\n'],
    ['if x: from churn.score import run\n'],
    ['import churn\nchurn.score.run()\n'],
    ['subprocess.run(["python", "src/churn/score.py"])\n'],
    ['from helper import go\n'],
  ])('%j', (text) => {
    const facts = factsOfTree(
      tree({
        'tests/test_score.py': text,
        'src/churn/__init__.py': '',
        'src/churn/score.py': 'from . import model\n',
        'src/churn/model.py': '',
        'tests/helper.py': 'import churn.score\n',
        'src/other.py': '',
      }),
    );
    expect(mayBeAbout('tests/test_score.py', new Set(['src/churn/score.py']), facts)).toBe(true);
    expect(mayBeAbout('tests/test_score.py', new Set(['src/other.py']), facts)).toBe(false);
  });
});
