import type { SteeringInbox } from "./agent.ts";
import { ask, type AskOptions } from "./_ask.ts";
import { compactIfFull } from "./_compact.ts";
import { hear, mayEnd, occur } from "./_hooks.ts";
import type { Turn } from "./_turn.ts";
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
    const said = steering.take();
    const late = turn.agent.extensions?.takeLate() ?? [];
    hear(turn, late);
    if (!goesOn && said.length === 0 && late.length === 0) {
      if (await mayEnd(turn, isHeldBack)) return;
      isHeldBack = true;
    }
    await compactIfFull(turn, "mid_turn");
    for (const one of [...said, ...steering.take()]) await say(turn, one);
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
  try {
    const goesOn = await ask(turn, steering, options);
    await occur(turn, {
      event: "postModelRequest",
      status: "completed",
      error: null,
    });
    return goesOn;
  } catch (thrown) {
    if (!turn.signal.aborted) {
      await occur(turn, {
        event: "postModelRequest",
        status: "failed",
        error: thrown instanceof Error ? thrown.message : String(thrown),
      });
    }
    throw thrown;
  }
}
