import type { Extensions, ExtensionsOptions } from "../extensions/mod.ts";
import {
  type ExtensionMethod,
  loadExtensionHandlers,
} from "../extensions/methods.ts";
import type { Handlers } from "../rpc/mod.ts";

/** What a first request for extensions gets. */
interface Opened {
  readonly handlers: Handlers<Extensions, ExtensionMethod>;
  readonly service: Extensions;
}

/** The extensions of a server: loaded when somebody first asks for them. */
export class LazyExtensions implements AsyncDisposable {
  readonly #options: ExtensionsOptions;
  #service: Promise<Extensions> | undefined;

  constructor(options: ExtensionsOptions) {
    this.#options = options;
  }

  /** Opens them, at the first call, and what answers requests. */
  readonly open = async (): Promise<Opened> => {
    const [handlers, service] = await Promise.all([
      loadExtensionHandlers(),
      this.load(),
    ]);
    return { handlers, service };
  };

  /** Opens them, at the first call. */
  load(): Promise<Extensions> {
    return this.#service ??= import("../extensions/mod.ts").then((room) =>
      new room.Extensions(this.#options)
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#service)?.[Symbol.asyncDispose]();
  }
}
