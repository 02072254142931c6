import type { Config } from "../config/mod.ts";
import type { JsonValue, ThreadSettings, UserInput } from "../protocol/mod.ts";
import type { Stage } from "../tools/mod.ts";

/** Something that hooks can be declared for, as it happens. */
export type HookOccasion =
  | { readonly event: "sessionStart"; readonly source: SessionSource }
  | { readonly event: "subagentStart" }
  | { readonly event: "userPromptSubmit"; readonly prompt: string }
  | { readonly event: "preModelRequest" }
  | {
    readonly event: "postModelRequest";
    readonly status: "completed" | "failed" | "cancelled";
    readonly error: string | null;
    /** What it took; null if that is not known. */
    readonly usage: HookedUsage | null;
  }
  | {
    readonly event: "preToolUse" | "permissionRequest";
    readonly tool: HookedTool;
  }
  | {
    readonly event: "postToolUse";
    readonly tool: HookedTool;
    /** What the tool answered. */
    readonly response: JsonValue;
  }
  | {
    readonly event: "preCompact" | "postCompact";
    readonly trigger: "manual" | "auto";
  }
  | {
    readonly event: "stop" | "subagentStop";
    /** Whether a hook has kept the turn from ending already. */
    readonly isActive: boolean;
    readonly lastAgentMessage: string | null;
  }
  | { readonly event: "interrupt" };

/** Why hooks are told of a session: it began, or lost what it was told. */
export type SessionSource =
  | "startup"
  | "resume"
  | "clear"
  | "compact"
  | "fork";

/** Tokens of a response, under the names that hooks know. */
export type HookedUsage = Readonly<Record<string, number>>;

/** A call of a tool as hooks know it. */
export interface HookedTool {
  readonly callId: string;
  readonly name: string;
  /** Other names that matchers may use. */
  readonly aliases: readonly string[];
  readonly input: JsonValue;
}

/** What hooks made of an occasion. */
export interface HookVerdict {
  /** Why it must not happen, or what has to be done yet; null if it may. */
  readonly blocked: string | null;
  /** Why everything is to end, perhaps empty; null if it is to go on. */
  readonly stopped: string | null;
  /** What the model is to know beside it. */
  readonly contexts: readonly string[];
  /** What hooks want to be done yet, by run. */
  readonly fragments: readonly {
    readonly text: string;
    readonly hookRunId: string;
  }[];
  /** What a tool is to be given in place of its input. */
  readonly input?: JsonValue;
  /** Whether people need not be asked for consent. */
  readonly isAllowed?: boolean;
}

/** Where an occasion arises. */
export interface HookScene {
  readonly sessionId: string;
  readonly stage: Stage;
  readonly settings: ThreadSettings;
  readonly signal: AbortSignal;
}

/** What a hook said that nobody waited for. */
export interface LateWord {
  /** What the model is to know; null for nothing. */
  readonly context: string | null;
  /** What the user is to know; null for nothing. */
  readonly warning: string | null;
}

/** A thread as it is closed. */
export interface Farewell {
  readonly sessionId: string;
  readonly threadId: string;
  readonly cwd: string;
  /** Tells those who follow the thread. */
  readonly tell: Stage["tell"];
}

/** What the user's words name beside what they say. */
export interface Named {
  /** Skills, to be read with them. */
  readonly skills: readonly { readonly name: string; readonly path: string }[];
  /** What the model is to know beside them. */
  readonly notes: readonly string[];
}

/** What extensions add to the turns of a thread: skills, plugins, hooks. */
export interface AgentExtensions {
  /** Says where the thread works from now on. */
  attend(cwd: string): void;
  /** What a model is told of the skills at hand; null if there are none. */
  describe(cwd: string, config: Config): Promise<string | null>;
  /** What the user's words name. */
  resolve(
    input: readonly UserInput[],
    cwd: string,
    config: Config,
  ): Promise<Named>;
  /** What is wrong with the hooks of the thread, for the user. Never rejects. */
  warnings(cwd: string): Promise<readonly string[]>;
  /** Whether any hook may run for an event. */
  awaits(event: HookOccasion["event"], cwd: string): Promise<boolean>;
  /** Runs the hooks for an occasion. Does not throw, unless it is aborted. */
  occur(occasion: HookOccasion, scene: HookScene): Promise<HookVerdict>;
  /** Lets hooks hear that the thread is closed. Never rejects. */
  leave(farewell: Farewell): Promise<void>;
  /** Takes what hooks said that nobody waited for. */
  takeLate(): readonly LateWord[];
}
