import type { JsonValue } from "../protocol/mod.ts";
import { toStatusText } from "../model/mod.ts";
import { isObject } from "./_claims.ts";
import type { Fetch } from "./_ask_issuer.ts";
import type { ChatgptAccess } from "./sign_in.ts";

/** How long ChatGPT may take for one answer. */
const timeoutMs = 15_000;

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
      const { status } = response;
      throw failed(`${status} ${toStatusText(status)}`, status);
    }
    try {
      const answer = JSON.parse(text);
      if (isObject(answer)) return answer;
    } catch {
      // told below
    }
    throw failed("the answer is not what it should be");
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
