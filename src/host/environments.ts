import type { EnvironmentAddParams } from "../protocol/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import type { Dial } from "./_dial_exec_server.ts";
import { Environment } from "./environment.ts";
import { toAddress } from "./exec_server_address.ts";

/** Id of this machine among the places where threads work. */
export const local = "local";

/** What environments are made with. */
export interface EnvironmentsOptions {
  /** Opens a websocket. */
  readonly dial: Dial;
  /** Called when the server of one is reached, or out of reach for good. */
  readonly onChange: (id: string, isConnected: boolean) => void;
}

/**
 * The places where threads can work beside this machine. They belong to the
 * server, whoever adds them, and are forgotten with it.
 */
export class Environments implements AsyncDisposable {
  readonly #options: EnvironmentsOptions;
  readonly #known = new Map<string, Environment>();
  readonly #replaced = new Set<Promise<void>>();

  /** Knows none. */
  constructor(options: EnvironmentsOptions) {
    this.#options = options;
  }

  /** Ids, in the order in which they were added first. */
  get ids(): string[] {
    return [...this.#known.keys()];
  }

  /** The one with an id. */
  find(id: string): Environment | undefined {
    return this.#known.get(id);
  }

  /**
   * Adds one, in place of that with its id; whether its server is there turns
   * out later.
   *
   * @throws {RpcError} if it can't be.
   */
  add(params: EnvironmentAddParams): void {
    const { environmentId } = params;
    if (environmentId === "") refuse("environment id cannot be empty");
    if (environmentId === local) {
      refuse("environment id `local` is reserved for EnvironmentManager");
    }
    const address = toAddress(params);
    const before = this.#known.get(environmentId);
    if (before !== undefined) this.#letGo(before);
    const { dial, onChange } = this.#options;
    this.#known.set(
      environmentId,
      new Environment(address, {
        dial,
        requiredSkills: params.skills?.required ?? [],
        onChange: (isConnected) => onChange(environmentId, isConnected),
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#known.values()) this.#letGo(one);
    this.#known.clear();
    await Promise.all(this.#replaced);
  }

  #letGo(environment: Environment): void {
    const gone = environment[Symbol.asyncDispose]();
    this.#replaced.add(gone);
    gone.finally(() => this.#replaced.delete(gone));
  }
}

/** @throws {RpcError} always. */
function refuse(why: string): never {
  throw RpcError.invalidRequest(`exec-server protocol error: ${why}`);
}
