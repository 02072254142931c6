import type { Extensions, ExtensionsOptions } from "../extensions/mod.ts";
import type { ExtensionMethod } from "../extensions/methods.ts";
import type { Handlers } from "../rpc/mod.ts";
import { Lazy } from "./_lazy.ts";
import type { LazyPrograms } from "./_lazy_programs.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** What extensions are composed of. */
export type LazyExtensionsOptions =
  & Omit<ExtensionsOptions, "programs">
  & { readonly programs: Pick<LazyPrograms, "load"> };

/** What a first request for extensions gets. */
interface Opened {
  readonly handlers: Handlers<Extensions, ExtensionMethod>;
  readonly service: Extensions;
}

/** The extensions of a server: loaded when somebody first asks for them. */
export class LazyExtensions implements AsyncDisposable {
  readonly #rooms: RoomsOnDemand;
  readonly #options: LazyExtensionsOptions;
  readonly #service = new Lazy(async () => {
    const { Extensions } = await (await this.#rooms.load()).extensions();
    const programs = await this.#options.programs.load();
    return new Extensions({ ...this.#options, programs });
  });

  constructor(rooms: RoomsOnDemand, options: LazyExtensionsOptions) {
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

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#service.made())?.[Symbol.asyncDispose]();
  }
}
