import type { SkillsListEntry } from "../protocol/mod.ts";

/** What stands around a text in a message. */
interface Surroundings {
  readonly head: string;
  readonly tail: string;
}

/**
 * Encodes lists of skills. The same list is made into bytes once, however often
 * it is sent: most of the time nothing has changed since the last time.
 */
export class SkillsEncoder {
  readonly #encoder = new TextEncoder();
  /** By the skills of an entry, whose errors are found with them. */
  readonly #encoded = new WeakMap<object, Uint8Array<ArrayBuffer>>();

  /** The response of `skills/list` in UTF-8. */
  encode(
    entries: readonly SkillsListEntry[],
    { head, tail }: Surroundings,
  ): Uint8Array<ArrayBuffer> {
    const pieces = [this.#encoder.encode(`${head}{"data":[`)];
    for (const [at, entry] of entries.entries()) {
      const comma = at === 0 ? "" : ",";
      const cwd = JSON.stringify(entry.cwd);
      pieces.push(
        this.#encoder.encode(`${comma}{"cwd":${cwd},`),
        this.#encodeRest(entry),
      );
    }
    pieces.push(this.#encoder.encode(`]}${tail}`));
    return join(pieces);
  }

  /** All but the cwd, up to the end of the entry. */
  #encodeRest({ skills, errors }: SkillsListEntry): Uint8Array<ArrayBuffer> {
    const known = this.#encoded.get(skills);
    if (known !== undefined) return known;
    const text = JSON.stringify({ skills, errors }).slice(1);
    const bytes = this.#encoder.encode(text);
    this.#encoded.set(skills, bytes);
    return bytes;
  }
}

function join(
  pieces: readonly Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
