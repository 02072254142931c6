import { Access } from "../access/mod.ts";
import { Watches } from "../files/mod.ts";

/** Milliseconds for which changes are gathered before anybody is told. */
const gatherMs = 1000;

/** Directories that are watched at most; skills of more are looked for anew. */
const maxPlaces = 256;

/** Watches directories with skills, whether they exist or not. */
export class SkillWatch implements AsyncDisposable {
  readonly #watches: Watches;
  readonly #places = new Map<string, Promise<void>>();
  readonly #armed = new Set<string>();
  readonly #drop: (path: string) => void;
  readonly #onChange: () => void;
  #access: Promise<Access> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  /**
   * @param drop Called at once with a directory that changed.
   * @param onChange Called a while after the first of some changes.
   */
  constructor(
    drop: (path: string) => void,
    onChange: () => void,
  ) {
    this.#drop = drop;
    this.#onChange = onChange;
    this.#watches = new Watches({
      isGangway: false,
      notify: ({ watchId }) => this.#hear(watchId),
    });
  }

  /** Whether changes of a directory are noticed. */
  isWatched(path: string): boolean {
    return this.#armed.has(path);
  }

  /** Watches a directory from now on. Resolves when it does. */
  add(path: string): Promise<void> {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    if (this.#isDisposed || this.#places.size >= maxPlaces) {
      return Promise.resolve();
    }
    const watching = this.#add(path);
    this.#places.set(path, watching);
    return watching;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#places.values());
    await this.#watches[Symbol.asyncDispose]();
  }

  async #add(path: string): Promise<void> {
    try {
      // The server's own eyes: what clients may read is not the question.
      const access = await (this.#access ??= Access.create({}));
      await this.#watches.add(path, path, access, { recursive: true });
      // What was found before may have changed before it was watched.
      this.#drop(path);
      this.#armed.add(path);
    } catch {
      // Bounds of the system: its skills are looked for anew each time.
    }
  }

  #hear(path: string): void {
    if (this.#isDisposed) return;
    this.#drop(path);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#onChange();
    }, gatherMs);
  }
}
