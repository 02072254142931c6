import { pause } from "../../deadline.ts";
import { check, Failure } from "../../failure.ts";
import { type Json, type JsonObject, show } from "../../json.ts";
import { difference, matches } from "../../matcher.ts";
import { substitute } from "../../placeholders.ts";
import { type AgentRun, type Conversation, seenSince } from "../agent_run.ts";
import type { AgentSteps, ExpectedMessage } from "../case.ts";
import { STEP_LIMIT_MS } from "./limits.ts";

/** Methods that say nothing about the agent loop and may come at any time. */
const NOISE: readonly string[] = [
  "account/rateLimits/updated",
  "configWarning",
  "deprecationNotice",
  "mcpServer/startupStatus/updated",
  "remoteControl/status/changed",
  "skills/changed",
  "thread/goal/cleared",
  "thread/readState/changed",
  "thread/settings/updated",
  "thread/started",
  "thread/status/changed",
  "thread/tokenUsage/updated",
  "warning",
];

/** `await`: the next such notification; the cursor moves behind it. */
export async function awaitNotification(
  run: AgentRun,
  step: AgentSteps["await"],
): Promise<void> {
  const conversation = run.conversation(step.as);
  const { method, params } = step.await;
  let nearest = "";
  const found = await run.find(
    conversation,
    conversation.cursor,
    (json) => {
      if (json.method !== method || json.id !== undefined) return false;
      const found = difference(params ?? {}, json.params);
      nearest = found ?? nearest;
      return params === undefined || found === null;
    },
    run.toLimitMs(step.within ?? STEP_LIMIT_MS),
  );
  if (found === undefined) {
    throw new Failure(
      `no notification ${method}` +
        (nearest === "" ? "" : `, the last differed at ${nearest}`) +
        seenSince(conversation, conversation.cursor),
    );
  }
  conversation.cursor = found.index + 1;
  run.save(step.save, found.json.params);
}

/** `sequence`: these messages in this order. */
export async function sequence(
  run: AgentRun,
  step: AgentSteps["sequence"],
): Promise<void> {
  const conversation = run.conversation(step.as);
  const named = step.sequence.map(({ method }) => method);
  const ignored = new Set(
    [...NOISE, ...step.ignore ?? []].filter((one) => !named.includes(one)),
  );
  for (const [index, unfilled] of step.sequence.entries()) {
    // Filled here, since an earlier message may have saved something.
    const want = filled(unfilled, run);
    const found = await run.find(
      conversation,
      conversation.cursor,
      (json) =>
        step.loose === true
          ? fits(want, json)
          : typeof json.method === "string" && !ignored.has(json.method),
      run.toLimitMs(step.within ?? STEP_LIMIT_MS),
    );
    if (found === undefined) {
      throw new Failure(
        `sequence[${index}]: ${want.method} ${show(want.params)} did not come` +
          seenSince(conversation, conversation.cursor),
      );
    }
    const { json } = found;
    check(want.method, json.method, `sequence[${index}]`);
    if (want.params !== undefined) {
      check(want.params, json.params, `sequence[${index}] ${want.method}`);
    }
    await reply(conversation, json, { answer: want.answer });
    conversation.cursor = found.index + 1;
    run.save(want.save, json.params);
  }
}

/** `serverRequest`: the next request of the server, and an answer to it. */
export async function serverRequest(
  run: AgentRun,
  step: AgentSteps["serverRequest"],
): Promise<void> {
  const conversation = run.conversation(step.as);
  const found = await run.find(
    conversation,
    conversation.cursor,
    ({ method, id }) => method === step.serverRequest && id !== undefined,
    run.toLimitMs(step.within ?? STEP_LIMIT_MS),
  );
  if (found === undefined) {
    throw new Failure(
      `no server request ${step.serverRequest}` +
        seenSince(conversation, conversation.cursor),
    );
  }
  const { id = null, params = null } = found.json;
  if (step.params !== undefined) {
    check(step.params, params, step.serverRequest);
  }
  run.save(step.save, { id, params });
  conversation.cursor = found.index + 1;
  await reply(conversation, found.json, step);
}

/** `seen`: a message anywhere since the start. */
export async function seen(
  run: AgentRun,
  step: AgentSteps["seen"],
): Promise<void> {
  const conversation = run.conversation(step.as);
  const found = await run.find(
    conversation,
    0,
    (json) => matches(step.seen, json),
    run.toLimitMs(step.within ?? STEP_LIMIT_MS),
  );
  if (found === undefined) {
    throw new Failure(
      `never seen: ${show(step.seen)}${seenSince(conversation, 0)}`,
    );
  }
  if (step.advance === true) {
    conversation.cursor = Math.max(conversation.cursor, found.index + 1);
  }
  run.save(step.save, found.json);
}

/** `message`: any message from the cursor on; the cursor moves behind it. */
export async function message(
  run: AgentRun,
  step: AgentSteps["message"],
): Promise<void> {
  const conversation = run.conversation(step.as);
  const found = await run.find(
    conversation,
    conversation.cursor,
    (json) => matches(step.message, json),
    run.toLimitMs(step.within ?? STEP_LIMIT_MS),
  );
  if (found === undefined) {
    throw new Failure(
      `no message like ${show(step.message)}` +
        seenSince(conversation, conversation.cursor),
    );
  }
  conversation.cursor = found.index + 1;
}

/** `never`: no such message, neither yet nor `for` a while. */
export async function never(
  run: AgentRun,
  step: AgentSteps["never"],
): Promise<void> {
  if (step.for !== undefined) await pause(step.for, run.signal);
  const { connection: { inbox }, cursor } = run.conversation(step.as);
  const unwanted = inbox.messages
    .slice(step.fromStart === true ? 0 : cursor)
    .find(({ json }) => matches(step.never, json));
  if (unwanted !== undefined) {
    throw new Failure(`unwanted message ${show(unwanted.raw)}`);
  }
}

/** `skipTo`: the cursor moves behind everything that came. */
export function skipTo(run: AgentRun, step: AgentSteps["skipTo"]): void {
  for (const [name, conversation] of run.conversations) {
    if (step.as !== undefined && step.as !== name) continue;
    conversation.cursor = conversation.connection.inbox.messages.length;
  }
}

function fits(want: ExpectedMessage, json: JsonObject): boolean {
  return json.method === want.method &&
    (want.params === undefined || matches(want.params, json.params));
}

function filled(want: ExpectedMessage, run: AgentRun): ExpectedMessage {
  // Cases are read from JSON: their types describe JSON values.
  const value: unknown = substitute(want as unknown as Json, run.variables);
  return value as ExpectedMessage;
}

async function reply(
  { connection }: Conversation,
  { id = null }: JsonObject,
  { answer, answerError }: {
    answer?: Json | undefined;
    answerError?: Json | undefined;
  },
): Promise<void> {
  if (answer !== undefined) {
    await connection.sendText(JSON.stringify({ id, result: answer }));
  } else if (answerError !== undefined) {
    await connection.sendText(JSON.stringify({ id, error: answerError }));
  }
}
