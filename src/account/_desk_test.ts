import { Config, type ConfigTable } from "../config/mod.ts";
import type {
  Announcement,
  ServerMethodName,
  ServerRequests,
} from "../protocol/mod.ts";
import { createLogger, LogFilter } from "../telemetry/mod.ts";
import { Accounts } from "./accounts.ts";

/** What an issuer or ChatGPT was asked. */
export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Answers a request, by the path of its address. */
export type Endpoint = (asked: Asked) => Response | Promise<Response>;

/** An account, and all that it touches. */
export interface Desk extends AsyncDisposable {
  readonly accounts: Accounts;
  readonly home: string;
  /** Requests over HTTP so far. */
  readonly asked: Asked[];
  /** `[method, params]` of what all clients were told so far. */
  readonly told: [string, unknown][];
  /** What clients were asked so far. */
  readonly questions: unknown[];
  /** All log lines so far. */
  readonly lines: string[];
  /** The next thing that clients are told, beyond what was told before. */
  next(method: string): Promise<unknown>;
  /** The text of `auth.json`. */
  saved(): Promise<string>;
}

export interface DeskOptions {
  readonly config?: ConfigTable;
  /** What `auth.json` holds in the beginning. */
  readonly auth?: unknown;
  readonly endpoints?: Readonly<Record<string, Endpoint>>;
  /** What a client answers when it is asked for tokens. */
  readonly answer?: (signal: AbortSignal) => Promise<unknown>;
  readonly refreshTimeoutMs?: number;
  /** Where a browser may come back to. Default: any port. */
  readonly callbackPorts?: readonly number[];
}

export const issuerUrl = "https://issuer.example";

/** The check of workspaces as ChatGPT answers it. */
export const checkedWorkspaces: Endpoint = () =>
  Response.json({
    accounts: [
      { id: "acc-0", workspace_backend_origin: "https://other.example" },
      {
        id: "acc-1",
        name: "Work",
        structure: "workspace",
        workspace_backend_origin: "https://backend.example",
        account_routing_override: "us",
      },
      {
        id: "acc-2",
        workspace_backend_origin: "https://second.example",
        account_routing_override: "NO_CONSTRAINT",
      },
    ],
  });

export async function openDesk(options: DeskOptions = {}): Promise<Desk> {
  const home = await Deno.realPath(await Deno.makeTempDir());
  if (options.auth !== undefined) {
    const text = typeof options.auth === "string"
      ? options.auth
      : JSON.stringify(options.auth);
    await Deno.writeTextFile(`${home}/auth.json`, text);
  }
  const endpoints: Record<string, Endpoint> = {
    "/backend-api/wham/accounts/check": checkedWorkspaces,
    ...options.endpoints,
  };
  const asked: Asked[] = [];
  const told: [string, unknown][] = [];
  const questions: unknown[] = [];
  const lines: string[] = [];
  const waiters = new Set<() => void>();
  let seen = 0;
  const accounts = new Accounts({
    home,
    env: {
      get: (name) =>
        name === "CODEX_APP_SERVER_LOGIN_ISSUER" ? issuerUrl : undefined,
    },
    log: createLogger({
      write: (line) => lines.push(line),
      filter: LogFilter.parse("trace"),
    }),
    readConfig: () =>
      Promise.resolve(
        new Config({
          effective: {
            chatgpt_base_url: "https://chat.example/backend-api/",
            ...options.config,
          },
        }),
      ),
    clients: {
      announce({ method, params }: Announcement) {
        told.push([method, params]);
        for (const wake of waiters) wake();
      },
      async ask<M extends ServerMethodName>(
        method: M,
        params: ServerRequests[M]["params"],
        { signal }: { readonly signal: AbortSignal },
      ): Promise<ServerRequests[M]["result"]> {
        questions.push([method, params]);
        const answer = await options.answer?.(signal);
        return answer as ServerRequests[M]["result"];
      },
    },
    userAgent: () => "test/1.0",
    originator: () => "tester",
    callbackPorts: options.callbackPorts ?? [0],
    refreshTimeoutMs: options.refreshTimeoutMs ?? 5_000,
    async fetch(url, init) {
      init.signal?.throwIfAborted();
      const one: Asked = {
        url,
        method: init.method ?? "GET",
        headers: new Headers(init.headers),
        body: String(init.body ?? ""),
      };
      asked.push(one);
      const endpoint = endpoints[new URL(url).pathname];
      return await endpoint?.(one) ??
        Response.json({ error: { message: "no such thing" } }, { status: 404 });
    },
  });
  return {
    accounts,
    home,
    asked,
    told,
    questions,
    lines,
    async next(method) {
      for (;;) {
        const at = told.findIndex(([name], index) =>
          index >= seen && name === method
        );
        if (at >= 0) {
          seen = at + 1;
          return told[at]![1];
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        waiters.add(resolve);
        await promise;
        waiters.delete(resolve);
      }
    },
    saved: () => Deno.readTextFile(`${home}/auth.json`),
    async [Symbol.asyncDispose]() {
      await accounts[Symbol.asyncDispose]();
      await Deno.remove(home, { recursive: true });
    },
  };
}

/** A token that says such things; its signature is nobody's. */
export function toToken(
  claims: {
    readonly accountId?: string;
    readonly plan?: string;
    readonly email?: string;
    readonly exp?: number;
    readonly serial?: number;
  } = {},
): string {
  const encode = (value: unknown): string =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
  const { accountId = "acc-1", plan = "pro", email = "a@b.example" } = claims;
  const payload = {
    email,
    exp: claims.exp ?? 4_000_000_000,
    serial: claims.serial ?? 0,
    "https://api.openai.com/auth": {
      chatgpt_plan_type: plan,
      chatgpt_user_id: "user-1",
      chatgpt_account_id: accountId,
    },
  };
  return `${encode({ alg: "none" })}.${encode(payload)}.c2ln`;
}

/** `auth.json` of somebody who signed in with a browser. */
export function toManaged(
  tokens: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: null,
    tokens: {
      id_token: toToken(),
      access_token: toToken({ serial: 1 }),
      refresh_token: "refresh-1",
      account_id: "acc-1",
      ...tokens,
    },
    last_refresh: "2026-01-01T00:00:00Z",
    added_by_others: { kept: true },
  };
}

/** Gives out tokens whenever somebody asks, with a number in each. */
export function issueTokens(
  claims: Parameters<typeof toToken>[0] = {},
): Endpoint {
  let serial = 100;
  return ({ body }) =>
    body.includes("token-exchange")
      ? Response.json({ access_token: "sk-exchanged" })
      : Response.json({
        id_token: toToken({ ...claims, serial: ++serial }),
        access_token: toToken({ ...claims, serial: ++serial }),
        refresh_token: `refresh-${++serial}`,
      });
}

/** A provider that takes the account. */
export const account: ConfigTable = {
  model_provider: "mine",
  model_providers: {
    mine: { base_url: "https://mine.example/v1", requires_openai_auth: true },
  },
};
