import { describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { nextCommands } from '../../src/new/next.js';
import { ownRoot } from '../../src/render/own.js';
import { render } from '../../src/render/render.js';

describe('the three commands to run next', () => {
  it.each([0, 1, 2, 3, 4].flatMap((level) => [false, true].map((windows) => ({ level, windows }))))(
    'are in the README of level $level (Windows: $windows)',
    async ({ level, windows }) => {
      const tree = render([await ownRoot()], level, answersFor({}, level));
      const readme = new TextDecoder().decode(tree.get('README.md')?.content);
      const commands = nextCommands('/w', '/w', level, 'churn', windows);
      expect(commands).toHaveLength(3);
      for (const command of commands) expect(readme).toContain(command);
    },
  );

  it.each([
    ['/w/churn', false, 'cd churn'],
    ['/w/a/b', false, 'cd a/b'],
    ['/x', false, 'cd ../x'],
    ['/w/-x', false, 'cd ./-x'],
    ['/w/a b', false, "cd 'a b'"],
    ["/w/$(x)'s", false, "cd '$(x)'\\''s'"],
    ['/w/a b', true, 'cd "a b"'],
  ])('begin with the way to %s', (dir, windows, enter) => {
    const commands = nextCommands('/w', dir, 1, 'churn', windows);
    expect([commands.length, commands[0]]).toEqual([3, enter]);
  });
});
