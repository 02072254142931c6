import { toContent, type TurnEnd } from "../agent/mod.ts";
import type { ResponseItem } from "../model/mod.ts";
import type { Turn } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { LiveTurn } from "./live_turn.ts";
import type { TurnCompanion } from "./thread_parts.ts";
import type { TurnGround } from "./turn_ground.ts";

/** What the end of a turn concerns. */
export interface EndOptions {
  readonly ground: TurnGround;
  readonly companion: TurnCompanion;
  readonly log: Logger;
  /** From here on, whoever says something begins another turn. */
  readonly onOver: () => void;
}

/** Ends a turn that was played: stores how, then tells it. */
export function endTurn(
  turn: LiveTurn,
  end: TurnEnd,
  { ground, companion, log, onOver }: EndOptions,
): void {
  const { threadId } = ground;
  const warn = (what: string, error: unknown) =>
    log.error(what, { threadId, error: toText(error) });
  keepSaid(turn, ground, warn);
  turn.end(end);
  const last = end.lastAgentMessage;
  const items = last === null
    ? []
    : [turn.items.find(({ id }) => id === last.id) ?? last];
  const shown = turn.toTurn(last === null ? "notLoaded" : "summary", items);
  const isStored = storeEnd(turn, shown, last?.text ?? null, ground, warn);
  ground.past.add(turn);
  onOver();
  const updatedAt = isStored
    ? Math.floor(Date.now() / 1000)
    : ground.view.updatedAt;
  const isBroken = end.status === "failed";
  ground.change({
    updatedAt,
    recencyAt: updatedAt,
    status: isBroken ? { type: "systemError" } : { type: "idle" },
  });
  companion.settle(turn, end);
  if (!isBroken) companion.markUnread(turn, end);
  ground.tellStatus();
  if (isBroken && end.error !== null) {
    ground.publish("error", {
      threadId,
      turnId: turn.turnId,
      willRetry: false,
      error: end.error,
    });
  }
  if (isBroken) companion.markUnread(turn, end);
  ground.publish("turn/completed", { threadId, turn: shown });
  turn.forget();
  ground.tellEnded(turn.turnId);
  ground.journal.sync().catch((error) =>
    warn("a history could not be synced", error)
  );
}

/**
 * Keeps what was said too late for the agent to hear it in a turn that broke
 * off: it is an item of that turn, and the model hears it in the next one.
 */
function keepSaid(
  turn: LiveTurn,
  { agent }: TurnGround,
  warn: (what: string, error: unknown) => void,
): void {
  for (const { input, clientUserMessageId } of turn.take()) {
    const content = toContent(input);
    const item: ResponseItem = {
      type: "message",
      role: "user",
      content: content.flatMap((one) =>
        one.type === "text" ? [{ type: "input_text", text: one.text }] : []
      ),
    };
    try {
      turn.completed({
        type: "userMessage",
        id: crypto.randomUUID(),
        clientId: clientUserMessageId,
        content,
      });
      turn.record({ type: "response_item", payload: item });
      agent.add(item);
    } catch (error) {
      warn("what was said could not be stored", error);
    }
  }
  turn.close();
}

/** Whether it could be stored how a turn ended. */
function storeEnd(
  turn: LiveTurn,
  shown: Turn,
  lastText: string | null,
  { journal }: TurnGround,
  warn: (what: string, error: unknown) => void,
): boolean {
  try {
    journal.appendTurnEnd(turn, shown, lastText);
    return true;
  } catch (error) {
    // It reads back as interrupted, which is what a reader can know of it.
    warn("the end of a turn could not be stored", error);
    return false;
  }
}

function toText(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
