import { ModelError, type ResponseItem } from "../model/mod.ts";
import type { TurnError } from "../protocol/mod.ts";
import type { TurnEnd } from "./agent.ts";
import { occur } from "./_hooks.ts";
import { toUserMessage } from "./_user_message.ts";
import type { Turn } from "./_turn.ts";

const interruptedNote = `<turn_aborted>
The user interrupted this turn. Commands and tools that were running may have \
done part of their work, and commands may still be running in the background; \
check before you rely on either.
</turn_aborted>`;

/** What a model reads of a turn that was interrupted. */
export function toInterruptedNote(): ResponseItem {
  return toUserMessage([{ type: "input_text", text: interruptedNote }]);
}

/**
 * Plays a turn to its end, whatever the end is.
 *
 * @returns How it ended; nothing is thrown.
 */
export async function playToEnd(
  turn: Turn,
  play: () => Promise<void>,
): Promise<TurnEnd> {
  try {
    await play();
    // An interrupt at the very last moment found nothing to interrupt.
    return end(turn, "completed", null);
  } catch (thrown) {
    if (turn.isInterrupted) return await interrupted(turn);
    turn.fail();
    if (isTooLong(thrown)) turn.fillWindow();
    return end(turn, "failed", toTurnError(thrown));
  } finally {
    turn.close();
  }
}

function isTooLong(thrown: unknown): boolean {
  return thrown instanceof ModelError &&
    thrown.info === "contextWindowExceeded";
}

async function interrupted(turn: Turn): Promise<TurnEnd> {
  if (!turn.isHalted) {
    turn.rememberAtLast(toInterruptedNote());
  }
  await occur(turn, { event: "interrupt" }, turn.closing).catch(() => {});
  await turn.agent.tellDiff?.(turn.stage).catch(() => {});
  return turn.storageFailure === undefined
    ? end(turn, "interrupted", null)
    : end(turn, "failed", toTurnError(turn.storageFailure));
}

function end(
  turn: Turn,
  status: TurnEnd["status"],
  error: TurnError | null,
): TurnEnd {
  // Of a turn that did not come to its end, no message was its last word.
  const last = status === "completed" ? turn.lastAgentMessage : null;
  return { status, error, lastAgentMessage: last };
}

/** A failure as clients are told of it. */
export function toTurnError(thrown: unknown): TurnError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    message,
    codexErrorInfo: thrown instanceof ModelError ? thrown.info : "other",
    additionalDetails: null,
    misalignment: null,
  };
}
