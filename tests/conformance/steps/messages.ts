import type { Steps } from "../case.ts";
import type { CaseRun } from "../case_run.ts";
import type { Connection } from "../connections.ts";
import { check, Failure } from "../failure.ts";
import type { Message } from "../inbox.ts";
import { isObject, type Json, show } from "../json.ts";
import { difference, matches } from "../matcher.ts";
import { WsConnection } from "../ws_client.ts";

/** Notifications that may come at any time and that no case counts on. */
const NOISE: ReadonlySet<Json | undefined> = new Set([
  "configWarning",
  "deprecationNotice",
  "remoteControl/status/changed",
  "warning",
]);

const DEFAULT_LIMIT_MS = 5000;

/** `call`: a request and its response. */
export async function call(run: CaseRun, step: Steps["call"]): Promise<void> {
  const limitMs = run.toLimitMs(step.within ?? DEFAULT_LIMIT_MS);
  const connection = run.connection(step.on);
  const response = await run.request(connection, step.call, limitMs);
  if (step.error !== undefined) {
    if (response.error === undefined) {
      throw new Failure(
        `want an error ${show(step.error)}, got ${show(response)}`,
      );
    }
    check(run.relaxed(step.error), response.error, "error");
  } else if (step.result !== undefined) {
    if (response.result === undefined) {
      throw new Failure(`want a result, got ${show(response)}`);
    }
    check(step.result, response.result, "result");
  } else if (step.response !== undefined) {
    check(step.response, response, "response");
  }
  for (const [name, path] of Object.entries(step.save ?? {})) {
    run.variables.set(name, String(at(response, path)));
  }
}

/** `send`: a message as JSON, with no answer awaited. */
export async function send(run: CaseRun, step: Steps["send"]): Promise<void> {
  await run.connection(step.on).sendText(JSON.stringify(step.send));
}

/** `sendRaw`: a text as one line or frame. */
export async function sendRaw(
  run: CaseRun,
  step: Steps["sendRaw"],
): Promise<void> {
  await run.connection(step.on).sendText(step.sendRaw);
}

/** `sendBytes`: bytes given in base64. */
export async function sendBytes(
  run: CaseRun,
  step: Steps["sendBytes"],
): Promise<void> {
  const bytes = Uint8Array.fromBase64(step.sendBytes);
  await run.connection(step.on).sendBytes(bytes);
}

/** `sendBig`: a request padded with an unknown field to an exact size. */
export async function sendBig(
  run: CaseRun,
  step: Steps["sendBig"],
): Promise<void> {
  const { method, id, params, bytes, fragmentBytes } = step.sendBig;
  const connection = run.connection(step.on);
  const empty = JSON.stringify({ method, id, params: { ...params, pad: "" } });
  const emptyBytes = new TextEncoder().encode(empty).length;
  const pad = "x".repeat(bytes - emptyBytes);
  const text = JSON.stringify({ method, id, params: { ...params, pad } });
  if (fragmentBytes !== undefined && connection instanceof WsConnection) {
    await connection.sendFragments(text, fragmentBytes);
  } else {
    await connection.sendText(text);
  }
}

/** `init`: initialize and initialized. */
export async function init(run: CaseRun, step: Steps["init"]): Promise<void> {
  await run.initialize(step.on, step.init === true ? {} : step.init);
}

/** `expect`: some message that came or will come. */
export async function expect(
  run: CaseRun,
  step: Steps["expect"],
): Promise<void> {
  const limitMs = run.toLimitMs(step.within ?? DEFAULT_LIMIT_MS);
  const connection = run.connection(step.on);
  const found = await connection.inbox.takeMessage(
    ({ json }) => json !== undefined && matches(step.expect, json),
    limitMs,
    run.signal,
  );
  if (found !== undefined) return;
  throw new Failure(
    `no message like ${show(step.expect)} within ${limitMs} ms; ` +
      nearest(connection, step.expect),
  );
}

/** `expectNext`: the first message that is not noise. */
export async function expectNext(
  run: CaseRun,
  step: Steps["expectNext"],
): Promise<void> {
  const wanted = methodOf(step.expectNext);
  const message = await next(run, step, wanted);
  check(step.expectNext, message.json ?? message.raw, "next message");
}

/** `expectRaw`: the text of the first message that is not noise. */
export async function expectRaw(
  run: CaseRun,
  step: Steps["expectRaw"],
): Promise<void> {
  const { raw } = await next(run, step, undefined);
  check(step.expectRaw, raw, "raw message");
}

/** `expectNone`: no such message, neither yet nor for a while. */
export async function expectNone(
  run: CaseRun,
  step: Steps["expectNone"],
): Promise<void> {
  const found = await run.connection(step.on).inbox.takeMessage(
    ({ json }) => json !== undefined && matches(step.expectNone, json),
    step.forMs ?? 400,
    run.signal,
  );
  if (found !== undefined) {
    throw new Failure(`unexpected message ${show(found.json)}`);
  }
}

async function next(
  run: CaseRun,
  { on, within = DEFAULT_LIMIT_MS }: { on?: string; within?: number },
  wanted: Json | undefined,
): Promise<Message> {
  const connection = run.connection(on);
  const limitMs = run.toLimitMs(within);
  const message = await connection.inbox.takeMessage(
    ({ json }) => !NOISE.has(methodOf(json)) || methodOf(json) === wanted,
    limitMs,
    run.signal,
  );
  if (message !== undefined) return message;
  throw new Failure(
    `no further message within ${limitMs} ms${ending(connection)}`,
  );
}

function nearest(connection: Connection, want: Json): string {
  const left = connection.inbox.messages
    .filter(({ json }) => !NOISE.has(methodOf(json)));
  const [first] = left;
  return (first === undefined
    ? "nothing else came"
    : `${left.length} others came, the first ${
      difference(want, first.json)
    } in ${show(first.json)}`) + ending(connection);
}

function ending({ inbox }: Connection): string {
  return inbox.closed === undefined ? "" : `; connection: ${inbox.closed}`;
}

function methodOf(json: Json | undefined): Json | undefined {
  return isObject(json) ? json.method : undefined;
}

/** What a dotted path such as `result.thread.id` points to. */
function at(value: Json, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>(
    (inner, key) =>
      Array.isArray(inner)
        ? inner[Number(key)]
        : isObject(inner)
        ? inner[key]
        : undefined,
    value,
  );
}
