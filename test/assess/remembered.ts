/** A module one of whose functions reads a text only once: of a mutated repository all but a few files are as they were. */
export function remembering<Module extends object, Name extends keyof Module>(
  module: Module,
  name: Name & (Module[Name] extends (...given: never[]) => unknown ? Name : never),
): Module {
  const read = module[name] as (...given: readonly unknown[]) => unknown;
  const known = new Map<string, unknown>();
  const remembered = (...given: readonly unknown[]): unknown => {
    const key = given.join('\0');
    if (!known.has(key)) known.set(key, read(...given));
    return known.get(key);
  };
  return { ...module, [name]: remembered };
}
