import type { Logger } from "../telemetry/mod.ts";
import type { Session, SessionFactory } from "./method.ts";

/** The things of the domains that live with a connection: one of each kind. */
export class Belongings implements AsyncDisposable {
  readonly #session: Session;
  readonly #log: Logger;
  readonly #things = new Map<unknown, Disposable | AsyncDisposable>();
  #isEnding = false;

  constructor(session: Session, log: Logger) {
    this.#session = session;
    this.#log = log;
  }

  /** As {@linkcode Context.session}. */
  of<T extends Disposable | AsyncDisposable>(create: SessionFactory<T>): T {
    let thing = this.#things.get(create);
    if (thing === undefined) {
      thing = create(this.#session);
      this.#things.set(create, thing);
      // Whoever comes too late has no one to close it later.
      if (this.#isEnding) dispose(thing).catch(() => {});
    }
    return thing as T;
  }

  /** Disposes them, the newest first; one that fails does not keep the others. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    for (const thing of [...this.#things.values()].reverse()) {
      await dispose(thing).catch((error) =>
        this.#log.error("closing failed", {
          error: error instanceof Error
            ? error.stack ?? String(error)
            : String(error),
        })
      );
    }
  }
}

async function dispose(thing: Disposable | AsyncDisposable): Promise<void> {
  if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
  else thing[Symbol.dispose]();
}
