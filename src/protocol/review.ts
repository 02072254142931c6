/**
 * Reviews: of changes by the model (`review/start`), and of what the model wants
 * to do by another one (automatic review).
 *
 * @module
 */
import type { NetworkApprovalProtocol } from "./approval.ts";
import type { AbsolutePath, Empty, JsonValue, Path, Uint16 } from "./scalar.ts";
import type { RequestPermissionProfile } from "./permission.ts";
import type { Turn } from "./turn.ts";

/** What is not committed yet. */
export interface UncommittedChangesTarget {
  /** Tag of this kind. */
  type: "uncommittedChanges";
}

/** What a branch adds to another. */
export interface BaseBranchTarget {
  /** Tag of this kind. */
  type: "baseBranch";
  /** The other. */
  branch: string;
}

/** A commit. */
export interface CommitTarget {
  /** Tag of this kind. */
  type: "commit";
  /** Its hash. */
  sha: string;
  /** Its first line, for people. */
  title?: string | null;
}

/** Whatever the instructions say. */
export interface CustomTarget {
  /** Tag of this kind. */
  type: "custom";
  /** They. */
  instructions: string;
}

/** What to review. */
export type ReviewTarget =
  | UncommittedChangesTarget
  | BaseBranchTarget
  | CommitTarget
  | CustomTarget;

/** Where a review runs: in the thread itself, or in a fork of it (older). */
export type ReviewDelivery = "inline" | "detached";

/** Starts a review. */
export interface ReviewStartParams {
  /** Thread to run it in. */
  threadId: string;
  /** What to review. */
  target: ReviewTarget;
  /** Where it runs. */
  delivery?: ReviewDelivery | null;
}

/** The review began. */
export interface ReviewStartResponse {
  /** Its turn. */
  turn: Turn;
  /** Its thread. */
  reviewThreadId: string;
}

/** How far an automatic review is. */
export type GuardianApprovalReviewStatus =
  | "inProgress"
  | "approved"
  | "denied"
  | "timedOut"
  | "aborted";

/** How dangerous something is. */
export type GuardianRiskLevel = "low" | "medium" | "high" | "critical";

/** How clearly the user wants it. */
export type GuardianUserAuthorization = "unknown" | "low" | "medium" | "high";

/** An automatic review. */
export interface GuardianApprovalReview {
  /** How far it is. */
  status: GuardianApprovalReviewStatus;
  /** How dangerous it is. */
  riskLevel: GuardianRiskLevel | null;
  /** How clearly the user wants it. */
  userAuthorization: GuardianUserAuthorization | null;
  /** Why, for people. */
  rationale: string | null;
}

/** Tool that a command comes from. */
export type GuardianCommandSource = "shell" | "unifiedExec";

/** A command line. */
export interface GuardianCommandAction {
  /** Tag of this kind. */
  type: "command";
  /** Tool that it comes from. */
  source: GuardianCommandSource;
  /** The command line. */
  command: string;
  /** Where it would run. */
  cwd: Path;
}

/** A program that a command starts. */
export interface GuardianExecveAction {
  /** Tag of this kind. */
  type: "execve";
  /** Tool that it comes from. */
  source: GuardianCommandSource;
  /** The program. */
  program: string;
  /** Its arguments. */
  argv: string[];
  /** Where it would run. */
  cwd: AbsolutePath;
}

/** Input to a command that runs. */
export interface GuardianWriteStdinAction {
  /** Tag of this kind. */
  type: "writeStdin";
  /** The question that it is about. */
  approvalId: string;
  /** Terminal of the command. */
  processId: string;
  /** The input. */
  stdin: string;
  /** Where the command runs. */
  cwd: Path;
}

/** A patch. */
export interface GuardianApplyPatchAction {
  /** Tag of this kind. */
  type: "applyPatch";
  /** Where relative paths count from. */
  cwd: Path;
  /** The files. */
  files: Path[];
}

/** Use of the network. */
export interface GuardianNetworkAccessAction {
  /** Tag of this kind. */
  type: "networkAccess";
  /** Host and port. */
  target: string;
  /** The host. */
  host: string;
  /** By what it is reached. */
  protocol: NetworkApprovalProtocol;
  /** The port. */
  port: Uint16;
}

/** The call of an MCP tool. */
export interface GuardianMcpToolCallAction {
  /** Tag of this kind. */
  type: "mcpToolCall";
  /** The server. */
  server: string;
  /** The tool. */
  toolName: string;
  /** Connector behind it. */
  connectorId: string | null;
  /** Its name. */
  connectorName: string | null;
  /** Name of the tool, for people. */
  toolTitle: string | null;
}

/** Further permissions. */
export interface GuardianRequestPermissionsAction {
  /** Tag of this kind. */
  type: "requestPermissions";
  /** Why the model wants them. */
  reason: string | null;
  /** What it wants. */
  permissions: RequestPermissionProfile;
}

/** What an automatic review is about. */
export type GuardianApprovalReviewAction =
  | GuardianCommandAction
  | GuardianExecveAction
  | GuardianWriteStdinAction
  | GuardianApplyPatchAction
  | GuardianNetworkAccessAction
  | GuardianMcpToolCallAction
  | GuardianRequestPermissionsAction;

/** Who decided in an automatic review. */
export type AutoReviewDecisionSource = "agent";

/** Whether what the model wants to do is allowed. */
export type GuardianAssessmentOutcome = "allow" | "deny";

/** What an automatic review found. */
export interface ThreadGuardianAssessment {
  /** Whether it is allowed. */
  outcome: GuardianAssessmentOutcome;
  /** How dangerous it is. */
  riskLevel: GuardianRiskLevel;
  /** How clearly the user wants it. */
  userAuthorization: GuardianUserAuthorization;
  /** Why, for people. */
  rationale: string;
}

/** Asks for an automatic review. */
export interface ThreadGuardianReviewParams {
  /** Thread that it is about; the connection gets its events from now on. */
  threadId: string;
}

/** What it found. */
export interface ThreadGuardianReviewResponse {
  /** Call that was reviewed. */
  callId: string;
  /** What was found; null if no review was needed. */
  assessment: ThreadGuardianAssessment | null;
}

/** Allows what the automatic review denied. */
export interface ThreadApproveGuardianDeniedActionParams {
  /** Its thread. */
  threadId: string;
  /** The review, as it was recorded. */
  event: JsonValue;
}

/** Allowed; the model hears of it. */
export type ThreadApproveGuardianDeniedActionResponse = Empty;
