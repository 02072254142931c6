import { type AuthDocument, parseDocument } from "./sign_in.ts";

/** Where sign-ins are kept, as `cli_auth_credentials_store` names it. */
export type StoreMode = "file" | "keyring" | "auto" | "ephemeral";

/** Only the owner reads it and writes it. */
const privateMode = 0o600;

/**
 * Keeps the sign-in: in `auth.json` (`file`, and `auto`, for there is no
 * keyring) or in memory until the server ends (`ephemeral`).
 */
export class AuthStore {
  readonly #path: string;
  #ephemeral: AuthDocument | undefined;

  constructor(home: string) {
    this.#path = `${home}/auth.json`;
  }

  /**
   * What is kept, if anything is.
   *
   * @throws {SyntaxError} if the file does not hold what it should.
   */
  async load(mode: StoreMode): Promise<AuthDocument | undefined> {
    if (mode === "ephemeral") return this.#ephemeral;
    if (mode === "keyring") return undefined;
    let text: string;
    try {
      text = await Deno.readTextFile(this.#path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    return parseDocument(text);
  }

  /**
   * Keeps something else from now on. Whoever reads the file sees the old one
   * or the new one.
   *
   * @throws {Deno.errors.NotSupported} if a keyring is asked for.
   */
  async save(mode: StoreMode, document: AuthDocument): Promise<void> {
    if (mode === "ephemeral") {
      this.#ephemeral = document;
      return;
    }
    refuseKeyring(mode);
    const target = await Deno.realPath(this.#path).catch(() => this.#path);
    const temporary = `${target}.${crypto.randomUUID()}.tmp`;
    try {
      {
        using file = await Deno.open(temporary, {
          write: true,
          createNew: true,
          mode: privateMode,
        });
        const bytes = new TextEncoder().encode(
          JSON.stringify(document, null, 2),
        );
        for (let at = 0; at < bytes.length;) {
          at += await file.write(bytes.subarray(at));
        }
        await file.sync();
      }
      await Deno.rename(temporary, target);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
  }

  /** Keeps nothing any more. */
  async remove(mode: StoreMode): Promise<void> {
    this.#ephemeral = undefined;
    if (mode === "ephemeral" || mode === "keyring") return;
    try {
      await Deno.remove(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

function refuseKeyring(mode: StoreMode): void {
  if (mode !== "keyring") return;
  throw new Deno.errors.NotSupported(
    "failed to write OAuth tokens to keyring: this server has none: " +
      'set cli_auth_credentials_store to "file"',
  );
}
