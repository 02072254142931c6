import { check, Failure } from "../../failure.ts";
import { isObject, type Json } from "../../json.ts";
import type { AgentRun } from "../agent_run.ts";
import type { AgentSteps } from "../case.ts";
import { STEP_LIMIT_MS } from "./limits.ts";

/** `modelRequests`: the model was asked that often. */
export async function modelRequests(
  run: AgentRun,
  step: AgentSteps["modelRequests"],
): Promise<void> {
  const wanted = step.modelRequests;
  const limitMs = run.toLimitMs(step.within ?? STEP_LIMIT_MS);
  await run.model.waitRequests(wanted, step.path, limitMs, run.signal);
  const { length } = run.model.requestsTo(step.path);
  if (step.exactly === true && length !== wanted) {
    throw new Failure(`want ${wanted} model requests, got ${length}`);
  }
}

/** `modelRequest`: what one of the requests to the model said. */
export function modelRequest(
  run: AgentRun,
  step: AgentSteps["modelRequest"],
): void {
  const requests = run.model.requestsTo(step.path);
  const request = requests.at(step.modelRequest);
  if (request === undefined) {
    throw new Failure(
      `no model request ${step.modelRequest}, ${requests.length} came`,
    );
  }
  const { headers, body } = request;
  const input: Json | undefined = isObject(body) ? body.input : undefined;
  if (step.headers !== undefined) {
    check(step.headers, headers, "headers of the model request");
  }
  if (step.body !== undefined) {
    check(step.body, body, "body of the model request");
  }
  if (step.input !== undefined) {
    check(step.input, input, "input of the model request");
  }
  run.save(step.save, { ...request });
}

/** `mock`: more for the model to say. */
export function mock(run: AgentRun, step: AgentSteps["mock"]): void {
  run.model.script.push(...step.mock);
}

/** `gate`: lets a scripted answer go on. */
export function gate(run: AgentRun, step: AgentSteps["gate"]): void {
  run.model.gates.open(step.gate);
}
