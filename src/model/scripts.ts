/** How far one script was played by one of those who follow it. */
export interface Playing {
  /** Text of the script: another one begins anew. */
  readonly text: string;
  /** How often each response was given. */
  readonly given: number[];
  /** How many were given in all. */
  total: number;
}

/**
 * How far scripts were played, for as long as this lives. A server has one for
 * all of its threads, so that a script can be played by all of them together.
 */
export class Scripts {
  readonly #playing = new Map<string, Playing>();

  /** Where somebody is in a script; at its start if its text is another one. */
  find(path: string, follower: string, text: string): Playing {
    const key = JSON.stringify([path, follower]);
    const known = this.#playing.get(key);
    if (known?.text === text) return known;
    const playing: Playing = { text, given: [], total: 0 };
    this.#playing.set(key, playing);
    return playing;
  }
}
