import { concat } from "../bytes.ts";
import type { Steps } from "../case.ts";
import type { CaseRun } from "../case_run.ts";
import { eventually } from "../deadline.ts";
import { check, Failure } from "../failure.ts";
import { exchange, headerLines } from "../http_exchange.ts";
import { type Json, show } from "../json.ts";
import { matches } from "../matcher.ts";

/** `connect`: a websocket handshake, expected to succeed or not. */
export async function connect(
  run: CaseRun,
  step: Steps["connect"],
): Promise<void> {
  const limitMs = run.toLimitMs(step.within ?? 4000);
  const attempt = () =>
    run.upgrade(step.connect, {
      limitMs,
      ...(step.path === undefined ? {} : { path: step.path }),
      ...(step.headers === undefined ? {} : { headers: step.headers }),
    });
  const reply = step.eventually === true
    ? await eventually(attempt, limitMs, run.signal)
    : await attempt();
  check(
    step.status ?? 101,
    reply.status,
    `handshake status (body ${show(reply.body)})`,
  );
  if (step.body !== undefined && !isLeftOpen(run, step.body)) {
    check(step.body, reply.body, "handshake body");
  }
  if (step.respHeaders !== undefined) {
    check(step.respHeaders, reply.headers, "handshake headers");
  }
}

/** `http`: one request on a connection of its own. */
export async function http(run: CaseRun, step: Steps["http"]): Promise<void> {
  const { method = "GET", path = "/", body = "", headers } = step.http;
  const bodyBytes = new TextEncoder().encode(body).length;
  const hasBody = body !== "" || method === "POST" || method === "PUT";
  const lines = headerLines({
    Host: "localhost",
    ...(hasBody ? { "Content-Length": String(bodyBytes) } : {}),
    ...headers,
  });
  const reply = await exchange(
    run.address,
    step.http.raw ?? `${method} ${path} HTTP/1.1\r\n${lines}\r\n${body}`,
    {
      limitMs: run.toLimitMs(Math.min(step.within ?? 3000, 3000)),
      method,
      signal: run.signal,
    },
  );
  reply.conn.close();
  if (step.status !== undefined) {
    check(step.status, reply.status, `status (reply ${show(reply.raw)})`);
  }
  if (step.body !== undefined && !isLeftOpen(run, step.body)) {
    check(step.body, reply.body, "body");
  }
  if (step.respHeaders !== undefined) {
    check(step.respHeaders, reply.headers, "headers");
  }
  if (step.rawText !== undefined) check(step.rawText, reply.raw, "raw reply");
}

/** `frame`: one websocket frame, which may break the rules. */
export async function frame(
  run: CaseRun,
  step: Steps["frame"],
): Promise<void> {
  const { opcode, data = "", base64, code, ...bits } = step.frame;
  const text = new TextEncoder().encode(data);
  const payload = base64 !== undefined
    ? Uint8Array.fromBase64(base64)
    : code !== undefined
    ? concat([Uint8Array.of(code >> 8, code & 255), text])
    : text;
  await run.websocket(step.on).sendFrame({ opcode, payload, ...bits });
}

/** `expectFrame`: a control or binary frame that came or will come. */
export async function expectFrame(
  run: CaseRun,
  step: Steps["expectFrame"],
): Promise<void> {
  const { inbox } = run.websocket(step.on);
  const found = await inbox.takeFrame(
    (received) => matches(step.expectFrame, { ...received }),
    run.toLimitMs(step.within ?? 5000),
    run.signal,
  );
  if (found !== undefined) return;
  throw new Failure(
    `no frame like ${show(step.expectFrame)}; ` +
      `got ${show(inbox.frames.map((received) => ({ ...received })))}`,
  );
}

/** `expectClosed`: the peer ended the connection, or did not. */
export async function expectClosed(
  run: CaseRun,
  step: Steps["expectClosed"],
): Promise<void> {
  const ms = step.within ?? 5000;
  const limitMs = step.expectClosed ? run.toLimitMs(ms) : ms;
  const { inbox } = run.connection(step.on);
  const reason = await inbox.waitClosed(limitMs, run.signal);
  if ((reason !== undefined) === step.expectClosed) return;
  throw new Failure(
    reason === undefined
      ? `connection still open after ${limitMs} ms`
      : `connection closed: ${reason}`,
  );
}

/** `close`: ends a connection from this side. */
export async function close(
  run: CaseRun,
  step: Steps["close"],
): Promise<void> {
  await run.connection(step.close).close();
}

/** Lenient runs skip the text of a body but still want an empty one empty. */
function isLeftOpen(run: CaseRun, want: Json): boolean {
  return run.lenient && typeof want === "string" && want !== "";
}
