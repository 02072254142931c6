import type { TurnEnd, TurnOrder } from "../agent/mod.ts";
import type { ResponseItem } from "../model/mod.ts";
import {
  type JsonValue,
  RpcError,
  type ThreadSettings,
  type Turn,
  type TurnSettingsUpdateParams,
  type TurnStartParams,
  uuid7,
} from "../protocol/mod.ts";
import { findHere } from "../tools/mod.ts";
import type { Household } from "./household.ts";
import type { LiveTurn, Said } from "./live_turn.ts";
import { changeSettings } from "./settings.ts";
import { toWholeWishes } from "./_whole_wishes.ts";
import type { Thread } from "./thread.ts";

/**
 * Begins a turn, or says more in the one that runs. Call `play` of the thread
 * once the client knows of it.
 *
 * @param options `parentTurnId`: the turn of another thread that wants it.
 * @throws {RpcError} if the settings contradict each other.
 */
export function startTurn(
  threads: Pick<Household, "nextId" | "paths" | "environmentIds">,
  thread: Thread,
  params: TurnStartParams,
  { parentTurnId = null }: { readonly parentTurnId?: string | null } = {},
): Turn {
  applyChanges(threads, thread, params);
  const said: Said = {
    input: params.input,
    clientUserMessageId: params.clientUserMessageId ?? null,
  };
  const running = thread.turn;
  if (running?.kind === "regular" && running.say(said)) {
    return toAccepted(running.turnId, running.rootTurnId);
  }
  thread.warnOfModel();
  const turnId = threads.nextId();
  const rootTurnId = params.rootTurnId ?? turnId;
  thread.begin(turnId, rootTurnId, {
    kind: "regular",
    said,
    play: (turn) =>
      playRegular(thread, turn, said, params, { rootTurnId, parentTurnId }),
  });
  return toAccepted(turnId, rootTurnId);
}

/** Plays a turn that somebody asked for. */
export async function playRegular(
  { agent, settings }: Thread,
  turn: LiveTurn,
  said: Said,
  params: TurnStartParams,
  origin: Pick<TurnOrder, "rootTurnId" | "parentTurnId">,
): Promise<TurnEnd> {
  const begun = atWork(forThisTurn(settings, params));
  const order: TurnOrder = {
    ...said,
    ...origin,
    turnTrigger: params.turnTrigger ?? null,
    get settings() {
      return { ...begun, ...turn.changes };
    },
    outputSchema: params.outputSchema ?? null,
    clientMetadata: params.responsesapiClientMetadata ?? {},
    additionalContext: (params.additionalContext ?? {}) as Record<
      string,
      JsonValue
    >,
    startedAtMs: turn.startedAtMs,
  };
  const options = { signal: turn.controller.signal, steering: turn };
  let end = await agent.run(order, turn, options);
  // Somebody may have said more when the agent had looked for it last.
  while (end.status === "completed" && !turn.close()) {
    end = await agent.run(withoutInput(order), turn, options);
  }
  return end;
}

/**
 * Changes what a client says of the settings, and tells if that is anything.
 *
 * @param when When followers are told. Default: at once.
 */
export function applyChanges(
  threads: Pick<Household, "paths" | "environmentIds">,
  thread: Thread,
  changes: Omit<TurnStartParams, "threadId" | "input">,
  when?: (tell: () => void) => void,
): void {
  const cwd = changes.cwd == null
    ? thread.settings.cwd
    : threads.paths.resolve(changes.cwd);
  const next = changeSettings(thread.settings, changes, {
    config: thread.config,
    cwd,
    environmentIds: threads.environmentIds,
  });
  if (next !== thread.settings) thread.set(next, when);
}

/**
 * Accepts a command that the user typed behind a `!`: it is run in the turn that
 * runs, or in one of its own.
 *
 * @returns Runs it: call it once the client knows.
 */
export function startShell(
  threads: Pick<Household, "nextId">,
  thread: Thread,
  command: string,
  options: { readonly timeoutMs?: number | undefined } = {},
): () => void {
  const { turn: running } = thread;
  if (running?.kind === "regular" && findHere(thread.settings) !== undefined) {
    return () => {
      // What can't be stored has the turn fail, too, which tells it.
      playShell(thread, running, command, options)
        .then(() => running.remind(), () => {});
    };
  }
  const id = threads.nextId();
  thread.begin(id, id, {
    kind: "shell",
    play: (turn) => playShell(thread, turn, command, options),
  });
  return () => thread.play();
}

async function playShell(
  thread: Thread,
  turn: LiveTurn,
  command: string,
  options: { readonly timeoutMs?: number | undefined },
): Promise<TurnEnd> {
  const { signal } = turn.controller;
  if (findHere(thread.settings) === undefined) return unavailable;
  const text = await thread.toolbox.runShell(command, {
    stage: turn,
    settings: atWork(thread.settings),
    signal,
    ...options,
  });
  const item: ResponseItem = {
    type: "message",
    id: `msg_${uuid7()}`,
    role: "user",
    content: [{ type: "input_text", text }],
  };
  turn.record({ type: "response_item", payload: item });
  thread.agent.add(item);
  return {
    status: signal.aborted ? "interrupted" : "completed",
    error: null,
    lastAgentMessage: null,
  };
}

/** Settings with the directory on this machine that a thread works in. */
function atWork(settings: ThreadSettings): ThreadSettings {
  const { cwd } = findHere(settings) ?? settings;
  return cwd === settings.cwd ? settings : { ...settings, cwd };
}

/** How the command of a user ends in a thread that works elsewhere. */
const unavailable: TurnEnd = {
  status: "failed",
  error: {
    message: "shell is unavailable in this session",
    codexErrorInfo: null,
    additionalDetails: null,
    misalignment: null,
  },
  lastAgentMessage: null,
};

/** The same again, when all that the user said was heard. */
function withoutInput(order: TurnOrder): TurnOrder {
  return {
    ...order,
    input: [],
    get settings() {
      return order.settings;
    },
  };
}

/**
 * Changes how the turn that runs goes on, and no other.
 *
 * @returns False if it does not run, or is none whose settings can change.
 * @throws {RpcError} if too little is known of the model to change to it.
 */
export function changeRunningTurn(
  thread: Thread,
  { turnId, ...changes }: Omit<TurnSettingsUpdateParams, "threadId">,
): boolean {
  const { turn, settings, models } = thread;
  if (turn?.turnId !== turnId || turn.kind !== "regular") return false;
  const model = changes.model ?? turn.changes.model ?? settings.model;
  const { effort, summary, serviceTier } = changes;
  const isOfModel = [changes.model, effort, summary, serviceTier]
    .some((one) => one != null);
  if (isOfModel && !models.facts(model).isKnown) {
    throw RpcError.invalidRequest(
      "the active model has only fallback metadata",
    );
  }
  const { approvalsReviewer } = toWholeWishes(changes);
  turn.changes = {
    ...turn.changes,
    model,
    ...approvalsReviewer != null && { approvalsReviewer },
    ...effort != null && { effort },
    ...summary != null && { summary },
    ...serviceTier !== undefined && { serviceTier },
  };
  return true;
}

/** The settings with what holds for one turn only. */
function forThisTurn(
  settings: ThreadSettings,
  { serviceTierForTurn }: TurnStartParams,
): ThreadSettings {
  return serviceTierForTurn == null
    ? settings
    : { ...settings, serviceTier: serviceTierForTurn };
}

function toAccepted(id: string, rootTurnId: string): Turn {
  return {
    id,
    rootTurnId,
    items: [],
    itemsView: "notLoaded",
    status: "inProgress",
    error: null,
    startedAt: null,
    completedAt: null,
    durationMs: null,
  };
}
