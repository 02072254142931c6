import type { ModelUsage } from "../model/mod.ts";
import type { SteeringInbox } from "./agent.ts";
import { ask, type AskOptions } from "./_ask.ts";
import { compactIfFull } from "./_compact.ts";
import {
  admitAll,
  awaits,
  beginSession,
  hear,
  mayEnd,
  occur,
  takeLate,
} from "./_hooks.ts";
import type { Turn } from "./_turn.ts";
import { toRecordedTokens, toTokens } from "./_usage.ts";
import { say } from "./_user_message.ts";

/**
 * Asks until the model has nothing more to do and the user nothing more to
 * say. What the user says meanwhile cuts the response short that runs; commands
 * are waited for.
 */
export async function converse(
  turn: Turn,
  steering: SteeringInbox,
  options: AskOptions,
): Promise<void> {
  let isHeldBack = false;
  while (true) {
    const goesOn = await askWithHooks(turn, steering, options);
    const hasNews = takeLate(turn);
    const said = await admitAll(turn, steering.take());
    if (!goesOn && said.length === 0 && !hasNews) {
      if (await mayEnd(turn, isHeldBack)) return;
      isHeldBack = true;
    }
    await compactIfFull(turn, "mid_turn");
    if (!await beginSession(turn)) return;
    for (
      const { one, contexts } of [
        ...said,
        ...await admitAll(turn, steering.take()),
      ]
    ) {
      await say(turn, one);
      hear(turn, contexts);
    }
    turn.signal.throwIfAborted();
  }
}

/** Asks, with the hooks around it that a request can have. */
async function askWithHooks(
  turn: Turn,
  steering: SteeringInbox,
  options: AskOptions,
): Promise<boolean> {
  await occur(turn, { event: "preModelRequest" });
  const isHeld = await awaits(turn, "postModelRequest");
  let isAnswered = false;
  const answered = async (usage: ModelUsage | undefined): Promise<void> => {
    isAnswered = true;
    await occur(turn, {
      event: "postModelRequest",
      status: usage === undefined ? "cancelled" : "completed",
      error: null,
      usage: usage === undefined ? null : toRecordedTokens(toTokens(usage)),
    });
  };
  try {
    return await ask(turn, steering, { ...options, isHeld, answered });
  } catch (thrown) {
    if (!isAnswered) await tellFailure(turn, thrown);
    throw thrown;
  }
}

/** Nobody who interrupts a turn waits for what hooks say to that. */
async function tellFailure(turn: Turn, thrown: unknown): Promise<void> {
  const event = "postModelRequest";
  if (turn.isInterrupted) {
    occur(
      turn,
      { event, status: "cancelled", error: null, usage: null },
      turn.closing,
    ).catch(() => {});
    return;
  }
  const error = thrown instanceof Error ? thrown.message : String(thrown);
  // The turn's own signal is aborted: it has failed.
  await occur(
    turn,
    { event, status: "failed", error, usage: null },
    turn.parts.signal,
  );
}
