/**
 * What a thread is set to, and `thread/settings/update`.
 *
 * @module
 */
import type { ApprovalsReviewer, AskForApproval } from "./approval.ts";
import type { AbsolutePath, Empty, Path } from "./scalar.ts";
import type { SandboxPolicy } from "./exec.ts";
import type {
  CollaborationMode,
  MultiAgentMode,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  ServiceTier,
  TurnEnvironmentParams,
} from "./session.ts";
import type { ActivePermissionProfile, ThreadEnvironment } from "./thread.ts";

/** What the next turn of a thread begins with. */
export interface ThreadSettings {
  /** Plugins that are turned off, by id. */
  disabledPluginIds: string[];
  /** Where it works. */
  cwd: AbsolutePath;
  /**
   * Places where it works, the main one first.
   *
   * @experimental
   */
  environments: ThreadEnvironment[] | null;
  /** When a person is asked. */
  approvalPolicy: AskForApproval;
  /** Who answers when a person would be asked. */
  approvalsReviewer: ApprovalsReviewer;
  /** What commands may touch. */
  sandboxPolicy: SandboxPolicy;
  /** Permission profile that this comes from. */
  activePermissionProfile: ActivePermissionProfile | null;
  /** Model to use. */
  model: string;
  /** Name of the model provider. */
  modelProvider: string;
  /** Service tier; null for the model's own. */
  serviceTier: ServiceTier | null;
  /** Effort; null leaves it to the model. */
  effort: ReasoningEffort | null;
  /** How the reasoning is summed up; null leaves it to the model. */
  summary: ReasoningSummary | null;
  /** How the model works together with the user. */
  collaborationMode: CollaborationMode;
  /**
   * Always `explicitRequestOnly`.
   *
   * @experimental
   */
  multiAgentMode: MultiAgentMode;
  /** As it was set; changes nothing any more. */
  personality: Personality | null;
}

/**
 * Changes the settings of a thread for its next turns. What is absent or null
 * stays as it is, but for `serviceTier`.
 */
export interface ThreadSettingsUpdateParams {
  /** Which thread. */
  threadId: string;
  /** Plugins to turn off, by id; an empty list turns all on. */
  disabledPluginIds?: string[] | null;
  /** Where it works. */
  cwd?: Path | null;
  /** Places where it works, the main one first; an empty list for none. */
  environments?: TurnEnvironmentParams[] | null;
  /** When a person is asked. */
  approvalPolicy?: AskForApproval | null;
  /** Who answers when a person would be asked. */
  approvalsReviewer?: ApprovalsReviewer | null;
  /** What commands may touch. */
  sandboxPolicy?: SandboxPolicy | null;
  /** Name of a permission profile; not together with `sandboxPolicy`. */
  permissions?: string | null;
  /** Model to use. */
  model?: string | null;
  /** Service tier; absent leaves it, null sets the model's own. */
  serviceTier?: ServiceTier | null;
  /** Effort. */
  effort?: ReasoningEffort | null;
  /** How the reasoning is summed up. */
  summary?: ReasoningSummary | null;
  /** How the model works together with the user. */
  collaborationMode?: CollaborationMode | null;
  /** Ignored; the effort decides. */
  multiAgentMode?: MultiAgentMode | null;
  /** Accepted, but changes nothing any more. */
  personality?: Personality | null;
}

/** The settings are taken. */
export type ThreadSettingsUpdateResponse = Empty;

/** A thread has other settings. Goes to its subscribers. */
export interface ThreadSettingsUpdatedNotification {
  /** Which thread. */
  threadId: string;
  /** All its settings. */
  threadSettings: ThreadSettings;
}
