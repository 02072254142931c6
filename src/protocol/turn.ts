/**
 * `turn/*`: a task for the model, from what the user says to its last item.
 *
 * @module
 */
import type { ApprovalsReviewer, AskForApproval } from "./approval.ts";
import type {
  AbsolutePath,
  Empty,
  Int64,
  JsonValue,
  Path,
  Uint16,
  UnixSeconds,
} from "./scalar.ts";
import type { SandboxPolicy } from "./exec.ts";
import type { ThreadItem } from "./item.ts";
import type {
  CollaborationMode,
  CyberAccessProgram,
  MultiAgentMode,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  ServiceTier,
  TurnEnvironmentParams,
} from "./session.ts";
import type { FunctionCallOutputBody } from "./tool.ts";
import type { UserInput } from "./user_input.ts";

/** How a turn ended, or that it has not. */
export type TurnStatus = "completed" | "interrupted" | "failed" | "inProgress";

/** Which items of a turn are there: none, the telling ones, all. */
export type TurnItemsView = "notLoaded" | "summary" | "full";

/** What the model provider's server answered. */
export interface HttpFailure {
  /** Its HTTP status, if there was an answer. */
  httpStatusCode: Uint16 | null;
}

/** The provider was not reached. */
export interface HttpConnectionFailed {
  /** What came back. */
  httpConnectionFailed: HttpFailure;
}

/** The stream of the answer did not begin. */
export interface ResponseStreamConnectionFailed {
  /** What came back. */
  responseStreamConnectionFailed: HttpFailure;
}

/** The stream of the answer broke off. */
export interface ResponseStreamDisconnected {
  /** What came back. */
  responseStreamDisconnected: HttpFailure;
}

/** No attempt is left. */
export interface ResponseTooManyFailedAttempts {
  /** What came back last. */
  responseTooManyFailedAttempts: HttpFailure;
}

/** Turns that take no further input. */
export type NonSteerableTurnKind = "review" | "compact";

/** What runs instead. */
export interface ActiveTurn {
  /** Its kind. */
  turnKind: NonSteerableTurnKind;
}

/** The turn that runs takes no further input. */
export interface ActiveTurnNotSteerable {
  /** What runs. */
  activeTurnNotSteerable: ActiveTurn;
}

/** What went wrong, for programs. Newer servers may know more. */
export type CodexErrorInfo =
  | "contextWindowExceeded"
  | "sessionBudgetExceeded"
  | "usageLimitExceeded"
  | "rateLimitExceeded"
  | "flexUnavailable"
  | "serverOverloaded"
  | "modelNotFound"
  | "policyCapacityUnavailable"
  | "inferenceHookDenied"
  | "cyberPolicy"
  | "misalignmentPolicyViolation"
  | "tooManyDenials"
  | HttpConnectionFailed
  | ResponseStreamConnectionFailed
  | "internalServerError"
  | "unauthorized"
  | "badRequest"
  | "threadRollbackFailed"
  | "sandboxError"
  | ResponseStreamDisconnected
  | ResponseTooManyFailedAttempts
  | ActiveTurnNotSteerable
  | "other";

/** What to say to go on after a block. */
export interface MisalignmentSteer {
  /** The words. */
  message: string;
}

/** Why the provider blocked a turn, and how it may go on. */
export interface MisalignmentErrorDetails {
  /** Kind of block. */
  errorType: string | null;
  /** The reason, for people. */
  detailedExplanation: string | null;
  /** What to say if the user wants to go on. */
  steer: MisalignmentSteer | null;
  /** The provider's name for the block. */
  reviewTarget?: string | null;
}

/** What went wrong in a turn. */
export interface TurnError {
  /** For people. */
  message: string;
  /** For programs. */
  codexErrorInfo: CodexErrorInfo | null;
  /** More about it. */
  additionalDetails: string | null;
  /** Why the provider blocked it. */
  misalignment: MisalignmentErrorDetails | null;
}

/** A task for the model. */
export interface Turn {
  /** Its id, a UUID of version 7. */
  id: string;
  /** First turn of the chain that led here; its own id if it is the first. */
  rootTurnId: string | null;
  /** What happened in it, as far as `itemsView` says. */
  items: ThreadItem[];
  /** Which of its items are there. */
  itemsView: TurnItemsView;
  /** How it ended, or that it has not. */
  status: TurnStatus;
  /** What went wrong. */
  error: TurnError | null;
  /** When it began. */
  startedAt: UnixSeconds | null;
  /** When it ended. */
  completedAt: UnixSeconds | null;
  /** How long it took, in milliseconds. */
  durationMs: Int64 | null;
}

/** Whether what a client adds is to be trusted. */
export type AdditionalContextKind = "untrusted" | "application";

/** Something further for the model to know. */
export interface AdditionalContextEntry {
  /** What. */
  value: string;
  /** Whether it is to be trusted. */
  kind: AdditionalContextKind;
  /** What to call it. */
  name?: string | null;
}

/** What a tool gave back that a client called on its own. */
export interface TurnToolOutput {
  /** The tool. */
  name: string;
  /** Common name that it stands under. */
  namespace?: string | null;
  /** What it gave back. */
  output: FunctionCallOutputBody;
  /** Whether the model shall see it in later turns, too. Default false. */
  retain?: boolean;
}

/** Gives the model its next task; what is set here holds from now on. */
export interface TurnStartParams {
  /** Thread to go on with. */
  threadId: string;
  /** Plugins to do without; null for as before. */
  disabledPluginIds?: string[] | null;
  /** The client's own id for what the user says. */
  clientUserMessageId?: string | null;
  /** What the user says. */
  input: UserInput[];
  /** What made the client start it. */
  turnTrigger?: string | null;
  /** Turn, elsewhere, that this one works for. */
  parentTurnId?: string | null;
  /** First turn of that chain. */
  rootTurnId?: string | null;
  /** What a tool gave back that the client called on its own. */
  toolOutput?: TurnToolOutput | null;
  /** Notes for the model provider. @experimental */
  responsesapiClientMetadata?: { [name: string]: string } | null;
  /** Changes to those notes. @experimental */
  responsesapiClientMetadataPatch?: { [name: string]: string } | null;
  /** Further things for the model to know, by name. @experimental */
  additionalContext?: { [name: string]: AdditionalContextEntry } | null;
  /** Places where it works. @experimental */
  environments?: TurnEnvironmentParams[] | null;
  /** Directory where it works. */
  cwd?: Path | null;
  /** Directories that count as the workspace. @experimental */
  runtimeWorkspaceRoots?: AbsolutePath[] | null;
  /** When a person is asked. */
  approvalPolicy?: AskForApproval | null;
  /** Who answers. */
  approvalsReviewer?: ApprovalsReviewer | null;
  /** What commands may touch. */
  sandboxPolicy?: SandboxPolicy | null;
  /** Name of a permission profile; not with `sandboxPolicy`. @experimental */
  permissions?: string | null;
  /** Model to use. */
  model?: string | null;
  /** How fast answers come; null for the usual. */
  serviceTier?: ServiceTier | null;
  /** The same for this turn alone. */
  serviceTierForTurn?: ServiceTier | null;
  /** How hard the model thinks. */
  effort?: ReasoningEffort | null;
  /** How much of its reasoning is summed up. */
  summary?: ReasoningSummary | null;
  /** Its tone; changes nothing. */
  personality?: Personality | null;
  /** JSON Schema of the answer of this turn. */
  outputSchema?: JsonValue;
  /** How the model works together with the user. @experimental */
  collaborationMode?: CollaborationMode | null;
  /** Ignored; the effort of a turn decides. @experimental */
  multiAgentMode?: MultiAgentMode | null;
  /** Programme for security work to ask for. @experimental */
  cyberAccessProgram?: CyberAccessProgram | null;
}

/** The turn began, or its input was added to the one that runs. */
export interface TurnStartResponse {
  /** The turn; its items come as notifications. */
  turn: Turn;
}

/** Adds to the task that the model works on. */
export interface TurnSteerParams {
  /** Its thread. */
  threadId: string;
  /** The client's own id for what the user says. */
  clientUserMessageId?: string | null;
  /** What the user says. */
  input: UserInput[];
  /** Notes for the model provider. @experimental */
  responsesapiClientMetadata?: { [name: string]: string } | null;
  /** Changes to those notes. @experimental */
  responsesapiClientMetadataPatch?: { [name: string]: string } | null;
  /** Further things for the model to know, by name. @experimental */
  additionalContext?: { [name: string]: AdditionalContextEntry } | null;
  /** Turn that must be the one that runs. */
  expectedTurnId: string;
}

/** It was added. */
export interface TurnSteerResponse {
  /** Turn that it was added to. */
  turnId: string;
}

/** Stops the turn that runs. */
export interface TurnInterruptParams {
  /** Its thread. */
  threadId: string;
  /** The turn. */
  turnId: string;
}

/** It has stopped. */
export type TurnInterruptResponse = Empty;

/**
 * Changes the settings of the turn that runs, and of no other.
 *
 * @closed
 */
export interface TurnSettingsUpdateParams {
  /** Its thread. */
  threadId: string;
  /** The turn. */
  turnId: string;
  /** Who answers from now on. */
  approvalsReviewer?: ApprovalsReviewer | null;
  /** Places where it works from now on; null for as before. */
  environments?: TurnEnvironmentParams[] | null;
  /** Model to use; null for as before. */
  model?: string | null;
  /** How hard it thinks; null for as before. */
  effort?: ReasoningEffort | null;
  /** How much of its reasoning is summed up; null for as before. */
  summary?: ReasoningSummary | null;
  /** How fast answers come; null for the usual. */
  serviceTier?: ServiceTier | null;
}

/** Whether the turn was there to be changed. */
export type TurnSettingsUpdateStatus = "applied" | "targetUnavailable";

/** What came of it. */
export interface TurnSettingsUpdateResponse {
  /** Whether the turn was there to be changed. */
  status: TurnSettingsUpdateStatus;
}
