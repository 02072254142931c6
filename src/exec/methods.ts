import {
  errorCodes,
  type ProcessAttachment,
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
  checkHandle,
  checkSize,
  toCommandOrder,
  toProcessOrder,
  toTyped,
} from "./_check_params.ts";
import type { Collected } from "./_collected.ts";
import { DeltaWriter } from "./_delta_writer.ts";
import { type Delta, Deltas } from "./_deltas.ts";
import { toExited } from "./_to_exited.ts";
import { commandWords, processWords } from "./_words.ts";
import type { Follower, Listener } from "./follower.ts";
import type { KeptProgram } from "./kept_program.ts";
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
        const send = toSender(
          { processId: name! },
          (params) =>
            context.notify("command/exec/outputDelta", params, { paced: true }),
        );
        const run = program.run(new Deltas(send));
        const { exitCode } = await context.parked(run);
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
      const { keepAlive } = order;
      if (keepAlive !== undefined) {
        const listener = toListener(processHandle, context);
        const how = { ...keepAlive, listener };
        const follower = registry.keep(order, processHandle, how);
        return { attachment: await begin(follower, context) };
      }
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
  "gangway/process/attach": {
    scope: concurrent,
    handle(programs, { attachSecret, processHandle, cursor }, context) {
      checkHandle(processHandle);
      const registry = context.session(programs.createRegistry);
      const follower = registry.attach(attachSecret, processHandle, {
        cursor: cursor ?? 0,
        listener: toListener(processHandle, context),
      });
      context.afterReply(() => follower.kept.tell(follower));
      return {
        cursor: follower.cursor,
        droppedBytes: follower.droppedBytes,
        exitCode: follower.kept.exitCode ?? null,
      };
    },
  },
  "gangway/process/detach": {
    scope: concurrent,
    handle(programs, { processHandle }, { session }) {
      const registry = session(programs.createRegistry);
      return { cursor: registry.detach(processHandle) };
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
  | "gangway/process/attach"
  | "gangway/process/detach"
>;

/** Starts what may outlive its connection; gives the key to it. */
async function begin(
  follower: Follower<KeptProgram>,
  context: Context,
): Promise<ProcessAttachment> {
  const { kept } = follower;
  terminateWhenCancelled(kept.program, context);
  await kept.program.started();
  // Nobody will ever have the key.
  if (context.signal.aborted) await kept[Symbol.asyncDispose]();
  refuseIfCancelled(context);
  context.afterReply(async () => {
    await Promise.all([kept.run(), kept.tell(follower)]);
  });
  return {
    attachSecret: kept.secret.reveal(),
    graceMs: kept.graceMs,
    scrollbackBytes: kept.scrollbackBytes,
  };
}

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
function toSender<Owner extends Readonly<Record<string, string>>>(
  owner: Owner,
  notify: (params: Owner & DeltaFields | EncodedParams) => Promise<void>,
): (delta: Delta) => Promise<void> {
  const writer = new DeltaWriter(owner);
  return (delta) => {
    const { stream, bytes, capReached, cursor } = delta;
    if (bytes.length >= LARGE_BYTES) {
      return notify(new EncodedParams((around) => writer.write(around, delta)));
    }
    return notify({
      ...owner,
      stream,
      deltaBase64: bytes.toBase64(),
      capReached,
      ...(cursor === undefined ? undefined : { cursor }),
    });
  };
}

type DeltaFields = Omit<ProcessOutputDeltaNotification, "processHandle">;

/** Tells the output of a process as it comes, and then its end. */
async function stream(
  program: Program,
  processHandle: string,
  { notify }: Context,
): Promise<void> {
  const { delta, exited } = toListener(processHandle, { notify });
  await exited(await program.run(new Deltas(delta)));
}

/** Tells what a process does under the client's name for it. */
function toListener(
  processHandle: string,
  { notify }: Pick<Context, "notify">,
): Listener {
  const paced = { paced: true };
  return {
    delta: toSender(
      { processHandle },
      (params) => notify("process/outputDelta", params, paced),
    ),
    exited: (outcome) =>
      notify("process/exited", {
        processHandle,
        ...toExited(outcome),
        stdout: "",
        stderr: "",
      }, paced),
    detached: (cursor) =>
      notify("gangway/process/detached", { processHandle, cursor }, paced),
  };
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
