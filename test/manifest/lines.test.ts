import { describe, expect, it } from 'vitest';
import { answersFor } from '../../src/answers/resolve.js';
import { withAnswers } from '../../src/manifest/lines.js';
import { writeManifest } from '../../src/manifest/write.js';

const [online, both] = ['online', 'both'].map((endpoint) => answersFor({ endpoint }, 1));
if (!online || !both) throw new Error('no answers');
const written = writeManifest(1, online);

/** The team's manifest with this line for the endpoint. */
const edited = (line: string) => written.replace('  endpoint: "online"', line);

describe('a manifest with the answers of the team', () => {
  it('is the same text when nothing was edited', () => {
    expect(withAnswers(written, 1, online, { text: written, answers: online })).toBe(written);
  });

  it.each(['  endpoint: both', "  endpoint:   'both'", '  endpoint: "both"   # why not'])(
    'takes over the line %j as it stands',
    (line) => {
      const text = edited(line);
      expect(withAnswers(written, 1, both, { text, answers: both })).toBe(text);
    },
  );

  it('writes a value that is set anew as azmlops does, and leaves the comment behind it', () => {
    const text = edited('  endpoint: both # why not');
    expect(withAnswers(written, 1, online, { text, answers: both })).toBe(
      edited('  endpoint: "online" # why not'),
    );
  });

  it('writes a value whose line it cannot read by itself', () => {
    const text = edited('  endpoint:\n    both');
    expect(withAnswers(written, 1, both, { text, answers: both })).toBe(edited('  endpoint: "both"'));
  });
});
