import { eventually, pause } from "../../deadline.ts";
import { check, Failure } from "../../failure.ts";
import type { AgentRun } from "../agent_run.ts";
import type { AgentSteps } from "../case.ts";
import { STEP_LIMIT_MS } from "./limits.ts";

/** `connect`: one more connection, initialized unless `init` is false. */
export async function connect(
  run: AgentRun,
  step: AgentSteps["connect"],
): Promise<void> {
  const conversation = await run.open(step.connect);
  if (step.init !== false) {
    await run.initialize(conversation, step.capabilities);
  }
}

/** `close`: ends a connection from this side. */
export async function close(
  run: AgentRun,
  step: AgentSteps["close"],
): Promise<void> {
  await run.conversation(step.close).connection.close();
}

/** `exit`: the server ends, and how. */
export async function exit(
  run: AgentRun,
  step: AgentSteps["exit"],
): Promise<void> {
  const limitMs = run.toLimitMs(step.within ?? STEP_LIMIT_MS);
  const status = await run.server.wait(limitMs, run.signal);
  if (status === undefined) {
    throw new Failure(`still running after ${limitMs} ms`);
  }
  const { code, signal } = status;
  check(step.exit, { code, signal }, "exit");
}

/** `stderr`: what the server has printed by now or prints soon. */
export async function stderr(
  run: AgentRun,
  step: AgentSteps["stderr"],
): Promise<void> {
  await eventually(
    () => check(step.stderr, run.server.stderr, "stderr"),
    run.toLimitMs(step.within ?? 4000),
    run.signal,
  );
}

/** `sleep`: lets time pass where no event tells. */
export async function sleep(
  run: AgentRun,
  step: AgentSteps["sleep"],
): Promise<void> {
  await pause(step.sleep, run.signal);
}
