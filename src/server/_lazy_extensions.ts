import type { Extensions, ExtensionsOptions } from "../extensions/mod.ts";
import type { ExtensionMethod } from "../extensions/methods.ts";
import type { Handlers } from "../rpc/mod.ts";
import { Lazy } from "./_lazy.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** What a first request for extensions gets. */
interface Opened {
  readonly handlers: Handlers<Extensions, ExtensionMethod>;
  readonly service: Extensions;
}

/** The extensions of a server: loaded when somebody first asks for them. */
export class LazyExtensions implements AsyncDisposable {
  readonly #rooms: RoomsOnDemand;
  readonly #options: ExtensionsOptions;
  readonly #service = new Lazy(async () => {
    const { Extensions } = await (await this.#rooms.load()).extensions();
    return new Extensions(this.#options);
  });

  constructor(rooms: RoomsOnDemand, options: ExtensionsOptions) {
    this.#rooms = rooms;
    this.#options = options;
  }

  /** Opens them, at the first call, and what answers requests. */
  readonly open = async (): Promise<Opened> => {
    const side = await this.#rooms.load();
    const service = await this.load();
    const { extensionHandlers } = await side.extensionHandlers();
    return { handlers: extensionHandlers, service };
  };

  /** Opens them, at the first call. */
  load(): Promise<Extensions> {
    return this.#service.get();
  }

  /** Has loaded threads go on with the skills and plugins that are on now. */
  async renewThreads(): Promise<void> {
    (await this.#service.made())?.renewThreads();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#service.made())?.[Symbol.asyncDispose]();
  }
}
