import type {
  Agent,
  AgentOptions,
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
import { toExtraMessages } from "./_extra_context.ts";
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

  recall(): Promise<void> {
    return this.#conversation.recall();
  }

  async instructionSources(cwd: string): Promise<string[]> {
    const { signal } = new AbortController();
    return (await readProjectInstructions(cwd, this.#options, signal)).sources;
  }

  run(order: TurnOrder, stage: Stage, options: RunOptions): Promise<TurnEnd> {
    const turn = this.#turn(order, stage, options.signal, {
      rootTurnId: order.rootTurnId,
      turnTrigger: order.turnTrigger,
      startedAtMs: order.startedAtMs,
      clientMetadata: order.clientMetadata,
      outputSchema: order.outputSchema,
    });
    return playToEnd(turn, async () => {
      // What the user said is never lost, whatever happens before it.
      try {
        await this.#prepare(turn, order);
      } finally {
        await say(turn, order);
      }
      turn.signal.throwIfAborted();
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

  replace(history: readonly ResponseItem[]): void {
    this.#conversation.replace(history);
  }

  /** Tells the model what is new to it, before the user's words. */
  async #prepare(turn: Turn, order: TurnOrder): Promise<void> {
    const { conversation, stage, settings } = turn;
    turn.signal.throwIfAborted();
    await conversation.recall();
    conversation.mend();
    await compactIfFull(turn, "pre_turn");
    const context = await toContextMessages(turn, conversation.items);
    turn.signal.throwIfAborted();
    turn.remember(...context, ...toExtraMessages(order.additionalContext));
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
