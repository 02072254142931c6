import { conceal, toStatusText } from "../model/mod.ts";
import { isObject, toText } from "./_claims.ts";

/** Sends a request over HTTP. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How long the issuer may take for one answer. */
const timeoutMs = 30_000;

/** The issuer refused, or gave no sensible answer. */
export class IssuerError extends Error {
  override name = "IssuerError";
  /** Status of its answer, if there was one. */
  readonly status: number | undefined;
  /** What it calls the reason. */
  readonly code: string | null;

  constructor(
    message: string,
    { status, code = null }: { status?: number; code?: string | null } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A request, and what it is called if it fails. */
export interface Question {
  readonly url: string;
  readonly form?: Record<string, string>;
  readonly json?: Record<string, string>;
  /** The message about an answer that is no success. */
  readonly toMessage: (status: string, description: string | null) => string;
}

/**
 * What the issuer answers.
 *
 * @throws {IssuerError} if that is no success.
 * @throws {unknown} the signal's reason.
 */
export async function askIssuer(
  fetch: Fetch,
  { url, form, json, toMessage }: Question,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": form === undefined
          ? "application/json"
          : "application/x-www-form-urlencoded",
      },
      body: form === undefined
        ? JSON.stringify(json)
        : new URLSearchParams(form).toString(),
      // Secrets must not follow to wherever an answer points.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    text = await response.text();
  } catch {
    signal.throwIfAborted();
    throw new IssuerError(`error sending request for url (${url})`);
  }
  const answer = parse(text);
  if (response.ok) return answer;
  const { status } = response;
  const description = toText(answer["error_description"]);
  const secrets = Object.values(form ?? json ?? {});
  throw new IssuerError(
    toMessage(
      `${status} ${toStatusText(status)}`,
      description && conceal(description, secrets),
    ),
    { status, code: toCode(answer) },
  );
}

function parse(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function toCode({ error, code }: Record<string, unknown>): string | null {
  return toText(isObject(error) ? error["code"] : error) ?? toText(code);
}
