/** Most characters of a name that models call something by. */
const MAX_CHARACTERS = 64;

/**
 * Names that models can call things by, for names that people chose: letters,
 * digits and underscores, not too long, no two the same.
 */
export function toSafeNames(
  names: readonly string[],
  wrap: (name: string) => string = (name) => name,
): Map<string, string> {
  const safe = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const plain = wrap(name.replace(/[^A-Za-z0-9_]/g, "_"));
    let chosen = plain.slice(0, MAX_CHARACTERS);
    for (let n = 2; taken.has(chosen) || chosen === ""; n++) {
      chosen = `${plain.slice(0, MAX_CHARACTERS - 5)}_${n}`;
    }
    taken.add(chosen);
    safe.set(name, chosen);
  }
  return safe;
}
