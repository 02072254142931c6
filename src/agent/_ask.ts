import {
  ModelError,
  type ModelEvent,
  type ModelUsage,
  type ResponseItem,
} from "../model/mod.ts";
import type { SteeringInbox } from "./agent.ts";
import { Calls } from "./_calls.ts";
import { consume } from "./_consume.ts";
import { toAborted, toSearchOutput } from "./_pair_calls.ts";
import { reconnect } from "./_reconnect.ts";
import { ResponsePlayer } from "./_response_player.ts";
import { type RequestParts, toRequest } from "./_request.ts";
import { toKept } from "./_kept_items.ts";
import type { Turn } from "./_turn.ts";

/** How a model is asked. */
export interface AskOptions {
  /** False if what it says is not for the user. */
  readonly saysAloud: boolean;
}

/** What goes on around a request. */
export interface AskSurroundings extends AskOptions {
  /** Whether what the model calls for has to wait for its last word. */
  readonly isHeld: boolean;
  /** Called with the model's last word; nothing is known of one cut short. */
  readonly answered: (usage: ModelUsage | undefined) => Promise<void>;
}

type Completed = Extract<ModelEvent, { type: "completed" }>;

/**
 * Asks the model for the next step of a turn, plays its answer, does what it
 * calls for, and remembers both. A stream that breaks is asked for again; one
 * that the user speaks into is left, for what was said belongs into the next.
 *
 * @returns Whether the model has to be asked once more.
 * @throws {ModelError} if no attempt is left.
 * @throws {StorageError} if the conversation can't be stored.
 * @throws {unknown} the signal's reason.
 */
export function ask(
  turn: Turn,
  steering: SteeringInbox,
  options: AskSurroundings,
): Promise<boolean> {
  const parts: RequestParts = {
    tools: turn.specs(),
    isParallel: true,
    purpose: "turn",
  };
  return reconnect(
    turn,
    (mayRetry) => askOnce(turn, steering, parts, options, mayRetry),
  );
}

async function askOnce(
  turn: Turn,
  steering: SteeringInbox,
  parts: RequestParts,
  { saysAloud, isHeld, answered }: AskSurroundings,
  mayRetry: (thrown: unknown) => boolean,
): Promise<boolean> {
  const player = new ResponsePlayer(turn.stage, {
    isPlanning: turn.isPlanning,
    planSuffix: () => turn.nextPlanSuffix(),
    saysAloud,
  });
  const calls = new Calls(turn, { isHeld });
  let completed: Completed | undefined;
  let isAnswered = false;
  let hasSearched = false;
  const play = (event: ModelEvent): boolean => {
    isAnswered = true;
    if (event.type === "completed") {
      completed = event;
      return true;
    }
    if (event.type === "rateLimits") {
      turn.conversation.rateLimits = event.rateLimits;
      return false;
    }
    player.play(event);
    if (event.type === "itemDone") take(event.item);
    return false;
  };
  const take = (item: ResponseItem): void => {
    const kept = toKept(item, (callId) => calls.has(callId));
    if (kept === undefined) return;
    if (kept.isRefused === true) {
      turn.remember(kept.item, toAborted(kept.item, "aborted"));
      return;
    }
    if (kept.search !== undefined) {
      const tools = turn.search(kept.search.arguments);
      turn.remember(kept.item, toSearchOutput(kept.search, tools));
      hasSearched = true;
      return;
    }
    turn.remember(kept.item);
    if (kept.call !== undefined) calls.begin(kept.call);
  };
  const spokenInto = new AbortController();
  try {
    const model = turn.agent.model(turn.settings.modelProvider);
    const signal = AbortSignal.any([turn.signal, spokenInto.signal]);
    const request = toRequest(turn, turn.conversation.items, parts);
    const unlisten = steering.listen(() => spokenInto.abort());
    try {
      await consume(model.stream(request, { signal }), signal, play);
    } catch (thrown) {
      if (thrown !== spokenInto.signal.reason) throw thrown;
      const said = player.cutShort();
      if (said !== undefined) turn.remember(said);
      await answered(undefined);
      await calls.finish();
      if (isAnswered) turn.tellUsage();
      return true;
    } finally {
      unlisten();
    }
    completed = mustBeComplete(completed);
    if (completed.usage !== undefined) {
      turn.count(completed.usage, completed.responseId);
    }
    await answered(completed.usage);
    await calls.finish();
  } catch (thrown) {
    let failure = thrown;
    if (!turn.signal.aborted && thrown instanceof ModelError) {
      const goesOn = mayRetry(thrown);
      // What it called for has begun and is done, whatever becomes of the turn;
      // it is part of what the model is asked next.
      try {
        await calls.finish();
        if (goesOn && isAnswered) turn.tellUsage();
        if (goesOn) throw thrown;
      } catch (late) {
        if (late === thrown) throw thrown;
        failure = late;
      }
    }
    turn.fail();
    cutShort(turn, player);
    await calls.abandon();
    if (isAnswered) turn.tellUsageAtLast();
    throw calls.failure === undefined ? failure : calls.failure.thrown;
  } finally {
    turn.lastAgentMessage = player.lastAgentMessage ?? turn.lastAgentMessage;
  }
  if (completed.usage !== undefined) turn.tellUsage();
  await turn.agent.tellDiff?.(turn.stage);
  return calls.any || hasSearched || completed.endTurn === false;
}

/** What was half said stays said. */
function cutShort(turn: Turn, player: ResponsePlayer): void {
  try {
    const said = player.cutShort();
    if (said !== undefined) turn.rememberAtLast(said);
  } catch (thrown) {
    turn.storageFailure ??= thrown;
  }
}

function mustBeComplete(completed: Completed | undefined): Completed {
  if (completed !== undefined) return completed;
  throw new ModelError(
    "stream disconnected before completion: stream closed before response.completed",
    { info: "other", isRetryable: true },
  );
}
