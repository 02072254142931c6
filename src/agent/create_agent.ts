import type {
  Agent,
  AgentOptions,
  Past,
  SteeringInbox,
  TurnEnd,
  TurnOrder,
} from "./agent.ts";
import type { ResponseItem } from "../model/mod.ts";
import type {
  ReviewTarget,
  ThreadSettings,
  ThreadTokenUsage,
} from "../protocol/mod.ts";
import type { Stage } from "../tools/mod.ts";
import { compact, compactIfFull } from "./_compact.ts";
import { toContextMessages } from "./_context_messages.ts";
import { Conversation } from "./_conversation.ts";
import { converse } from "./_converse.ts";
import { playToEnd } from "./_end.ts";
import {
  type Admission,
  admit,
  beginSession,
  hear,
  takeLate,
} from "./_hooks.ts";
import { checkPlaces } from "./_places.ts";
import { toExtraMessages } from "./_extra_context.ts";
import { toInstructionSites } from "./_instruction_files.ts";
import { readProjectInstructions } from "./_project_instructions.ts";
import { playReview } from "./_review.ts";
import { toTurnContext } from "./_turn_context.ts";
import { type AgentParts, Turn, type TurnParts } from "./_turn.ts";
import { say } from "./_user_message.ts";

/** What only some ways of working need of a turn. */
type RunOptions = {
  readonly signal: AbortSignal;
  readonly steering: SteeringInbox;
};

class LoadedAgent implements Agent {
  readonly #options: AgentParts;
  readonly #conversation: Conversation;

  constructor({ past, ...options }: AgentOptions) {
    this.#options = options;
    this.#conversation = new Conversation(past);
  }

  get history(): readonly ResponseItem[] {
    return this.#conversation.items;
  }

  get usage(): ThreadTokenUsage | null {
    return this.#conversation.usage;
  }

  get usageTurnId(): string | undefined {
    return this.#conversation.usageTurnId;
  }

  recall(): Promise<void> {
    return this.#conversation.recall();
  }

  async instructionSources(
    settings: Pick<ThreadSettings, "cwd" | "environments">,
  ): Promise<string[]> {
    const { extensions, findPlace } = this.#options;
    extensions?.attend(settings.cwd);
    const { signal } = new AbortController();
    const coming = (settings.environments ?? []).map(({ environmentId }) => {
      const place = findPlace?.(environmentId);
      return place?.view.status === "pending" && place.reach();
    });
    await Promise.all(coming);
    const sites = toInstructionSites(settings, this.#options);
    return (await readProjectInstructions(sites, this.#options, signal))
      .sources;
  }

  run(order: TurnOrder, stage: Stage, options: RunOptions): Promise<TurnEnd> {
    const turn = this.#turn(order, stage, options.signal, {
      rootTurnId: order.rootTurnId,
      parentTurnId: order.parentTurnId ?? null,
      turnTrigger: order.turnTrigger,
      startedAtMs: order.startedAtMs,
      clientMetadata: order.clientMetadata,
      outputSchema: order.outputSchema,
    });
    return playToEnd(turn, async () => {
      let admission: Admission = { isLetIn: true, contexts: [] };
      // What the user said is never lost, whatever happens before it, unless a
      // hook wants it so.
      try {
        await this.#prepare(turn, order);
        admission = await this.#admit(turn, order);
      } finally {
        if (admission.isLetIn) await say(turn, order);
      }
      hear(turn, admission.contexts);
      turn.signal.throwIfAborted();
      if (!admission.isLetIn) return;
      await converse(turn, options.steering, { saysAloud: true });
    });
  }

  compact(
    settings: ThreadSettings,
    stage: Stage,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<TurnEnd> {
    const turn = this.#turn({ settings }, stage, signal);
    return playToEnd(turn, async () => {
      await turn.conversation.recall();
      await compact(turn, "standalone_turn");
    });
  }

  review(
    target: ReviewTarget,
    settings: ThreadSettings,
    stage: Stage,
    options: RunOptions,
  ): Promise<TurnEnd> {
    const turn = this.#turn({ settings }, stage, options.signal);
    return playToEnd(turn, async () => {
      await turn.conversation.recall();
      await playReview(turn, target, options.steering);
    });
  }

  add(...items: ResponseItem[]): void {
    this.#conversation.add(...items);
  }

  replace(
    history: readonly ResponseItem[],
    { usage, usageTurnId }: Pick<Past, "usage" | "usageTurnId">,
  ): void {
    this.#conversation.replace(history);
    this.#conversation.usage = usage;
    this.#conversation.usageTurnId = usageTurnId;
  }

  async warnings(cwd: string): Promise<readonly string[]> {
    return await this.#options.extensions?.warnings(cwd) ?? [];
  }

  async leave(cwd: string, tell: Stage["tell"]): Promise<void> {
    const { extensions, sessionId, threadId } = this.#options;
    await extensions?.leave({ sessionId, threadId, cwd, tell });
  }

  /** Lets hooks hear that a session begins, and what the user says. */
  async #admit(turn: Turn, order: TurnOrder): Promise<Admission> {
    return await beginSession(turn)
      ? await admit(turn, order.input)
      : { isLetIn: false, contexts: [] };
  }

  /** Tells the model what is new to it, before the user's words. */
  async #prepare(turn: Turn, order: TurnOrder): Promise<void> {
    const { conversation, stage, settings } = turn;
    turn.signal.throwIfAborted();
    await conversation.recall();
    conversation.mend();
    await checkPlaces(turn);
    await compactIfFull(turn, "pre_turn");
    const context = await toContextMessages(turn, conversation.items);
    turn.signal.throwIfAborted();
    turn.remember(...context, ...toExtraMessages(order.additionalContext));
    takeLate(turn);
    stage.record({ type: "turn_context", payload: toTurnContext(turn) });
    conversation.model = settings.model;
  }

  #turn(
    source: { readonly settings: ThreadSettings },
    stage: Stage,
    signal: AbortSignal,
    parts: Partial<TurnParts> = {},
  ): Turn {
    return new Turn(this.#options, this.#conversation, stage, {
      rootTurnId: stage.turnId,
      parentTurnId: null,
      turnTrigger: null,
      startedAtMs: (this.#options.clock ?? Date).now(),
      clientMetadata: {},
      outputSchema: null,
      threadId: this.#options.threadId,
      subagent: null,
      baseInstructions: null,
      isRecorded: true,
      ...parts,
      get settings() {
        return source.settings;
      },
      signal,
    });
  }
}

/** Makes what works in a loaded thread. It holds nothing that has to be closed. */
export function createAgent(options: AgentOptions): Agent {
  return new LoadedAgent(options);
}
