import { check, Failure } from "../../failure.ts";
import { type JsonObject, show } from "../../json.ts";
import type { AgentRun } from "../agent_run.ts";
import type { AgentSteps } from "../case.ts";
import { STEP_LIMIT_MS } from "./limits.ts";

/** `send`: a request and, unless `async`, its response. */
export async function send(
  run: AgentRun,
  step: AgentSteps["send"],
): Promise<void> {
  const conversation = run.conversation(step.as);
  const { connection } = conversation;
  if (step.async === true) {
    const id = step.send.id ?? connection.takeId();
    await connection.sendText(JSON.stringify({ ...step.send, id }));
    return;
  }
  const limitMs = run.toLimitMs(step.within ?? STEP_LIMIT_MS);
  const response = await run.request(conversation, step.send, limitMs);
  if (step.either !== true || step.error !== undefined) {
    checkResponse(String(step.send.method), step, response);
  }
  run.save(step.save, response.result ?? response.error);
}

/** `response`: the response to an earlier `async` request. */
export async function response(
  run: AgentRun,
  step: AgentSteps["response"],
): Promise<void> {
  const found = await run.find(
    run.conversation(step.as),
    0,
    ({ method, id }) => method === undefined && id === step.response,
    run.toLimitMs(step.within ?? STEP_LIMIT_MS),
  );
  if (found === undefined) {
    throw new Failure(`no response to ${show(step.response)}`);
  }
  checkResponse(`response ${show(step.response)}`, step, found.json);
  run.save(step.save, found.json.result);
}

/** `noResponse`: that id is not answered for a while. */
export async function noResponse(
  run: AgentRun,
  step: AgentSteps["noResponse"],
): Promise<void> {
  const found = await run.find(
    run.conversation(step.as),
    0,
    ({ method, id }) => method === undefined && id === step.noResponse,
    step.within ?? 700,
  );
  if (found !== undefined) {
    throw new Failure(`unexpected response ${show(found.json)}`);
  }
}

/** `notify`: a message as JSON. */
export async function notify(
  run: AgentRun,
  step: AgentSteps["notify"],
): Promise<void> {
  const { connection } = run.conversation(step.as);
  await connection.sendText(JSON.stringify(step.notify));
}

/** `raw`: a text as one line or frame. */
export async function raw(
  run: AgentRun,
  step: AgentSteps["raw"],
): Promise<void> {
  await run.conversation(step.as).connection.sendText(step.raw);
}

function checkResponse(
  subject: string,
  { expect, error }: Pick<AgentSteps["response"], "expect" | "error">,
  response: JsonObject,
): void {
  if (error !== undefined) {
    if (response.error === undefined) {
      throw new Failure(
        `${subject}: want an error ${show(error)}, got ${show(response)}`,
      );
    }
    check(error, response.error, `${subject}: error`);
    return;
  }
  if (response.error !== undefined) {
    throw new Failure(`${subject}: error ${show(response.error)}`);
  }
  if (expect !== undefined) check(expect, response.result, subject);
}
