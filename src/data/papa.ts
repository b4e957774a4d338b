import { createRequire } from 'node:module';
import type { ParseLocalConfig, ParseResult } from 'papaparse';
import type { Dialect } from './tidy.js';

type Config = Partial<ParseLocalConfig<string[], never>>;

interface LowParser {
  parse(text: string, base: number, ignoreLastRow: boolean): ParseResult<string[]>;
  abort(): void;
}

// It is CommonJS whose names Node cannot find, and its types lack the low-level parser.
const { Parser } = createRequire(import.meta.url)('papaparse') as {
  Parser: new (config: Config) => LowParser;
};

/**
 * A parser of tidied text; a carriage return before a line feed stays at the end of the last value.
 *
 * @param step is given each row by itself, and may end the parse
 */
export function parserOf({ delimiter, quote }: Dialect, step?: Config['step']): LowParser {
  return new Parser({ delimiter, quoteChar: quote, newline: '\n', ...(step ? { step } : {}) });
}
