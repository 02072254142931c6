import type { Config } from "../config/mod.ts";
import type { Clock, Model, ModelFacts, ResponseItem } from "../model/mod.ts";
import type {
  AgentMessageItem,
  JsonValue,
  ReviewTarget,
  ThreadSettings,
  ThreadTokenUsage,
  TurnError,
  UserInput,
} from "../protocol/mod.ts";
import type { Stage, Tool } from "../tools/mod.ts";
import type { AgentExtensions, SessionSource } from "./extensions.ts";

export type { Clock };

/** What a turn is given to do. */
export interface TurnOrder {
  /** What the user says. */
  readonly input: readonly UserInput[];
  /** The client's own name for that message. */
  readonly clientUserMessageId: string | null;
  /** First turn of the chain of work that this one belongs to. */
  readonly rootTurnId: string;
  /** Turn of another thread that wants it. Default: null, for none. */
  readonly parentTurnId?: string | null;
  /** Who or what started it, as the client says. */
  readonly turnTrigger: string | null;
  /** How it is set up. Read anew for each step: it may change meanwhile. */
  readonly settings: ThreadSettings;
  /** JSON schema of its last message. */
  readonly outputSchema: JsonValue | null;
  /** Notes for the model provider, by name. */
  readonly clientMetadata: Readonly<Record<string, string>>;
  /** Further things for the model to know, by name. */
  readonly additionalContext: Readonly<Record<string, JsonValue>>;
  /** Unix milliseconds when it started. */
  readonly startedAtMs: number;
}

/** More that the user said while a turn runs. */
export interface SteeredInput {
  /** What was said. */
  readonly input: readonly UserInput[];
  /** The client's own name for that message. */
  readonly clientUserMessageId: string | null;
}

/** Where a running turn finds what was said meanwhile. */
export interface SteeringInbox {
  /** Takes all that waits, in order. */
  take(): SteeredInput[];
  /**
   * Calls `heard` when something is said, at once if something waits.
   *
   * @returns Ends that.
   */
  listen(heard: () => void): () => void;
}

/** How a turn ended. An interrupted one may carry no error. */
export interface TurnEnd {
  /** How. */
  readonly status: "completed" | "interrupted" | "failed";
  /** Why it failed; null unless it did. */
  readonly error: TurnError | null;
  /** What the agent said last in it; null unless it was completed. */
  readonly lastAgentMessage: AgentMessageItem | null;
}

/** What a thread is a fork of, for model providers. */
export interface ForkOrigin {
  readonly threadId: string;
  /** Number of the first record there that is not in the fork; null if unknown. */
  readonly endOrdinal: number | null;
  /**
   * How it was made: of a thread that was loaded, or of its file. Null if that
   * is past, and the fork was opened again.
   */
  readonly making: "warm_fork" | "cold_fork" | null;
  /**
   * Whether it asks in the name of the thread it is a fork of, so that the
   * provider finds what it has cached for that. Default: in its own.
   */
  readonly sharesCache?: boolean;
}

/** What is known of a thread's conversation when it is opened. */
export interface Past {
  /**
   * The conversation as the model last saw it; empty for a new thread. Or how
   * to read it: many threads are opened only to be looked at.
   */
  readonly history:
    | readonly ResponseItem[]
    | (() => Promise<readonly ResponseItem[]>);
  /** What it took so far. */
  readonly usage: ThreadTokenUsage | null;
  /** The turn that said so. Default: unknown. */
  readonly usageTurnId?: string | undefined;
  /** How often it was compacted. */
  readonly compactions: number;
  /**
   * How the thread came to be loaded, for hooks. Default: it is new if there is
   * no history, or else resumed.
   */
  readonly opening?: SessionSource;
  /** What it is a fork of. Default: of nothing. */
  readonly forkedFrom?: ForkOrigin;
  /** The last `turn_context` record, to tell what has changed since. */
  readonly lastContext: Readonly<Record<string, unknown>> | null;
}

/** What an agent works with. */
export interface AgentOptions {
  /** The thread. */
  readonly threadId: string;
  /** Thread at the root of the session that this one belongs to. */
  readonly sessionId: string;
  /** Configuration of the thread: layers, project and overrides together. */
  readonly config: Config;
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Who asks a provider, by its id in the configuration. */
  readonly model: (provider: string) => Model;
  /** What is known of a model. */
  readonly facts: (slug: string) => ModelFacts;
  /** What it may call now. */
  readonly tools: () => readonly Tool[];
  /** What the client wants in place of the built-in instructions. */
  readonly baseInstructions: string | null;
  /** What the client adds to them. */
  readonly developerInstructions: string | null;
  /** Identity of this installation, for the provider. */
  readonly installationId: string;
  /** Value of the `originator` header. */
  readonly originator: string;
  /** What the thread is listed as coming from, for the provider. */
  readonly threadSource?: string | null;
  /** Whose agent it is; null for nobody's. Default: null. */
  readonly spawnedBy?: {
    /** The thread above it. */
    readonly threadId: string;
    /** What kind of agent it is. */
    readonly role: string;
  } | null;
  /** Takes what the model is to hear beside what people say. Default: nothing. */
  readonly takeNews?: () => readonly ResponseItem[];
  /** What was said before it was loaded. */
  readonly past: Past;
  /**
   * Tells the diff of a turn once more, if there is one; the toolbox's own.
   * Called after every response and before a turn ends.
   */
  readonly tellDiff?: (stage: Stage) => Promise<void>;
  /**
   * Gives the real path of a file that may be read on behalf of a client: an
   * image, a skill, instructions of a project. Default: all may be.
   *
   * @throws {Error} if it may not be.
   */
  readonly checkRead?: (path: string) => Promise<string>;
  /** What skills, plugins and hooks add to its turns. Default: nothing. */
  readonly extensions?: AgentExtensions;
  /** Another place that it is set to work in. Default: there are none. */
  readonly findPlace?: (environmentId: string) => Place | undefined;
  /** Time, for tests. Default: that of the machine. */
  readonly clock?: Clock;
}

/** Files of a place beside this machine. What fails is thrown. */
export interface PlaceFiles {
  /** What is there, after all links. */
  stat(
    path: string,
    options: PlaceFileOptions,
  ): Promise<{ readonly isFile: boolean } | undefined>;
  /** The bytes of a file. */
  read(
    path: string,
    options: PlaceFileOptions,
  ): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** How files of another place are read. */
export interface PlaceFileOptions {
  /** Nothing confines who only reads. */
  readonly confinement: null;
  readonly signal?: AbortSignal;
}

/** A place beside this machine that a thread can be set to work in. */
export interface Place {
  /** How it is known to be. */
  readonly view:
    | { readonly status: "ready" | "pending" }
    | { readonly status: "disconnected"; readonly error: string };
  /** Whether it is connected, or about to be. */
  readonly isReachable: boolean;
  /** Names of skills that have to be there before a turn begins. */
  readonly requiredSkills: readonly string[];
  /** Its files, as far as they are read; nothing for what is not there. */
  readonly files: PlaceFiles;
  /** Name of its shell, once that is known. */
  readonly shellName: string | undefined;
  /** Connects to it if that had failed; resolves when that is done, or not. */
  reach(): Promise<void>;
}

/**
 * What works in a loaded thread: holds the conversation with the model and
 * plays turns on a stage. One thing at a time; the thread sees to that. What is
 * said of a turn before its first item and after its last is the thread's.
 */
export interface Agent {
  /**
   * What the model sees, oldest first; as far as it has been read, which it is
   * in every turn, and after {@linkcode Agent.recall}.
   */
  readonly history: readonly ResponseItem[];
  /** What the conversation took so far; null before the first response. */
  readonly usage: ThreadTokenUsage | null;
  /** The turn that said so, if that is known. */
  readonly usageTurnId: string | undefined;
  /**
   * Reads the conversation, if nothing has needed it yet.
   *
   * @throws {Error} if it can't be read.
   */
  recall(): Promise<void>;
  /** Paths of the files whose instructions hold for the thread. */
  instructionSources(
    settings: Pick<ThreadSettings, "cwd" | "environments">,
  ): Promise<string[]>;
  /**
   * Plays a turn to its end: items, deltas, tools, compaction, retries. Does
   * not throw: what goes wrong is how it ended.
   */
  run(
    order: TurnOrder,
    stage: Stage,
    options: { readonly signal: AbortSignal; readonly steering: SteeringInbox },
  ): Promise<TurnEnd>;
  /** Plays a turn that compacts the conversation. */
  compact(
    settings: ThreadSettings,
    stage: Stage,
    options: { readonly signal: AbortSignal },
  ): Promise<TurnEnd>;
  /** Plays a turn that reviews what `target` names. */
  review(
    target: ReviewTarget,
    settings: ThreadSettings,
    stage: Stage,
    options: { readonly signal: AbortSignal; readonly steering: SteeringInbox },
  ): Promise<TurnEnd>;
  /** Takes items into the conversation; the caller has stored them. */
  add(...items: ResponseItem[]): void;
  /**
   * Puts another conversation in place of this one, as a revert does, and what
   * that one took.
   */
  replace(
    history: readonly ResponseItem[],
    taken: Pick<Past, "usage" | "usageTurnId">,
  ): void;
  /** What is wrong with the thread's hooks, for the user. Never rejects. */
  warnings(cwd: string): Promise<readonly string[]>;
  /**
   * Lets hooks hear that the thread is closed. No turn runs any more. Never
   * rejects.
   */
  leave(cwd: string, tell: Stage["tell"]): Promise<void>;
}
