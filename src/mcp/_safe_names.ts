import { sha1 } from "./_sha1.ts";

/** Most characters of a name that models call something by. */
const MAX_CHARACTERS = 64;
/** Digits that tell names apart which would be the same. */
const HASH_DIGITS = 12;

/** How names are made safe. */
export interface SafeNamesOptions {
  /** What goes around a name. Default: nothing. */
  readonly wrap?: (name: string) => string;
  /** What a name stands for, in full. Default: itself. */
  readonly identify?: (name: string) => string;
}

/**
 * Names that models can call things by, for names that people chose: letters,
 * digits and underscores, not too long, no two the same. Those that would be the
 * same get some digits that depend on nothing but what they stand for, so that
 * a model that has seen one of them may go on calling it that.
 */
export function toSafeNames(
  names: readonly string[],
  { wrap = same, identify = same }: SafeNamesOptions = {},
): Map<string, string> {
  const plain = new Map(
    names.map((name) =>
      [name, wrap(name.replace(/[^A-Za-z0-9_]/g, "_")) || "_"] as const
    ),
  );
  const counts = new Map<string, number>();
  for (const one of plain.values()) {
    counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  const isFine = (one: string) =>
    counts.get(one) === 1 && one.length <= MAX_CHARACTERS;
  const taken = new Set([...plain.values()].filter(isFine));
  const safe = new Map<string, string>();
  for (const [name, one] of plain) {
    let chosen = one;
    let identity = identify(name);
    while (!isFine(one) && (chosen === one || taken.has(chosen))) {
      const hash = sha1(identity).slice(0, HASH_DIGITS);
      chosen = `${one.slice(0, MAX_CHARACTERS - HASH_DIGITS - 1)}_${hash}`;
      identity = `${identity}\0`;
    }
    taken.add(chosen);
    safe.set(name, chosen);
  }
  return safe;
}

function same(name: string): string {
  return name;
}
