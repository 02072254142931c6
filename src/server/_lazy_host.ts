import { type HostMethod, loadHostHandlers } from "../host/methods.ts";
import type { Host } from "../host/mod.ts";
import type { Handlers } from "../rpc/mod.ts";

/** What a first request about this machine gets. */
interface Opened {
  readonly handlers: Handlers<Host, HostMethod>;
  readonly service: Host;
}

/** This machine; what it can do is loaded when somebody first asks. */
export class LazyHost {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Opens it. */
  readonly open = async (): Promise<Opened> => ({
    handlers: await loadHostHandlers(),
    service: this.#host,
  });
}
