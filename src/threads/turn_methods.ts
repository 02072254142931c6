import { RpcError, type UserInput } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { readHistoryEnds } from "./_history_ends.ts";
import { findForkSource } from "./fork_source.ts";
import { forkThread } from "./fork_thread.ts";
import { revertThread, rollBackThread } from "./revert_thread.ts";
import { startReview, toTarget } from "./start_review.ts";
import { startShell, startTurn } from "./start_turn.ts";
import { tellChange } from "./tell_change.ts";
import type { Threads } from "./threads.ts";

/** Characters of one input. */
const MAX_INPUT = 1 << 20;

/** `thread/*` and `turn/*`: what begins, steers and ends turns. */
export const turnHandlers: Handlers<
  Threads,
  | "thread/shellCommand"
  | "thread/compact/start"
  | "turn/start"
  | "turn/steer"
  | "turn/interrupt"
  | "review/start"
  | "thread/revert"
  | "thread/rollback"
> = {
  async "review/start"(threads, params, context) {
    const source = threads.get(params.threadId);
    const target = toTarget(params.target);
    await source.introduce();
    if (params.delivery !== "detached") {
      const turn = startReview(threads, source, target);
      context.afterReply(() => {
        source.warnOfModel();
        source.play();
      });
      return { turn, reviewThreadId: source.threadId };
    }
    const wishes = { threadId: params.threadId };
    const { thread } = await forkThread(
      threads,
      await findForkSource(threads, wishes),
      wishes,
      context.client,
    );
    const attendance = context.session(threads.createAttendance);
    thread.followers.join(attendance);
    const turn = startReview(threads, thread, target);
    threads.notices.tellStarted(thread);
    await thread.introduce();
    context.afterReply(() => {
      thread.warnOfModel();
      thread.play();
    });
    return { turn, reviewThreadId: thread.threadId };
  },
  async "thread/revert"(threads, { threadId, beforeTurnId }, { afterReply }) {
    const thread = threads.get(threadId);
    await revertThread(threads, thread, beforeTurnId);
    const catalog = await threads.catalog();
    const { threadId: id } = thread;
    catalog.messages.forget(id);
    const turnIds = new Set(await thread.past.ids());
    const read = catalog.readStates.forget(id, (turn) => !turnIds.has(turn));
    if (read !== undefined) tellChange(threads, read);
    const ends = await readHistoryEnds(threads, {
      id,
      catalog,
      thread,
      row: undefined,
    });
    afterReply(() => thread.publish("thread/reverted", { threadId }));
    return { thread: thread.view, ...ends };
  },
  async "thread/rollback"(threads, { threadId, numTurns }) {
    const thread = threads.get(threadId);
    if (numTurns < 1) {
      throw RpcError.invalidRequest("numTurns must be >= 1");
    }
    await rollBackThread(thread, numTurns);
    (await threads.catalog()).messages.forget(thread.threadId);
    return { thread: { ...thread.view, turns: await thread.readTurns() } };
  },
  "thread/shellCommand"(threads, params, { afterReply }) {
    const { command } = params;
    const timeoutMs = params.timeoutMs ?? undefined;
    if (command.trim() === "") {
      throw RpcError.invalidRequest("command must not be empty");
    }
    if (timeoutMs !== undefined && timeoutMs < 0) {
      throw RpcError.invalidParams(
        `thread/shellCommand timeoutMs must be non-negative, got ${timeoutMs}`,
      );
    }
    const thread = threads.get(params.threadId);
    afterReply(startShell(threads, thread, command, { timeoutMs }));
    return {};
  },
  "thread/compact/start"(threads, { threadId }, { afterReply }) {
    const thread = threads.get(threadId);
    const id = threads.nextId();
    thread.begin(id, id, {
      kind: "compact",
      play: (turn) =>
        thread.agent.compact(thread.settings, turn, {
          signal: turn.controller.signal,
        }),
    });
    afterReply(() => thread.play());
    return {};
  },
  async "turn/start"(threads, params, { afterReply }) {
    const thread = threads.get(params.threadId);
    checkInput(params.input);
    await thread.introduce();
    const turn = startTurn(threads, thread, params);
    afterReply(() => {
      thread.play();
      thread.turn?.speakUp();
    });
    return { turn };
  },
  "turn/steer"(threads, params, { afterReply }) {
    const { threadId, input, expectedTurnId, ...rest } = params;
    const thread = threads.get(threadId);
    checkInput(input);
    if (expectedTurnId === "") {
      throw RpcError.invalidRequest("expectedTurnId must not be empty");
    }
    if (input.length === 0) {
      throw RpcError.invalidRequest("input must not be empty");
    }
    const clientUserMessageId = rest.clientUserMessageId ?? null;
    const turnId = thread.steer(expectedTurnId, {
      input,
      clientUserMessageId,
    });
    afterReply(() => thread.turn?.speakUp());
    return { turnId };
  },
  "turn/interrupt"(threads, { threadId, turnId }, { afterReply }) {
    const interrupt = threads.get(threadId).toInterrupt(turnId);
    afterReply(interrupt);
    return {};
  },
};

/** @throws {RpcError} if somebody says what can't be taken in. */
function checkInput(input: readonly UserInput[]): void {
  let length = 0;
  for (const one of input) {
    if (one.type === "text") length += [...one.text].length;
    // Nobody here fetches what stands elsewhere, and few providers do.
    if (one.type !== "image" || !("url" in one)) continue;
    if (/^https?:/i.test(one.url)) {
      throw RpcError.invalidRequest(
        "remote image URLs are not supported; use an inline data URL instead",
      );
    }
  }
  if (length <= MAX_INPUT) return;
  throw RpcError.invalidParams(
    `Input exceeds the maximum length of ${MAX_INPUT} characters.`,
    {
      input_error_code: "input_too_large",
      max_chars: MAX_INPUT,
      actual_chars: length,
    },
  );
}
