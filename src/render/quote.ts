// Free text in a file of another language. Each result reads back, in that language, as the very text.

/** What YAML 1.1 and 1.2 do not let stand in a quoted scalar, and what TOML does not: written as \uXXXX. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A double-quoted string that JSON, YAML 1.1, YAML 1.2 and TOML 1.0 read alike. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Punctuation that GitHub's Markdown may read as markup, wherever it stands in a line. */
const MARKUP = /[\\`*_[\]<>~|&$#]/g;

/** Text for a paragraph, a heading or a list item of GitHub's Markdown. */
export function md(text: string): string {
  return (
    text
      .replace(MARKUP, '\\$&')
      // At the start of a line: list markers, underlines of a heading above, thematic breaks, front matter.
      .replace(/^(\s*)([-+=])/, '$1\\$2')
      .replace(/^(\s*\d+)([.)])/, '$1\\$2')
      // What GitHub takes for an address becomes a link as it stands, the backslashes above in it.
      .replace(/:(?=\/\/)/g, '\\:')
      .replace(/(www)\./gi, '$1\\.')
      // White space at the ends would be trimmed, and four blanks in front are a code block.
      .replace(/^\s+|\s+$/g, (blank) => [...blank].map(entity).join(''))
  );
}

const entity = (char: string): string => `&#${char.codePointAt(0)};`;
