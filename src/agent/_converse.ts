import type { SteeringInbox } from "./agent.ts";
import { ask, type AskOptions } from "./_ask.ts";
import { compactIfFull } from "./_compact.ts";
import type { Turn } from "./_turn.ts";
import { say } from "./_user_message.ts";

/**
 * Asks until the model has nothing more to do and the user nothing more to
 * say. What the user says meanwhile is heard after the response that runs.
 */
export async function converse(
  turn: Turn,
  steering: SteeringInbox,
  options: AskOptions,
): Promise<void> {
  while (true) {
    const goesOn = await ask(turn, options);
    const said = steering.take();
    if (!goesOn && said.length === 0) return;
    await compactIfFull(turn, "mid_turn");
    for (const one of [...said, ...steering.take()]) await say(turn, one);
    turn.signal.throwIfAborted();
  }
}
