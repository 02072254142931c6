const RANDOM_BYTES = 32;

/**
 * A random text that opens something to whoever has it. It shows in no log and
 * no inspection: the text is given out by {@linkcode Secret.reveal} alone.
 */
export class Secret {
  readonly #text = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))
    .toBase64({ alphabet: "base64url", omitPadding: true });

  /** The text, for the one who is to have it. */
  reveal(): string {
    return this.#text;
  }

  /** Whether this is it. Takes as long for any other text of its length. */
  matches(candidate: string): boolean {
    const text = this.#text;
    if (candidate.length !== text.length) return false;
    let difference = 0;
    for (let at = 0; at < text.length; at++) {
      difference |= text.charCodeAt(at) ^ candidate.charCodeAt(at);
    }
    return difference === 0;
  }
}
