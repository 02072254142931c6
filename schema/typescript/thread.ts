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
  /** @experimental */
  allowProviderModelFallback?: boolean;
  /** @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** @experimental */
  permissions?: JsonValue;
  /** @experimental */
  multiAgentMode?: JsonValue;
  /** @experimental */
  historyMode?: JsonValue;
  /** @experimental */
  projectId?: JsonValue;
  /** @experimental */
  daybreakEnabled?: JsonValue;
  /** @experimental */
  environments?: JsonValue;
  /** @experimental */
  dynamicTools?: JsonValue;
  /** @experimental */
  selectedCapabilityRoots?: JsonValue;
  /** @experimental */
  mockExperimentalField?: JsonValue;
  /** @experimental */
  experimentalRawEvents?: boolean;
}

/**
 * Opens a stored thread again.
 *
 * @unfinished
 */
export interface ThreadResumeParams {
  /** @experimental */
  history?: JsonValue;
  /** @experimental */
  path?: JsonValue;
  /** @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** @experimental */
  permissions?: JsonValue;
  /** @experimental */
  initialTurnsPage?: JsonValue;
}

/**
 * Starts a thread from the past of another.
 *
 * @unfinished
 */
export interface ThreadForkParams {
  /** @experimental */
  experimentalPredictionMode?: boolean;
  /** @experimental */
  experimentalDisablePredictionMcp?: boolean;
  /** @experimental */
  beforeTurnId?: JsonValue;
  /** @experimental */
  path?: JsonValue;
  /** @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** @experimental */
  permissions?: JsonValue;
  /** @experimental */
  attachToSource?: boolean;
  /** @experimental */
  deferGoalContinuation?: boolean;
}

/**
 * Changes what is stored about a thread.
 *
 * @unfinished
 */
export interface ThreadMetadataUpdateParams {
  /** @experimental */
  projectId?: JsonValue;
  /** @experimental */
  daybreakEnabled?: JsonValue;
}

/**
 * Lists stored threads.
 *
 * @unfinished
 */
export interface ThreadListParams {
  /** @experimental */
  includeAttachedThreads?: boolean;
  /** @experimental even-null */
  projectId?: JsonValue;
  /** @experimental */
  parentThreadId?: JsonValue;
  /** @experimental */
  ancestorThreadId?: JsonValue;
  /** @experimental */
  attachedToThreadId?: JsonValue;
}

/**
 * Gives the model its next task.
 *
 * @unfinished
 */
export interface TurnStartParams {
  /** @experimental */
  responsesapiClientMetadata?: JsonValue;
  /** @experimental */
  responsesapiClientMetadataPatch?: JsonValue;
  /** @experimental */
  additionalContext?: JsonValue;
  /** @experimental */
  environments?: JsonValue;
  /** @experimental */
  runtimeWorkspaceRoots?: JsonValue;
  /** @experimental */
  permissions?: JsonValue;
  /** @experimental */
  collaborationMode?: JsonValue;
  /** @experimental */
  multiAgentMode?: JsonValue;
  /** @experimental */
  cyberAccessProgram?: JsonValue;
}

/**
 * Adds to the task that the model works on.
 *
 * @unfinished
 */
export interface TurnSteerParams {
  /** @experimental */
  responsesapiClientMetadata?: JsonValue;
  /** @experimental */
  responsesapiClientMetadataPatch?: JsonValue;
  /** @experimental */
  additionalContext?: JsonValue;
}
