import {
  type AccountRoutingOverride,
  type JsonValue,
  RpcError,
  type WorkspaceRouting,
} from "../protocol/mod.ts";
import { isObject, toObject, toText } from "./_claims.ts";
import type { Fetch } from "./issuer.ts";
import type { ChatgptAccess } from "./sign_in.ts";

/** How long ChatGPT may take for one answer. */
const timeoutMs = 15_000;

/** What a workspace is called, and where its requests go. */
export interface Workspace {
  readonly routing: WorkspaceRouting;
  readonly name: string | null;
  readonly kind: "personal" | "workspace" | null;
}

/** ChatGPT did not answer as it should. */
export class BackendError extends Error {
  override name = "BackendError";
  /** Status of its answer, if there was one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** Asks ChatGPT about an account. */
export class Backend {
  readonly #fetch: Fetch;
  readonly #userAgent: () => string;

  constructor(
    options: { readonly fetch: Fetch; readonly userAgent: () => string },
  ) {
    this.#fetch = options.fetch;
    this.#userAgent = options.userAgent;
  }

  /**
   * What ChatGPT answers.
   *
   * @throws {BackendError} if it is no success; its body, where secrets may
   * stand, is not repeated.
   */
  async ask(
    url: string,
    access: ChatgptAccess,
    body?: Record<string, JsonValue>,
  ): Promise<Record<string, unknown>> {
    const method = body === undefined ? "GET" : "POST";
    const failed = (reason: string, status?: number): BackendError =>
      new BackendError(`${method} ${url} failed: ${reason}`, status);
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(url, {
        method,
        headers: {
          ...toHeaders(access),
          accept: "application/json",
          "user-agent": this.#userAgent(),
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch {
      throw failed("error sending request");
    }
    if (!response.ok) {
      throw failed(`status ${response.status}`, response.status);
    }
    try {
      const answer = JSON.parse(text);
      if (isObject(answer)) return answer;
    } catch {
      // told below
    }
    throw failed("the answer is not what it should be");
  }

  /**
   * Looks up the workspace of an account.
   *
   * @throws {RpcError} if ChatGPT does not know it, or does not answer.
   */
  async findWorkspace(
    backendUrl: string,
    access: ChatgptAccess,
  ): Promise<Workspace> {
    let answer: Record<string, unknown>;
    try {
      answer = await this.ask(`${backendUrl}/wham/accounts/check`, access);
    } catch {
      throw RpcError.internal("workspace routing discovery failed");
    }
    const { accountId } = access;
    const entry = toEntries(answer["accounts"])
      .find(({ id }) => id === accountId && id !== null);
    if (entry === undefined || accountId === null) {
      throw RpcError.internal(
        "selected workspace missing from routing discovery",
      );
    }
    const backendOrigin = toText(entry["workspace_backend_origin"]);
    if (backendOrigin === null) {
      throw RpcError.internal(
        "workspace routing discovery missing backend origin",
      );
    }
    const { structure } = entry;
    return {
      routing: {
        chatgptAccountId: accountId,
        backendOrigin,
        accountRoutingOverride: toOverride(entry["account_routing_override"]),
      },
      name: toText(entry["name"]),
      kind: structure === "personal" || structure === "workspace"
        ? structure
        : null,
    };
  }
}

/** Headers that sign a request in. */
export function toHeaders(access: ChatgptAccess): Record<string, string> {
  return {
    authorization: `Bearer ${access.accessToken.reveal()}`,
    ...(access.accountId !== null && {
      "chatgpt-account-id": access.accountId,
    }),
  };
}

function toEntries(accounts: unknown): Record<string, unknown>[] {
  if (Array.isArray(accounts)) return accounts.map(toObject);
  return Object.entries(toObject(accounts))
    .map(([id, entry]) => ({ id, ...toObject(entry) }));
}

function toOverride(value: unknown): AccountRoutingOverride {
  if (value === undefined || value === null) return "NO_CONSTRAINT";
  if (value === "NO_CONSTRAINT" || value === "us" || value === "us_cr") {
    return value;
  }
  // Where its requests have to stay is not for us to guess.
  throw RpcError.internal("workspace routing discovery failed");
}
