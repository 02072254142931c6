/** What stands in place of a secret wherever it is shown by mistake. */
const mask = "[secret]";

/**
 * A key or a token. It can't be written to a log, a message or a JSON text by
 * accident: only {@linkcode Secret.reveal} gives it away.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret itself. */
  reveal(): string {
    return this.#text;
  }

  /** Whether it is this one; how long that takes tells nothing about it. */
  equals(text: string): boolean {
    const ours = encoder.encode(this.#text);
    const theirs = encoder.encode(text);
    let difference = ours.length ^ theirs.length;
    for (let at = 0; at < theirs.length; at++) {
      difference |= theirs[at]! ^ (ours[at % ours.length] ?? 0);
    }
    return difference === 0;
  }

  /** The mask. */
  toString(): string {
    return mask;
  }

  /** The mask. */
  toJSON(): string {
    return mask;
  }

  /** The mask. */
  [Symbol.for("Deno.customInspect")](): string {
    return mask;
  }
}

const encoder = new TextEncoder();
