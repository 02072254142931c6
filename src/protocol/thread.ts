/**
 * `thread/*` and `turn/*`.
 *
 * The types marked `@unfinished` name only the fields that need
 * `experimentalApi`, so that a client without it gets the answer it expects;
 * everything else passes through them unread.
 *
 * @module
 */
import type { JsonValue } from "./common.ts";

/**
 * Starts a thread.
 *
 * @unfinished
 */
export interface ThreadStartParams {
  /** Take another model if the provider lacks the chosen one. @experimental */
  allowProviderModelFallback?: boolean;
  /** Directories that count as the workspace. @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** Name of a permission profile. @experimental */
  permissions?: JsonValue;
  /** Ignored; the effort of a turn decides. @experimental */
  multiAgentMode?: JsonValue;
  /** How the thread is stored. @experimental */
  historyMode?: JsonValue;
  /** Project that it belongs to. @experimental */
  projectId?: JsonValue;
  /** Keeps the client's choice of that name. @experimental */
  daybreakEnabled?: JsonValue;
  /** Places where it works. @experimental */
  environments?: JsonValue;
  /** Tools that the client brings along. @experimental */
  dynamicTools?: JsonValue;
  /** Sources of further abilities. @experimental */
  selectedCapabilityRoots?: JsonValue;
  /** Tries the experimental gate; does nothing. @experimental */
  mockExperimentalField?: JsonValue;
  /** Send what the model provider sent, too. @experimental */
  experimentalRawEvents?: boolean;
}

/**
 * Opens a stored thread again.
 *
 * @unfinished
 */
export interface ThreadResumeParams {
  /** Take this as its past instead of what is stored. @experimental */
  history?: JsonValue;
  /** File that it is stored in. @experimental */
  path?: JsonValue;
  /** Directories that count as the workspace. @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** Name of a permission profile. @experimental */
  permissions?: JsonValue;
  /** Which of its turns to answer with. @experimental */
  initialTurnsPage?: JsonValue;
}

/**
 * Starts a thread from the past of another.
 *
 * @unfinished
 */
export interface ThreadForkParams {
  /** Fork only to guess what the user may say next. @experimental */
  experimentalPredictionMode?: boolean;
  /** No MCP servers while guessing. @experimental */
  experimentalDisablePredictionMcp?: boolean;
  /** Leave out this turn and all after it. @experimental */
  beforeTurnId?: JsonValue;
  /** File that the other is stored in. @experimental */
  path?: JsonValue;
  /** Directories that count as the workspace. @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** Name of a permission profile. @experimental */
  permissions?: JsonValue;
  /** Let it hang on the other. @experimental */
  attachToSource?: boolean;
  /** Leave the goal alone until the next turn. @experimental */
  deferGoalContinuation?: boolean;
}

/**
 * Changes what is stored about a thread.
 *
 * @unfinished
 */
export interface ThreadMetadataUpdateParams {
  /** Project that it belongs to; empty for none. @experimental */
  projectId?: JsonValue;
  /** Keeps the client's choice of that name. @experimental */
  daybreakEnabled?: JsonValue;
}

/**
 * Lists stored threads.
 *
 * @unfinished
 */
export interface ThreadListParams {
  /** Also those that hang on others. @experimental */
  includeAttachedThreads?: boolean;
  /** Only those of this project; null: of none. @experimental even-null */
  projectId?: JsonValue;
  /** Only those that this one started. @experimental */
  parentThreadId?: JsonValue;
  /** Only those that descend from this one. @experimental */
  ancestorThreadId?: JsonValue;
  /** Only those that hang on this one. @experimental */
  attachedToThreadId?: JsonValue;
}

/**
 * Gives the model its next task.
 *
 * @unfinished
 */
export interface TurnStartParams {
  /** Notes for the model provider. @experimental */
  responsesapiClientMetadata?: JsonValue;
  /** Changes to those notes. @experimental */
  responsesapiClientMetadataPatch?: JsonValue;
  /** Further things for the model to know, by name. @experimental */
  additionalContext?: JsonValue;
  /** Places where it works. @experimental */
  environments?: JsonValue;
  /** Directories that count as the workspace. @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** Name of a permission profile. @experimental */
  permissions?: JsonValue;
  /** How the model works together with the user. @experimental */
  collaborationMode?: JsonValue;
  /** Ignored; the effort of a turn decides. @experimental */
  multiAgentMode?: JsonValue;
  /** Programme for security work to ask for. @experimental */
  cyberAccessProgram?: JsonValue;
}

/**
 * Adds to the task that the model works on.
 *
 * @unfinished
 */
export interface TurnSteerParams {
  /** Notes for the model provider. @experimental */
  responsesapiClientMetadata?: JsonValue;
  /** Changes to those notes. @experimental */
  responsesapiClientMetadataPatch?: JsonValue;
  /** Further things for the model to know, by name. @experimental */
  additionalContext?: JsonValue;
}
