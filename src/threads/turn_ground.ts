import type { Agent } from "../agent/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Thread as ThreadView, ThreadSettings } from "../protocol/mod.ts";
import type { ExternalTools } from "./external_tools.ts";
import type { Journal } from "./journal.ts";
import type { TurnHost } from "./live_turn.ts";
import type { PastTurns } from "./past_turns.ts";

/** The thread, as far as its turns have to do with it. */
export interface TurnGround extends TurnHost {
  readonly agent: Agent;
  readonly external: ExternalTools;
  /** How the next turn is set up. */
  readonly settings: ThreadSettings;
  /** The configuration that it was opened with. */
  readonly config: Config;
  readonly view: ThreadView;
  /** Where its history is written. */
  readonly journal: Journal;
  /** Its turns that are over. */
  readonly past: PastTurns;
  /** Changes what clients see of it. */
  change(changes: Partial<ThreadView>): void;
  /** Tells how it stands. */
  tellStatus(): void;
  /** Tells which questions have ended with a turn. */
  tellEnded(turnId: string): void;
}
