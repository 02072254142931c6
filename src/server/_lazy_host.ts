import type { HostMethod } from "../host/methods.ts";
import type { Environments, EnvironmentsOptions, Host } from "../host/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { Lazy } from "./_lazy.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** What is known of this machine without the places beside it. */
export type LazyHostOptions =
  & Omit<Host, "environments">
  & { readonly environments: EnvironmentsOptions };

/** What a first request about this machine gets. */
interface Opened {
  readonly handlers: Handlers<Host, HostMethod>;
  readonly service: Host;
}

/** This machine; what it can do is loaded when somebody first asks. */
export class LazyHost implements AsyncDisposable {
  readonly #rooms: RoomsOnDemand;
  readonly #options: LazyHostOptions;
  readonly #opened = new Lazy(() => this.#open());
  #environments: Environments | undefined;

  constructor(rooms: RoomsOnDemand, options: LazyHostOptions) {
    this.#rooms = rooms;
    this.#options = options;
  }

  /** Opens it, at the first call. */
  readonly open = (): Promise<Opened> => this.#opened.get();

  /** The places beside it; nothing as long as nobody could have added one. */
  get environments(): Environments | undefined {
    return this.#environments;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened.made())?.service
      .environments[Symbol.asyncDispose]();
  }

  async #open(): Promise<Opened> {
    const side = await this.#rooms.load();
    const { Environments } = await side.host();
    const { hostHandlers } = await side.hostHandlers();
    this.#environments = new Environments(this.#options.environments);
    return {
      handlers: hostHandlers,
      service: { ...this.#options, environments: this.#environments },
    };
  }
}
