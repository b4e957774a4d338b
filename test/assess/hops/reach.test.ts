import { expect, it } from 'vitest';
import { filesOf } from '../../../src/assess/files/index.js';
import { follower } from '../../../src/assess/hops/follower.js';
import { pythonFacts } from '../../../src/assess/python/facts.js';

/** The calls that `python main.py …` comes to, of those that are named with capitals. */
function calls(tree: Record<string, string>, command = 'python main.py'): string[] {
  const bytes = new TextEncoder();
  const files = filesOf(
    new Map(
      Object.entries(tree).map(([path, text]) => [path, { mode: '100644', content: bytes.encode(text) }]),
    ),
  );
  const follow = follower(files, [], (path) => pythonFacts(path, files.text(path) ?? ''));
  const at = { path: 'ci.yml', line: 1 };
  return follow
    .script({ text: command, language: 'shell', at, dir: '', env: {}, way: [] })
    .filter(({ kind, text }) => kind === 'call' && /^[A-Z]+\(/.test(text))
    .map(({ text, path }) => `${path} ${text}`);
}

it.each<[string, Record<string, string>, string[]]>([
  [
    'a function of a module that is imported',
    { 'main.py': 'import tools\ntools.go()', 'tools.py': 'def go():\n    A()\ndef other():\n    B()' },
    ['tools.py A()'],
  ],
  [
    'by another name',
    { 'main.py': 'from tools import go as start\nstart()', 'tools.py': 'def go():\n    A()' },
    ['tools.py A()'],
  ],
  [
    'not one that only has the same name',
    { 'main.py': 'import tools\ndef go():\n    A()\ngo()', 'tools.py': 'def go():\n    B()' },
    ['main.py A()'],
  ],
  [
    'not one that is named as an argument or a variable',
    {
      'main.py': 'import tools\ntools.f()',
      'tools.py':
        'def f(go=1):\n    stop = g(go=go)\n    print(stop)\ndef go():\n    A()\ndef stop():\n    B()\ndef g(go): pass',
    },
    [],
  ],
  [
    'through a package that hands it on',
    {
      'main.py': 'from pkg import go\ngo()',
      'pkg/__init__.py': 'from .inner import go',
      'pkg/inner.py': 'def go():\n    A()\ndef no():\n    B()',
    },
    ['pkg/inner.py A()'],
  ],
  [
    'a method of a class that is used, and of no other class',
    {
      'main.py': 'import other\nfrom tools import Used\nx = Used()\nx.go()',
      'tools.py':
        'class Used:\n    def __init__(self):\n        A()\n    def go(self):\n        B()\n    def no(self):\n        C()',
      'other.py': 'class Other:\n    def __init__(self):\n        D()\n    def go(self):\n        E()',
    },
    ['tools.py A()', 'tools.py B()'],
  ],
  [
    'with a star',
    { 'main.py': 'from tools import *\ngo()', 'tools.py': 'def go():\n    A()\ndef no():\n    B()' },
    ['tools.py A()'],
  ],
  [
    'what is handed over to be called later',
    { 'main.py': 'import tools\nrun(tools.go)', 'tools.py': 'def go():\n    A()' },
    ['tools.py A()'],
  ],
  [
    'nothing of what an import does not run',
    { 'main.py': 'import tools', 'tools.py': 'if __name__ == "__main__":\n    A()\nB()' },
    ['tools.py B()'],
  ],
])('reaches %s', (_, tree, expected) => {
  expect(calls(tree)).toEqual(expected);
});

it('looks up by the word of the command line where the code does', () => {
  const tree = {
    'main.py':
      'import sys\nclass Phases:\n    def _first(self):\n        A()\n    def _second(self):\n        B()\np = Phases()\ngetattr(p, f"_{sys.argv[1]}")()',
  };
  expect(calls(tree, 'python main.py second')).toEqual(['main.py B()']);
  expect(calls(tree, 'python main.py "$PHASE"')).toEqual(['main.py A()', 'main.py B()']);
});
