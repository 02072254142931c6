import type { Asker } from "./_asker.ts";
import { isRecord } from "./_exec_server_json.ts";
import { RemoteProgram } from "./_remote_program.ts";
import type { RemoteOrder } from "./remote_order.ts";

/** How news about programs begins. */
const PREFIX = "process/";

/** The programs that run behind an exec server for us. */
export class RemotePrograms {
  readonly #asker: Asker;
  readonly #running = new Map<string, RemoteProgram>();

  /** Knows none. */
  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** Starts one. */
  start(order: RemoteOrder): RemoteProgram {
    const program: RemoteProgram = new RemoteProgram({
      order,
      asker: this.#asker,
      onOver: () => this.#running.delete(program.id),
    });
    this.#running.set(program.id, program);
    return program;
  }

  /** Hears what the server tells unasked. */
  hear(method: string, params: unknown): void {
    if (!method.startsWith(PREFIX) || !isRecord(params)) return;
    const { processId } = params;
    if (typeof processId !== "string") return;
    this.#running.get(processId)?.hear(method.slice(PREFIX.length), params);
  }

  /** Catches up with all after a connection was mended. */
  resume(): void {
    for (const program of this.#running.values()) program.resume();
  }

  /** Gives all up: the session that they belong to is gone. */
  lose(why: string): void {
    for (const program of [...this.#running.values()]) program.lose(why);
  }
}
