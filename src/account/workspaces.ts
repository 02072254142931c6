import { RpcError, type WorkspaceRouting } from "../protocol/mod.ts";
import { type Backend, BackendError } from "./backend.ts";
import {
  pickWorkspace,
  toRouting,
  toWorkspaces,
  type Workspace,
} from "./_routing.ts";
import type { ChatgptAccess } from "./sign_in.ts";

/** What {@linkcode Workspaces} needs. */
export interface WorkspacesOptions {
  readonly backend: Backend;
  /**
   * Renews tokens that were refused.
   *
   * @returns The newer ones; nothing if nobody is signed in any more.
   * @throws {Error} if they can't be renewed.
   */
  readonly renew: (access: ChatgptAccess) => Promise<ChatgptAccess | undefined>;
}

/** A workspace, and the tokens that were good for it in the end. */
export interface FoundWorkspace {
  readonly name: string | null;
  readonly routing: WorkspaceRouting;
  readonly access: ChatgptAccess;
}

/** All workspaces, and the tokens that were good for them in the end. */
interface Listed {
  readonly workspaces: readonly Workspace[];
  readonly access: ChatgptAccess;
}

/** The workspaces of an account. */
export class Workspaces {
  readonly #options: WorkspacesOptions;
  #known:
    | { access: ChatgptAccess; url: string; found: Promise<FoundWorkspace> }
    | undefined;

  constructor(options: WorkspacesOptions) {
    this.#options = options;
  }

  /**
   * The chosen one; looked up once for its tokens. What failed is tried again
   * the next time.
   *
   * @param url Where ChatGPT answers.
   * @throws {RpcError} if ChatGPT does not tell.
   */
  find(url: string, access: ChatgptAccess): Promise<FoundWorkspace> {
    const known = this.#known;
    if (known?.url === url && isSame(known.access, access)) return known.found;
    const found = this.#find(url, access);
    this.#known = { access, url, found };
    found.then((result) => {
      // They are known for the newer tokens, too.
      if (this.#known?.found === found) {
        this.#known = { access: result.access, url, found };
      }
    }, () => {
      if (this.#known?.found === found) this.#known = undefined;
    });
    return found;
  }

  /**
   * All of them, as they are now.
   *
   * @param url Where ChatGPT answers.
   * @throws {RpcError} if ChatGPT does not tell.
   */
  async list(
    url: string,
    access: ChatgptAccess,
  ): Promise<readonly Workspace[]> {
    return (await this.#list(url, access)).workspaces;
  }

  async #find(url: string, asked: ChatgptAccess): Promise<FoundWorkspace> {
    if (!asked.accountId) {
      throw RpcError.internal(
        "workspace routing requires a ChatGPT account id",
      );
    }
    const { workspaces, access } = await this.#list(url, asked);
    const one = pickWorkspace(workspaces, access.accountId ?? "");
    return { name: one.name, routing: toRouting(one), access };
  }

  async #list(url: string, access: ChatgptAccess): Promise<Listed> {
    const { renew } = this.#options;
    try {
      return await this.#ask(url, access);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (error.status !== 401) throw failed();
    }
    try {
      const renewed = await renew(access);
      if (renewed !== undefined) return await this.#ask(url, renewed);
    } catch (error) {
      if (error instanceof RpcError) throw error;
      if (error instanceof BackendError && error.status !== 401) {
        throw failed();
      }
    }
    throw RpcError.internal("workspace routing discovery unauthorized (401)");
  }

  async #ask(url: string, access: ChatgptAccess): Promise<Listed> {
    const { backend } = this.#options;
    const answer = await backend.ask(`${url}/wham/accounts/check`, access);
    return { workspaces: toWorkspaces(answer), access };
  }
}

function failed(): RpcError {
  return RpcError.internal("workspace routing discovery failed");
}

function isSame(one: ChatgptAccess, other: ChatgptAccess): boolean {
  return one.accountId === other.accountId &&
    one.accessToken.equals(other.accessToken.reveal());
}
