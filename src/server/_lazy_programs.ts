import type { ExecMethod } from "../exec/methods.ts";
import type { Programs, ProgramsOptions } from "../exec/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { Lazy } from "./_lazy.ts";

/** What a first request about programs gets. */
interface Opened {
  readonly handlers: Handlers<Programs, ExecMethod>;
  readonly service: Programs;
}

/**
 * The programs of a server; what runs them is loaded when somebody first asks.
 * It is no room on demand: a process that may not read its own source runs
 * programs too.
 */
export class LazyPrograms implements AsyncDisposable {
  readonly #programs: Lazy<Programs>;

  constructor(options: Omit<ProgramsOptions, "createSpawner">) {
    this.#programs = new Lazy(async () => {
      const { Programs } = await import("../exec/mod.ts");
      const { createSpawner } = await import("../spawn/mod.ts");
      return new Programs({ ...options, createSpawner });
    });
  }

  /** Opens them, at the first call, and what answers requests. */
  readonly open = async (): Promise<Opened> => {
    const service = await this.load();
    const { execHandlers } = await import("../exec/handlers.ts");
    return { handlers: execHandlers, service };
  };

  /** Opens them, at the first call. */
  load(): Promise<Programs> {
    return this.#programs.get();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#programs.made())?.[Symbol.asyncDispose]();
  }
}
