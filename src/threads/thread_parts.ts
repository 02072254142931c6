import type { Agent, TurnEnd } from "../agent/mod.ts";
import type { Config, FeatureNotices } from "../config/mod.ts";
import type { Models } from "../model/mod.ts";
import type {
  GitInfo,
  Thread as ThreadView,
  ThreadItem,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Toolbox } from "../tools/mod.ts";
import type { AgentLife } from "./agent_life.ts";
import type { Audience } from "./audience.ts";
import type { ExternalTools } from "./external_tools.ts";
import type { Journal } from "./journal.ts";
import type { LiveTurn, Said } from "./live_turn.ts";
import type { PastTurns } from "./past_turns.ts";

/**
 * What goes with the turns of a thread beside the thread itself: what is kept
 * of them elsewhere, and what comes next. Called in the order of its methods;
 * none of them throws.
 */
export interface TurnCompanion {
  /** A turn begins. */
  begin(turn: LiveTurn): void;
  /** An item is complete. */
  note(turnId: string, item: ThreadItem): void;
  /** A turn is over; resolves when the others can be called. */
  ready(): Promise<void>;
  /** The first that is told of its end. */
  settle(turn: LiveTurn, end: TurnEnd): void;
  /** There may be something new to read. */
  markUnread(turn: LiveTurn, end: TurnEnd): void;
  /** Nothing runs any more: may begin something. */
  goOn(end: TurnEnd): void;
}

/** What a loaded thread is made of. */
export interface ThreadParts {
  /** What never changes of it, and what is known of it so far. */
  readonly view: ThreadView;
  /** The repository it begins in, for its view once something was said. */
  readonly gitInfo: GitInfo | null;
  /** How its next turn is set up. */
  readonly settings: ThreadSettings;
  readonly agent: Agent;
  readonly toolbox: Toolbox;
  /** Tools that it has from elsewhere. */
  readonly external: ExternalTools;
  /** What is known of models. */
  readonly models: Models;
  /** The configuration that it was opened with. */
  readonly config: Config;
  /** What was asked for and not granted, in words for users. */
  readonly fallbacks: readonly string[];
  /** What requests to models go without, in words for users. */
  readonly omissions: readonly string[];
  /** What users are told of the features that it names. */
  readonly findFeatureNotices: () => Promise<FeatureNotices | undefined>;
  /** Whether what is said next is what lists show of it. */
  readonly beginsAnew: boolean;
  /** Where its history is written; an ephemeral one writes nowhere. */
  readonly journal: Journal;
  readonly audience: Audience;
  readonly log: Logger;
  /** Its turns that are over. */
  readonly past: PastTurns;
  /** How it is doing, for agents above it. */
  readonly life: AgentLife;
  /** What goes with its turns. */
  readonly companion: TurnCompanion;
  /** Called when a turn is over, or a follower has left. */
  readonly onRest: () => void;
  /** Called whenever what lists show of it has changed. */
  readonly onChange: () => void;
}

/** What a turn of a thread is to do. */
export type Work =
  | {
    readonly kind: "regular" | "review";
    readonly said: Said;
    play(turn: LiveTurn): Promise<TurnEnd>;
  }
  | {
    readonly kind: "compact" | "shell";
    play(turn: LiveTurn): Promise<TurnEnd>;
  };
