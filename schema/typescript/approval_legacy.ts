/**
 * Approvals as the first version of the protocol asks for them. They are not
 * sent any more; clients still know the names.
 *
 * @module
 */
import type {
  ExecPolicyAmendment,
  NetworkPolicyAmendmentAnswer,
} from "./approval.ts";
import type { Path } from "./scalar.ts";

/** A file that comes. */
export interface AddedFile {
  /** Tag of this kind. */
  type: "add";
  /** What is in it. */
  content: string;
}

/** A file that goes away. */
export interface DeletedFile {
  /** Tag of this kind. */
  type: "delete";
  /** What was in it. */
  content: string;
}

/** A file that changes. */
export interface UpdatedFile {
  /** Tag of this kind. */
  type: "update";
  /** What changes. */
  unified_diff: string;
  /** Where it moves to. */
  move_path: string | null;
}

/** What happens to a file. */
export type FileChange = AddedFile | DeletedFile | UpdatedFile;

/** May this patch be applied? */
export interface ApplyPatchApprovalParams {
  /** Thread that it is in. */
  conversationId: string;
  /** The model's call. */
  callId: string;
  /** What happens, by file. */
  fileChanges: { [path: string]: FileChange };
  /** Why it is asked. */
  reason: string | null;
  /** Directory to open for the rest of the session. */
  grantRoot: string | null;
}

/** A command reads a file. */
export interface ParsedReadCommand {
  /** Tag of this kind. */
  type: "read";
  /** The command. */
  cmd: string;
  /** Name of the file. */
  name: string;
  /** The file. */
  path: Path;
}

/** A command lists files. */
export interface ParsedListFilesCommand {
  /** Tag of this kind. */
  type: "list_files";
  /** The command. */
  cmd: string;
  /** Where, if it says. */
  path: string | null;
}

/** A command searches. */
export interface ParsedSearchCommand {
  /** Tag of this kind. */
  type: "search";
  /** The command. */
  cmd: string;
  /** For what. */
  query: string | null;
  /** Where, if it says. */
  path: string | null;
}

/** A command does something else. */
export interface ParsedUnknownCommand {
  /** Tag of this kind. */
  type: "unknown";
  /** The command. */
  cmd: string;
}

/** What a command seems to do. */
export type ParsedCommand =
  | ParsedReadCommand
  | ParsedListFilesCommand
  | ParsedSearchCommand
  | ParsedUnknownCommand;

/** May this command run? */
export interface ExecCommandApprovalParams {
  /** Thread that it is in. */
  conversationId: string;
  /** The model's call. */
  callId: string;
  /** Tells several questions of one call apart. */
  approvalId: string | null;
  /** Program and arguments. */
  command: string[];
  /** Where it would run. */
  cwd: Path;
  /** Why it is asked. */
  reason: string | null;
  /** What it seems to do. */
  parsedCmd: ParsedCommand[];
}

/** The rule to remember. */
export interface ProposedExecpolicyAmendment {
  /** First words of the commands. */
  proposed_execpolicy_amendment: ExecPolicyAmendment;
}

/**
 * Yes, and never ask for such a one again.
 *
 * @closed
 */
export interface ApprovedExecpolicyAmendment {
  /** What to remember. */
  approved_execpolicy_amendment: ProposedExecpolicyAmendment;
}

/**
 * Settles a host for good.
 *
 * @closed
 */
export interface ReviewedNetworkPolicyAmendment {
  /** What to remember. */
  network_policy_amendment: NetworkPolicyAmendmentAnswer;
}

/** What the model hears. */
export interface DeniedReason {
  /** The reason. */
  rejection: string;
}

/**
 * No, for a reason.
 *
 * @closed
 */
export interface DeniedReview {
  /** The reason. */
  denied: DeniedReason;
}

/** The answer: yes, yes with consequences, no, too late, stop. */
export type ReviewDecision =
  | "approved"
  | ApprovedExecpolicyAmendment
  | "approved_for_session"
  | "approved_mcp_policy_amendment"
  | ReviewedNetworkPolicyAmendment
  | DeniedReview
  | "timed_out"
  | "abort";

/** The answer about a patch. */
export interface ApplyPatchApprovalResponse {
  /** The decision. */
  decision: ReviewDecision;
}

/** The answer about a command. */
export interface ExecCommandApprovalResponse {
  /** The decision. */
  decision: ReviewDecision;
}
