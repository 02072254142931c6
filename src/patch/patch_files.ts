/** What is at a path, as it was when a patch was verified. */
export interface Sight {
  /** The path: absolute and normalised. */
  readonly path: string;
  /** Real path that a write reaches, after all links. */
  readonly place: string;
  /** Real path of the name itself: what a removal takes away. */
  readonly entry: string;
  /** Its bytes; nothing if there is no file. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Permission bits of the file. */
  readonly mode: number | undefined;
}

/** Files, as far as patches are concerned with them. */
export interface PatchFiles {
  /**
   * Looks at what is to be changed. It has to be a regular file or nothing, and
   * both reading and writing it have to be allowed.
   *
   * @param path Absolute and normalised.
   * @throws {Error} why not, in words for a model.
   */
  look(path: string): Promise<Sight>;
  /**
   * Makes the file have this content, in one step. Missing directories are
   * created.
   *
   * @param mode Permission bits of a file that is new.
   * @throws {Error} if anything there is not as it was seen, or the system
   * refuses; nothing was changed then.
   */
  write(sight: Sight, content: string, mode?: number): Promise<void>;
  /**
   * Takes the file away.
   *
   * @throws {Error} as for `write`.
   */
  remove(sight: Sight): Promise<void>;
}
