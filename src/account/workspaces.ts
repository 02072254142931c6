import type { Backend, Workspace } from "./backend.ts";
import type { Secret } from "./_secret.ts";
import type { ChatgptAccess } from "./sign_in.ts";

/** The workspace of the account, looked up once for its tokens. */
export class Workspaces {
  readonly #backend: Backend;
  #known:
    | { token: Secret; url: string; found: Promise<Workspace> }
    | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * Looks it up; what failed is tried again the next time.
   *
   * @throws {RpcError} if ChatGPT does not tell.
   */
  find(url: string, access: ChatgptAccess): Promise<Workspace> {
    const { accessToken: token } = access;
    const known = this.#known;
    if (known?.url === url && known.token.equals(token.reveal())) {
      return known.found;
    }
    const found = this.#backend.findWorkspace(url, access);
    this.#known = { token, url, found };
    found.catch(() => {
      if (this.#known?.found === found) this.#known = undefined;
    });
    return found;
  }
}
