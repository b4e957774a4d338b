/** One word as a shell takes it; what a terminal would obey is written as bash and zsh read it. */
export function shellWord(word: string): string {
  if (/^[\w./@%+,:=-]+$/.test(word)) return word;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(word)) {
    const bytes = [...Buffer.from(word)].map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    );
    return `$'${bytes.join('')}'`;
  }
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
