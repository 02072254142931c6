import type { HostMethod } from "../host/methods.ts";
import type { Host } from "../host/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** What a first request about this machine gets. */
interface Opened {
  readonly handlers: Handlers<Host, HostMethod>;
  readonly service: Host;
}

/** This machine; what it can do is loaded when somebody first asks. */
export class LazyHost {
  readonly #rooms: RoomsOnDemand;
  readonly #host: Host;

  constructor(rooms: RoomsOnDemand, host: Host) {
    this.#rooms = rooms;
    this.#host = host;
  }

  /** Opens it. */
  readonly open = async (): Promise<Opened> => ({
    handlers: (await (await this.#rooms.load()).hostHandlers()).hostHandlers,
    service: this.#host,
  });
}
