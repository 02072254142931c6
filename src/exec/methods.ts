import {
  errorCodes,
  type ProcessExitedNotification,
  type ProcessOutputDeltaNotification,
  RpcError,
} from "../protocol/mod.ts";
import {
  concurrent,
  type Context,
  EncodedParams,
  type Table,
} from "../rpc/mod.ts";
import {
  checkSize,
  toCommandOrder,
  toProcessOrder,
  toTyped,
} from "./_check_params.ts";
import type { Collected } from "./_collected.ts";
import { DeltaWriter } from "./_delta_writer.ts";
import { Deltas } from "./_deltas.ts";
import { commandWords, processWords } from "./_words.ts";
import type { Outcome, Program } from "./program.ts";
import type { Programs } from "./programs.ts";

/**
 * `command/exec*` and `process/*`. All handlers reach the program they are
 * about in the tick in which their request is read: that is what keeps requests
 * for one program in order, without those for others waiting.
 */
export const execMethods = {
  "command/exec": {
    scope: concurrent,
    async handle(programs, params, context) {
      const order = toCommandOrder(params);
      const name = params.processId ?? undefined;
      const registry = context.session(programs.createRegistry);
      const program = registry.start(order, name);
      terminateWhenCancelled(program, context);
      if (order.isStreamed) {
        const deltas = toDeltas(
          { processId: name! },
          (params) =>
            context.notify("command/exec/outputDelta", params, { paced: true }),
        );
        const { exitCode } = await context.parked(program.run(deltas));
        refuseIfCancelled(context);
        return { exitCode, stdout: "", stderr: "" };
      }
      using collected = programs.createCollected();
      const outcome = await context.parked(program.run(collected));
      refuseIfCancelled(context);
      refuseIfTooLong(collected, outcome, programs);
      return {
        exitCode: outcome.exitCode,
        stdout: await collected.text("stdout"),
        stderr: await collected.text("stderr"),
      };
    },
  },
  "command/exec/write": {
    scope: concurrent,
    async handle(programs, { processId, ...params }, { session }) {
      const typed = toTyped(params, commandWords);
      await session(programs.createRegistry)
        .find(processId, commandWords).write(typed);
      return {};
    },
  },
  "command/exec/resize": {
    scope: concurrent,
    async handle(programs, { processId, size }, { session }) {
      checkSize(size, commandWords);
      await session(programs.createRegistry)
        .find(processId, commandWords).resize(size);
      return {};
    },
  },
  "command/exec/terminate": {
    scope: concurrent,
    async handle(programs, { processId }, { session }) {
      await session(programs.createRegistry)
        .find(processId, commandWords).terminate();
      return {};
    },
  },
  "process/spawn": {
    scope: concurrent,
    async handle(programs, params, context) {
      const order = toProcessOrder(params);
      const { processHandle } = params;
      const registry = context.session(programs.createRegistry);
      const program = registry.start(order, processHandle);
      terminateWhenCancelled(program, context);
      await program.started();
      if (isCancelled(context)) await program[Symbol.asyncDispose]();
      refuseIfCancelled(context);
      context.afterReply(() =>
        order.isStreamed
          ? stream(program, processHandle, context)
          : collect(program, processHandle, programs, context)
      );
      return {};
    },
  },
  "process/writeStdin": {
    scope: concurrent,
    async handle(programs, { processHandle, ...params }, { session }) {
      const typed = toTyped(params, processWords);
      await session(programs.createRegistry)
        .find(processHandle, processWords).write(typed);
      return {};
    },
  },
  "process/resizePty": {
    scope: concurrent,
    async handle(programs, { processHandle, size }, { session }) {
      checkSize(size, processWords);
      await session(programs.createRegistry)
        .find(processHandle, processWords).resize(size);
      return {};
    },
  },
  "process/kill": {
    scope: concurrent,
    async handle(programs, { processHandle }, { session }) {
      await session(programs.createRegistry)
        .find(processHandle, processWords).terminate();
      return {};
    },
  },
} satisfies Table<
  Programs,
  | "command/exec"
  | "command/exec/write"
  | "command/exec/resize"
  | "command/exec/terminate"
  | "process/spawn"
  | "process/writeStdin"
  | "process/resizePty"
  | "process/kill"
>;

function terminateWhenCancelled(program: Program, { signal }: Context): void {
  signal.addEventListener("abort", () => {
    program.terminate().catch(() => {}); // it was never started
  }, { once: true });
}

/** Who is gone has no use for a refusal. */
function isCancelled({ signal }: Context): boolean {
  return signal.aborted && signal.reason instanceof RpcError;
}

function refuseIfCancelled(context: Context): void {
  if (isCancelled(context)) throw context.signal.reason;
}

/** A reply that lacks a part must not look as if it were whole. */
function refuseIfTooLong(
  { overflow }: Collected,
  { exitCode }: Outcome,
  { limits }: Programs,
): void {
  if (overflow === undefined) return;
  const text = overflow === "reply"
    ? `the command wrote more than the ${limits.maxReplyBytes} bytes that ` +
      `a reply may hold: set outputBytesCap or streamStdoutStderr`
    : `the output of all programs together has more than the ` +
      `${limits.maxHeldBytes} bytes that may be held: set streamStdoutStderr`;
  throw new RpcError(errorCodes.internal, text, { data: { exitCode } });
}

/** Below this, a piece is sent as a text: channels gather those. */
const LARGE_BYTES = 4096;

/** Sends pieces of output with the field that names their program. */
function toDeltas<Owner extends Readonly<Record<string, string>>>(
  owner: Owner,
  notify: (params: Owner & DeltaFields | EncodedParams) => Promise<void>,
): Deltas {
  const writer = new DeltaWriter(owner);
  return new Deltas((delta) => {
    const { stream, bytes, capReached } = delta;
    return bytes.length < LARGE_BYTES
      ? notify({ ...owner, stream, deltaBase64: bytes.toBase64(), capReached })
      : notify(new EncodedParams((around) => writer.write(around, delta)));
  });
}

type DeltaFields = Omit<ProcessOutputDeltaNotification, "processHandle">;

/** Tells the output of a process as it comes, and then its end. */
async function stream(
  program: Program,
  processHandle: string,
  { notify }: Context,
): Promise<void> {
  const deltas = toDeltas(
    { processHandle },
    (params) => notify("process/outputDelta", params, { paced: true }),
  );
  const outcome = await program.run(deltas);
  await notify("process/exited", {
    processHandle,
    ...toExited(outcome),
    stdout: "",
    stderr: "",
  }, { paced: true });
}

/** Tells the output of a process at its end. */
async function collect(
  program: Program,
  processHandle: string,
  programs: Programs,
  { notify }: Context,
): Promise<void> {
  using collected = programs.createCollected();
  const outcome = await program.run(collected);
  const exited = toExited(outcome);
  if (collected.overflow !== undefined) {
    exited.stdoutCapReached = exited.stderrCapReached = true;
  }
  await notify("process/exited", {
    processHandle,
    ...exited,
    stdout: await collected.text("stdout"),
    stderr: await collected.text("stderr"),
  }, { paced: true });
}

function toExited({ exitCode, capReached, drainTimedOut }: Outcome): Omit<
  ProcessExitedNotification,
  "processHandle" | "stdout" | "stderr"
> {
  return {
    exitCode,
    stdoutCapReached: capReached.stdout,
    stderrCapReached: capReached.stderr,
    outputDrainTimedOut: drainTimedOut,
  };
}
