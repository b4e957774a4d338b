/** Control and formatting characters: a terminal obeys some of them, and others turn what is read around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text from a repository (a path, a reason that names one) as it may stand on a terminal: one line, nothing obeyed. */
export const seen = (text: string): string =>
  text.replace(UNSEEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

/** The same for text of several lines, such as what git or a hook says. */
export const seenLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => line.split('\t').map(seen).join('\t'))
    .join('\n');
