/** A function that reads a text only once: of a mutated repository all but a few files are as they were. */
export function remembered<Given extends readonly unknown[], Read>(
  read: (...given: Given) => Read,
): (...given: Given) => Read {
  const known = new Map<string, Read>();
  return (...given) => {
    const key = given.join('\0');
    if (!known.has(key)) known.set(key, read(...given));
    return known.get(key)!;
  };
}
