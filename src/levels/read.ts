type Mapping = Record<string, unknown>;

/** A mapping of a parsed file that knows where it stands, so that every complaint names the place. */
export interface Reader {
  has(key: string): boolean;
  isNull(key: string): boolean;
  names(): string[];
  /** Complains about any other key. */
  keys(known: readonly string[]): void;
  text(key: string): string;
  texts(key: string): string[];
  textOrTexts(key: string): string | string[];
  number(key: string): number;
  /** A number from 0 to 4. */
  levelNumber(key: string): number;
  flag(key: string): boolean;
  scalar(key: string): string | number | boolean;
  regex(key: string): string;
  regexOrRegexes(key: string): string | string[];
  oneOf(key: string, known: readonly string[]): string;
  map(key: string): Reader;
  list(key: string): Reader[];
  /** A list of texts, lists of texts and mappings. */
  mixed(key: string): (string | string[] | Reader)[];
  /** A list with at least one entry. */
  some(key: string): Reader[];
  fail(what: string): never;
}

/** @throws Error `<where>: <what>` from any of its methods when the file does not hold what is asked for. */
export function reader(value: unknown, where: string): Reader {
  const fail = (what: string): never => {
    throw new Error(`${where}: ${what}`);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail('a mapping is expected here');
  const map = value as Mapping;

  const typed = <T>(key: string, expected: string, fits: (found: unknown) => boolean): T => {
    if (!(key in map)) fail(`${key} is missing`);
    if (!fits(map[key])) fail(`${key}: ${expected} is expected, not ${JSON.stringify(map[key])}`);
    return map[key] as T;
  };
  const isText = (found: unknown) => typeof found === 'string' && found.trim() !== '';
  const areTexts = (found: unknown) => Array.isArray(found) && found.every(isText);
  const text = (key: string) => typed<string>(key, 'text', isText);

  const compiles = (key: string, source: string) => {
    try {
      new RegExp(source);
    } catch (error) {
      fail(`${key}: ${(error as Error).message}`);
    }
    return source;
  };

  const self: Reader = {
    fail,
    has: (key) => key in map,
    isNull: (key) => map[key] === null,
    names: () => Object.keys(map),
    keys: (known) => {
      const unknown = Object.keys(map).find((key) => !known.includes(key));
      if (unknown !== undefined) fail(`unknown key ${unknown}; known: ${known.join(', ')}`);
    },
    text,
    texts: (key) => typed<string[]>(key, 'a list of texts', areTexts),
    textOrTexts: (key) =>
      typed<string | string[]>(key, 'text or a list of texts', (found) => isText(found) || areTexts(found)),
    number: (key) => typed<number>(key, 'a whole number', Number.isInteger),
    levelNumber: (key) =>
      typed<number>(key, 'a level, 0 to 4,', (n) => Number.isInteger(n) && Number(n) >= 0 && Number(n) <= 4),
    flag: (key) => typed<boolean>(key, 'true or false', (found) => typeof found === 'boolean'),
    scalar: (key) =>
      typed(key, 'text, a number, true or false', (found) =>
        ['string', 'number', 'boolean'].includes(typeof found),
      ),
    regex: (key) => compiles(key, text(key)),
    regexOrRegexes: (key) => {
      const sources = self.textOrTexts(key);
      [sources].flat().forEach((source) => compiles(key, source));
      return sources;
    },
    oneOf: (key, known) =>
      typed<string>(key, `one of ${known.join(', ')}`, (found) => known.includes(String(found))),
    map: (key) => {
      if (!(key in map)) fail(`${key} is missing`);
      return reader(map[key], `${where}: ${key}`);
    },
    list: (key) =>
      typed<unknown[]>(key, 'a list', Array.isArray).map((entry, i) => {
        const named = (entry as Mapping | null)?.id;
        return reader(entry, `${where}: ${key}[${i}]${typeof named === 'string' ? ` (${named})` : ''}`);
      }),
    mixed: (key) =>
      typed<unknown[]>(key, 'a list', Array.isArray).map((entry, i) => {
        if (isText(entry)) return entry as string;
        return areTexts(entry) ? (entry as string[]) : reader(entry, `${where}: ${key}[${i}]`);
      }),
    some: (key) => {
      const entries = self.list(key);
      return entries.length ? entries : fail(`${key}: a list with at least one entry is expected`);
    },
  };
  return self;
}
