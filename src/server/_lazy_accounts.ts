import type { AccountGround, Accounts } from "../account/mod.ts";
import type { AccountMethod } from "../account/methods.ts";
import type { Credentials } from "../model/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { Lazy } from "./_lazy.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** What a first request for the account gets. */
interface Opened {
  readonly handlers: Handlers<Accounts, AccountMethod>;
  readonly service: Accounts;
}

/**
 * The account of a server: loaded when somebody first asks for it, or for a
 * model.
 */
export class LazyAccounts implements AsyncDisposable {
  readonly #rooms: RoomsOnDemand;
  readonly #ground: AccountGround;
  readonly #opened = new Lazy(() => this.#open());

  constructor(rooms: RoomsOnDemand, ground: AccountGround) {
    this.#rooms = rooms;
    this.#ground = ground;
  }

  /** Opens it, at the first call. */
  readonly open = (): Promise<Opened> => this.#opened.get();

  /** What signs requests to models in. */
  async credentials(): Promise<Credentials> {
    const { service } = await this.#opened.get();
    const { createCredentials } = await (await this.#rooms.load()).account();
    return createCredentials(service, this.#ground);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened.made())?.service[Symbol.asyncDispose]();
  }

  async #open(): Promise<Opened> {
    const side = await this.#rooms.load();
    const { Accounts } = await side.account();
    const { accountHandlers } = await side.accountHandlers();
    return { handlers: accountHandlers, service: new Accounts(this.#ground) };
  }
}
