import { type Context, Hono } from "hono";
import { toHandshakeFault } from "./_handshake_fault.ts";
import type { BearerPolicy } from "./bearer.ts";

/** Who may come in through the HTTP door. */
export interface HttpAppOptions {
  /** Whom to let in; without it everybody. */
  readonly auth?: BearerPolicy | undefined;
  /** Values of `Origin` that are let in, compared whole. Default: none. */
  readonly allowOrigins?: readonly string[];
}

/** What the app must know of a request beside the `Request`. */
export interface HttpAppBindings {
  /** Whether the connection can become a websocket (HTTP/1.1). */
  readonly canUpgrade: boolean;
}

/** The app: a request in, the answer out; status 101 asks for the upgrade. */
export type HttpApp = Hono<{ Bindings: HttpAppBindings }>;

const PLAIN = { "content-type": "text/plain; charset=utf-8" };

/**
 * Answers every HTTP request of the websocket listener. The order is part of
 * the protocol: `Origin`, probes, method, handshake headers, auth, upgrade.
 *
 * An `Origin` header means a browser, whose pages could otherwise reach a
 * server on this machine: it is refused unless its exact value is allowed.
 */
export function createHttpApp(
  { auth, allowOrigins = [] }: HttpAppOptions,
): HttpApp {
  const app: HttpApp = new Hono();
  const refuse = (
    context: Context,
    status: 400 | 401 | 405 | 426,
    words: string,
  ) => context.body(words, status, PLAIN);

  app.use(async (context, next) => {
    const origin = context.req.header("origin");
    if (origin !== undefined && !allowOrigins.includes(origin)) {
      return context.body(null, 403);
    }
    await next();
  });
  for (const probe of ["/readyz", "/healthz"]) {
    app.get(probe, (context) => context.body(null, 200));
    app.all(probe, (context) => context.body(null, 405, { allow: "GET,HEAD" }));
  }
  app.all("*", (context) => {
    // Hono runs a HEAD request as GET, the raw one knows.
    if (context.req.raw.method !== "GET") {
      return refuse(context, 405, "Request method must be `GET`");
    }
    const fault = toHandshakeFault((name) => context.req.header(name));
    if (fault) return refuse(context, 400, fault);
    if (!context.env.canUpgrade) {
      return refuse(context, 426, "This connection cannot be upgraded");
    }
    const refusal = auth?.refusal(context.req.header("authorization"));
    if (refusal) return refuse(context, 401, refusal);
    return context.body(null, 101);
  });
  return app;
}
