/** What is made of an object once, and kept for as long as the object is. */
export function onceOf<Of extends object, Made>(make: (of: Of) => Made): (of: Of) => Made {
  const known = new WeakMap<Of, Made>();
  return (of) => {
    let made = known.get(of);
    if (made === undefined) known.set(of, (made = make(of)));
    return made;
  };
}

/** The same of each key in an object, such as a path in the files of a repository. */
export function onceIn<Of extends object, Key, Made>(
  make: (key: Key, of: Of) => Made,
): (key: Key, of: Of) => Made {
  const all = onceOf<Of, Map<Key, Made>>(() => new Map());
  return (key, of) => {
    const known = all(of);
    let made = known.get(key);
    if (made === undefined) known.set(key, (made = make(key, of)));
    return made;
  };
}
