/**
 * The ways to a thread in memory: `thread/start`, `thread/resume` and
 * `thread/fork`.
 *
 * What they are not told comes from what is stored with the thread, and then
 * from the configuration.
 *
 * @module
 */
import type { ApprovalsReviewer, AskForApproval } from "./approval.ts";
import type { AbsolutePath, JsonValue, Path, Uint, Uint32 } from "./scalar.ts";
import type { SandboxPolicy } from "./exec.ts";
import type {
  CollaborationMode,
  MultiAgentMode,
  Personality,
  ReasoningEffort,
  SandboxMode,
  ServiceTier,
  ThreadHistoryMode,
  ThreadSource,
  TurnEnvironmentParams,
} from "./session.ts";
import type { ActivePermissionProfile, Thread } from "./thread.ts";
import type { SortDirection, TurnsPage } from "./thread_history.ts";
import type { DynamicToolSpec } from "./tool.ts";
import type { TurnItemsView } from "./turn.ts";

/** Whether a thread comes from a fresh start or after the screen was cleared. */
export type ThreadStartSource = "startup" | "clear";

/** A directory of some place where threads work. */
export interface EnvironmentCapabilityRoot {
  /** Tag of this kind. */
  type: "environment";
  /** Which place. */
  environmentId: string;
  /** Absolute path of the directory there. */
  path: string;
}

/** Where abilities are to be found. */
export type CapabilityRootLocation = EnvironmentCapabilityRoot;

/** A source of further abilities. */
export interface SelectedCapabilityRoot {
  /** Name that the client's platform gave it. */
  id: string;
  /** Where it is. */
  location: CapabilityRootLocation;
}

/** Starts a thread. */
export interface ThreadStartParams {
  /** Model to use. */
  model?: string | null;
  /** Name of the model provider. */
  modelProvider?: string | null;
  /**
   * Take another model if the provider lacks the chosen one.
   *
   * @experimental
   */
  allowProviderModelFallback?: boolean;
  /** Service tier; null for the model's own. */
  serviceTier?: ServiceTier | null;
  /** Where it works; a relative path counts from the server's directory. */
  cwd?: string | null;
  /**
   * Directories that count as the workspace.
   *
   * @experimental
   */
  runtimeWorkspaceRoots?: AbsolutePath[] | null;
  /** When a person is asked. */
  approvalPolicy?: AskForApproval | null;
  /** Who answers when a person would be asked. */
  approvalsReviewer?: ApprovalsReviewer | null;
  /** What commands may touch. */
  sandbox?: SandboxMode | null;
  /**
   * Name of a permission profile; not together with `sandbox`.
   *
   * @experimental
   */
  permissions?: string | null;
  /** Changes to the configuration; a key may be a dotted path. */
  config?: { [key: string]: JsonValue } | null;
  /** Name that the client's service goes by. */
  serviceName?: string | null;
  /** Takes the place of the server's instructions to the model. */
  baseInstructions?: string | null;
  /** Further instructions to the model. */
  developerInstructions?: string | null;
  /** Accepted, but changes nothing any more. */
  personality?: Personality | null;
  /**
   * Ignored; the effort of a turn decides.
   *
   * @experimental
   */
  multiAgentMode?: MultiAgentMode | null;
  /** Keep it in memory only. Default false. */
  ephemeral?: boolean | null;
  /**
   * How its turns are stored. Default: as configured.
   *
   * @experimental
   */
  historyMode?: ThreadHistoryMode | null;
  /** What brought the client to start it. */
  sessionStartSource?: ThreadStartSource | null;
  /** What it is for, in the client's words. */
  threadSource?: ThreadSource | null;
  /**
   * Project that it belongs to.
   *
   * @experimental
   */
  projectId?: string | null;
  /**
   * Keeps the client's choice of that name; not for an ephemeral thread.
   *
   * @experimental
   */
  daybreakEnabled?: boolean | null;
  /**
   * Places where it works, the main one first; an empty list for none.
   *
   * @experimental
   */
  environments?: TurnEnvironmentParams[] | null;
  /**
   * Tools that the client brings along; all in the present form or all in the
   * older one.
   *
   * @experimental
   */
  dynamicTools?: DynamicToolSpec[] | null;
  /**
   * Sources of further abilities.
   *
   * @experimental
   */
  selectedCapabilityRoots?: SelectedCapabilityRoot[] | null;
  /**
   * Tries the experimental gate; does nothing.
   *
   * @experimental
   */
  mockExperimentalField?: string | null;
  /**
   * Send what the model provider sent, too.
   *
   * @experimental
   */
  experimentalRawEvents?: boolean;
}

/** A place in what a thread tells. */
export interface ReplayPoint {
  /** Life of the thread in which numbers are given; another begins at 1. */
  epoch: string;
  /** `seq` of a notification; 0 for what was before the first. */
  seq: Uint;
}

/** Where a thread stands, for whoever may have to catch up later. */
export interface ReplayState extends ReplayPoint {
  /**
   * Notifications that follow because of `replaySince`; null if some of them
   * are not there any more, or none were asked for: read the thread again.
   */
  replayed: Uint | null;
}

/** A thread in memory, and what it is set to. */
export interface ThreadStartResponse {
  /**
   * Where it stands.
   *
   * @gangway
   */
  replay?: ReplayState;
  /** The thread. */
  thread: Thread;
  /** Model in use. */
  model: string;
  /** Name of the model provider. */
  modelProvider: string;
  /** Service tier; null for the model's own. */
  serviceTier: ServiceTier | null;
  /** Plugins that are turned off, by id. */
  disabledPluginIds: string[];
  /** Where it works. */
  cwd: AbsolutePath;
  /**
   * Directories that count as the workspace.
   *
   * @experimental
   */
  runtimeWorkspaceRoots: AbsolutePath[];
  /** Files that instructions to the model were read from. */
  instructionSources: Path[];
  /** When a person is asked. */
  approvalPolicy: AskForApproval;
  /** Who answers when a person would be asked. */
  approvalsReviewer: ApprovalsReviewer;
  /** What commands may touch. */
  sandbox: SandboxPolicy;
  /**
   * Permission profile that this comes from.
   *
   * @experimental
   */
  activePermissionProfile: ActivePermissionProfile | null;
  /** Effort; null leaves it to the model. */
  reasoningEffort: ReasoningEffort | null;
  /**
   * Always `explicitRequestOnly`.
   *
   * @experimental
   */
  multiAgentMode: MultiAgentMode;
}

/** Which of its turns to answer with. */
export interface ThreadResumeInitialTurnsPageParams {
  /** Most turns to answer with. */
  limit?: Uint32 | null;
  /** Which come first. Default: the newest. */
  sortDirection?: SortDirection | null;
  /** How much of each. Default `"summary"`. */
  itemsView?: TurnItemsView | null;
}

/**
 * Opens a stored thread again, or joins one that is in memory. One in memory
 * keeps its settings.
 */
export interface ThreadResumeParams {
  /** Which thread. */
  threadId: string;
  /**
   * Take these items of the model's as its past instead of what is stored; it
   * becomes a thread of its own then.
   *
   * @experimental
   */
  history?: JsonValue[] | null;
  /**
   * File that it is stored in; counts more than `threadId`, unless that one is
   * in memory. Empty is the same as absent.
   *
   * @experimental
   */
  path?: Path | null;
  /** Model to use. */
  model?: string | null;
  /** Name of the model provider. */
  modelProvider?: string | null;
  /** Service tier; null for the model's own. */
  serviceTier?: ServiceTier | null;
  /** Where it works. */
  cwd?: string | null;
  /**
   * Directories that count as the workspace.
   *
   * @experimental
   */
  runtimeWorkspaceRoots?: AbsolutePath[] | null;
  /** When a person is asked. */
  approvalPolicy?: AskForApproval | null;
  /** Who answers when a person would be asked. */
  approvalsReviewer?: ApprovalsReviewer | null;
  /** What commands may touch. */
  sandbox?: SandboxMode | null;
  /**
   * Name of a permission profile; not together with `sandbox`.
   *
   * @experimental
   */
  permissions?: string | null;
  /** Changes to the configuration; a key may be a dotted path. */
  config?: { [key: string]: JsonValue } | null;
  /** Takes the place of the server's instructions to the model. */
  baseInstructions?: string | null;
  /** Further instructions to the model. */
  developerInstructions?: string | null;
  /** Accepted, but changes nothing any more. */
  personality?: Personality | null;
  /** Answer without turns; they can be listed. Default false. */
  excludeTurns?: boolean;
  /**
   * Answer with a page of turns beside the thread.
   *
   * @experimental
   */
  initialTurnsPage?: ThreadResumeInitialTurnsPageParams | null;
  /**
   * The last notification that arrived before the connection broke: what came
   * after it is sent again, right behind the reply.
   *
   * @gangway
   */
  replaySince?: ReplayPoint | null;
}

/** The thread, and where to read on in its past. */
export interface ThreadResumeResponse extends ThreadStartResponse {
  /** How the model works together with the user. */
  collaborationMode: CollaborationMode | null;
  /**
   * The page of turns that was asked for.
   *
   * @experimental
   */
  initialTurnsPage: TurnsPage | null;
  /** Cursor for `thread/turns/list`, newest first, from the present on. */
  turnsBackwardsCursor: string | null;
  /** Cursor for `thread/items/list`, newest first, from the present on. */
  itemsBackwardsCursor: string | null;
}

/** Starts a thread from the past of another. */
export interface ThreadForkParams {
  /** The other. */
  threadId: string;
  /**
   * Fork only to guess what the user may say next; needs an ephemeral fork of
   * a thread in memory.
   *
   * @experimental
   */
  experimentalPredictionMode?: boolean;
  /**
   * No MCP servers while guessing.
   *
   * @experimental
   */
  experimentalDisablePredictionMcp?: boolean;
  /** Last turn to take over; it must have ended. Default: all. */
  lastTurnId?: string | null;
  /**
   * Leave out this turn and all after it; not together with `lastTurnId`.
   *
   * @experimental
   */
  beforeTurnId?: string | null;
  /**
   * File that the other is stored in; counts more than `threadId`. Empty is the
   * same as absent.
   *
   * @experimental
   */
  path?: Path | null;
  /** Model to use. */
  model?: string | null;
  /** Name of the model provider. */
  modelProvider?: string | null;
  /** Service tier; null for the model's own. */
  serviceTier?: ServiceTier | null;
  /** Where it works. */
  cwd?: string | null;
  /**
   * Directories that count as the workspace.
   *
   * @experimental
   */
  runtimeWorkspaceRoots?: AbsolutePath[] | null;
  /** When a person is asked. */
  approvalPolicy?: AskForApproval | null;
  /** Who answers when a person would be asked. */
  approvalsReviewer?: ApprovalsReviewer | null;
  /** What commands may touch. */
  sandbox?: SandboxMode | null;
  /**
   * Name of a permission profile; not together with `sandbox`.
   *
   * @experimental
   */
  permissions?: string | null;
  /** Changes to the configuration; a key may be a dotted path. */
  config?: { [key: string]: JsonValue } | null;
  /** Takes the place of the server's instructions to the model. */
  baseInstructions?: string | null;
  /** Further instructions to the model. */
  developerInstructions?: string | null;
  /** Keep it in memory only. Default false. */
  ephemeral?: boolean;
  /**
   * Let it hang on the other, out of ordinary lists; neither ephemeral nor
   * together with `deferGoalContinuation`. Default false.
   *
   * @experimental
   */
  attachToSource?: boolean;
  /** What it is for, in the client's words. */
  threadSource?: ThreadSource | null;
  /** Answer without turns; they can be listed. Default false. */
  excludeTurns?: boolean;
  /**
   * Take the goal over, but leave it alone until the next turn. Default false.
   *
   * @experimental
   */
  deferGoalContinuation?: boolean;
}

/** The new thread, and what it is set to. */
export type ThreadForkResponse = ThreadStartResponse;
