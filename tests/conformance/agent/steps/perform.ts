import type { AgentRun } from "../agent_run.ts";
import type { AgentStep, AgentSteps, AgentVerb } from "../case.ts";
import * as disk from "./disk.ts";
import * as incoming from "./incoming.ts";
import * as lifecycle from "./lifecycle.ts";
import * as model from "./model.ts";
import * as requests from "./requests.ts";

type Perform<S> = (run: AgentRun, step: S) => void | Promise<void>;

/** What each step of the format does; the compiler sees that none is missing. */
const PERFORM: { readonly [V in AgentVerb]: Perform<AgentSteps[V]> } = {
  await: incoming.awaitNotification,
  close: lifecycle.close,
  connect: lifecycle.connect,
  exit: lifecycle.exit,
  file: disk.file,
  gate: model.gate,
  message: incoming.message,
  mock: model.mock,
  modelRequest: model.modelRequest,
  modelRequests: model.modelRequests,
  never: incoming.never,
  noResponse: requests.noResponse,
  notify: requests.notify,
  raw: requests.raw,
  remove: disk.remove,
  response: requests.response,
  restart: (run) => run.restart(),
  seen: incoming.seen,
  send: requests.send,
  sequence: incoming.sequence,
  serverRequest: incoming.serverRequest,
  skipTo: incoming.skipTo,
  sleep: lifecycle.sleep,
  stderr: lifecycle.stderr,
  writeFile: disk.writeFile,
};

/** The key that names what a step does, or undefined when there is none. */
export function verbOf(step: object): AgentVerb | undefined {
  return Object.keys(step).find((key): key is AgentVerb =>
    Object.hasOwn(PERFORM, key)
  );
}

/** Does one step; throws a Failure when the server did not play along. */
export async function perform(run: AgentRun, step: AgentStep): Promise<void> {
  const verb = verbOf(step);
  if (verb === undefined) throw new TypeError("Step names nothing to do");
  // The verb was read off the step, so the entry takes exactly this step.
  await (PERFORM[verb] as Perform<AgentStep>)(run, step);
}
