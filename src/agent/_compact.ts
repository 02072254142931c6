import { ModelError, type ResponseItem } from "../model/mod.ts";
import { uuid7 } from "../protocol/mod.ts";
import { toBaseMessage } from "./_base_instructions.ts";
import { consume } from "./_consume.ts";
import { toContextMessages } from "./_context_messages.ts";
import { isWordOfUser, shorten, summaryPrefix } from "./_shorten.ts";
import { occur } from "./_hooks.ts";
import { reconnect } from "./_reconnect.ts";
import { toRequest } from "./_request.ts";
import { toMessageText } from "./_shown_items.ts";
import { toTurnContext } from "./_turn_context.ts";
import type { Turn } from "./_turn.ts";
import type { CompactionPhase } from "./_turn_metadata.ts";
import { estimateTokens, noTokens } from "./_usage.ts";
import { toUserMessage } from "./_user_message.ts";

/** Asks for the summary, unless the configuration (`compact_prompt`) does. */
const prompt = `\
The conversation is about to be shortened: all that stays of it are the user's \
messages and what you answer now. Write notes from which another model can go \
on without a loss:

- what the task is, and what the user wants or does not want of it
- what is done, what was found out, and what was decided and why
- what is still to be done, in order, and what to watch out for
- names, paths, commands, errors and numbers that are needed for it

Be complete in these and brief in all else. Answer with the notes alone.`;

/** What stands for the notes of a model that wrote none. */
const noNotes = "(no notes)";

/** Whether the conversation has outgrown what it may be. */
function isFull(turn: Turn): boolean {
  const { autoCompactTokens: limit } = turn.facts;
  const tokens = turn.conversation.usage?.last.totalTokens ?? 0;
  return limit !== null && tokens >= limit;
}

/** Compacts the conversation if it has outgrown what it may be. */
export async function compactIfFull(
  turn: Turn,
  phase: CompactionPhase,
): Promise<void> {
  if (isFull(turn)) await compact(turn, phase);
}

/**
 * Puts the user's words and a summary in place of the conversation, as an item
 * of the turn.
 *
 * @throws {ModelError} if no summary is to be had; the conversation stays.
 * @throws {StorageError} if it can't be stored.
 * @throws {unknown} the signal's reason.
 */
export async function compact(
  turn: Turn,
  phase: CompactionPhase,
): Promise<void> {
  const { conversation, stage } = turn;
  turn.signal.throwIfAborted();
  conversation.mend();
  const trigger = phase === "standalone_turn" ? "manual" : "auto";
  const before = await occur(turn, { event: "preCompact", trigger });
  if (before.stopped !== null) turn.halt();
  const item = { type: "contextCompaction" as const, id: uuid7() };
  stage.started(item);
  turn.tellUsage();
  const summary = await sumUp(turn, phase);
  turn.tellUsage();
  await putInPlace(turn, summary);
  turn.tellUsage();
  // One that failed is never complete: clients would take it for one that is.
  stage.completed(item);
  const after = await occur(turn, { event: "postCompact", trigger });
  conversation.unheard ??= "compact";
  if (after.stopped !== null) turn.halt();
}

/** Begins the conversation anew, with a summary of the old one. */
async function putInPlace(
  turn: Turn,
  summary: string,
): Promise<void> {
  const { conversation, stage } = turn;
  const message = `${summaryPrefix}\n${summary}`;
  const words = shorten(conversation.items.filter(isWordOfUser));
  const context = await toContextMessages(turn, []);
  turn.signal.throwIfAborted();
  // What the user said last is what it is the context of.
  const history: ResponseItem[] = [
    ...words.slice(0, -1),
    ...context,
    ...words.slice(-1),
    toUserMessage([{ type: "input_text", text: message }]),
  ];
  if (turn.parts.isRecorded) {
    stage.record(
      {
        type: "compacted",
        payload: {
          message,
          replacement_history: history,
          window_number: conversation.compactions + 1,
        },
      },
      { type: "turn_context", payload: toTurnContext(turn) },
    );
  }
  conversation.replace(history);
  conversation.compactions++;
  conversation.windowId = uuid7();
  conversation.usage = {
    total: conversation.usage?.total ?? noTokens,
    last: { ...noTokens, totalTokens: estimate(turn) },
    modelContextWindow: turn.facts.contextWindow,
  };
}

/** About what the next request takes. */
function estimate(turn: Turn): number {
  const items = [toBaseMessage(turn), ...turn.conversation.items];
  return items.reduce(
    (sum, item) => sum + estimateTokens(JSON.stringify(item)),
    0,
  );
}

/** Asks the model for a summary; leaves out the oldest if all is too long. */
async function sumUp(turn: Turn, phase: CompactionPhase): Promise<string> {
  const configured = turn.agent.config.get("compact_prompt");
  const asked: ResponseItem = {
    type: "message",
    role: "user",
    content: [{
      type: "input_text",
      text: typeof configured === "string" ? configured : prompt,
    }],
  };
  let first = 0;
  while (true) {
    try {
      const { items } = turn.conversation;
      return await sumUpFrom(turn, [...items.slice(first), asked], phase);
    } catch (thrown) {
      const left = turn.conversation.items.length - first;
      const isTooLong = thrown instanceof ModelError &&
        thrown.info === "contextWindowExceeded" && left > 1;
      if (!isTooLong || turn.signal.aborted) throw thrown;
      // A quarter at a time: whoever pays for the requests wants few of them.
      first = toBoundary(turn.conversation.items, first + Math.ceil(left / 4));
    }
  }
}

/** The next place at or behind `start` at which no call is cut from its answer. */
function toBoundary(items: readonly ResponseItem[], start: number): number {
  let at = start;
  while (at < items.length && items[at]?.type !== "message") at++;
  return at;
}

function sumUpFrom(
  turn: Turn,
  input: ResponseItem[],
  phase: CompactionPhase,
): Promise<string> {
  return reconnect(turn, async () => {
    const model = turn.agent.model(turn.settings.modelProvider);
    const request = toRequest(turn, input, {
      tools: [],
      isParallel: false,
      purpose: phase,
    });
    const { signal } = turn;
    let text = "";
    const saw = await consume(
      model.stream(request, { signal }),
      signal,
      (event) => {
        if (event.type === "itemDone" && event.item.type === "message") {
          const said = event.item;
          text = "role" in said && said.role === "assistant"
            ? toMessageText(said as Parameters<typeof toMessageText>[0])
            : text;
        } else if (event.type === "rateLimits") {
          turn.conversation.rateLimits = event.rateLimits;
        } else if (event.type === "completed") {
          if (event.usage !== undefined) {
            turn.count(event.usage, event.responseId);
          }
          return true;
        }
        return false;
      },
    );
    if (saw) return text.trim() === "" ? noNotes : text;
    throw new ModelError(
      "stream disconnected before completion: stream closed before response.completed",
      { info: "other", isRetryable: true },
    );
  });
}
