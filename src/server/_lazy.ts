/** Something that is made when it is first asked for. */
export class Lazy<T> {
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  /** @param make Is called again where it failed, by whoever asks next. */
  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Gives it, at the first call makes it. */
  get(): Promise<T> {
    return this.#made ??= this.#make().catch((error) => {
      this.#made = undefined;
      throw error;
    });
  }

  /** What was made or is being made; undefined if nobody asked, or in vain. */
  async made(): Promise<T | undefined> {
    return await this.#made?.catch(() => undefined);
  }
}
