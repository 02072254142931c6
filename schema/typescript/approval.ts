/**
 * Approvals: when a person is asked, what, and what may be answered.
 *
 * @module
 */
import type { Path, UnixMs } from "./scalar.ts";
import type { CommandAction } from "./item_command.ts";
import type {
  AdditionalPermissionProfile,
  GrantedPermissionProfile,
  PermissionGrantScope,
  RequestPermissionProfile,
} from "./permission.ts";

/** Which kinds of question reach a person; the others are declined. */
export interface GranularApprovals {
  /** To leave the sandbox. */
  sandbox_approval: boolean;
  /** What a rule says must be asked. */
  rules: boolean;
  /** To run what a skill brings. Default false. */
  skill_approval?: boolean;
  /** For further permissions. Default false. */
  request_permissions?: boolean;
  /** What MCP servers ask. */
  mcp_elicitations: boolean;
}

/**
 * Asks for some kinds only.
 *
 * @closed
 */
export interface GranularApprovalPolicy {
  /** Which. @gate askForApproval.granular */
  granular: GranularApprovals;
}

/**
 * When a person is asked: for all but known harmless commands (`untrusted`),
 * when the model wants it (`on-request`), for some kinds of question, or never.
 */
export type AskForApproval =
  | "untrusted"
  | "on-request"
  | GranularApprovalPolicy
  | "never";

/** Who answers: the user, or a model. The last name is the older one. */
export type ApprovalsReviewer = "user" | "auto_review" | "guardian_subagent";

/** First words of commands that need no approval any more. */
export type ExecPolicyAmendment = string[];

/** Whether a host may be reached. */
export type NetworkPolicyRuleAction = "allow" | "deny";

/** A rule about a host. */
export interface NetworkPolicyAmendment {
  /** The host. */
  host: string;
  /** Whether it may be reached. */
  action: NetworkPolicyRuleAction;
}

/** By what a host is reached. */
export type NetworkApprovalProtocol =
  | "http"
  | "https"
  | "socks5Tcp"
  | "socks5Udp";

/** What a command wants of the network. */
export interface NetworkApprovalContext {
  /** Host to reach. */
  host: string;
  /** By what. */
  protocol: NetworkApprovalProtocol;
}

/** The rule to remember. */
export interface ExecpolicyAmendmentAnswer {
  /** First words of the commands. */
  execpolicy_amendment: ExecPolicyAmendment;
}

/**
 * Runs the command, and never asks for such a one again.
 *
 * @closed
 */
export interface AcceptWithExecpolicyAmendment {
  /** What to remember. */
  acceptWithExecpolicyAmendment: ExecpolicyAmendmentAnswer;
}

/** The rule about a host to remember. */
export interface NetworkPolicyAmendmentAnswer {
  /** The rule. */
  network_policy_amendment: NetworkPolicyAmendment;
}

/**
 * Settles a host for good.
 *
 * @closed
 */
export interface ApplyNetworkPolicyAmendment {
  /** What to remember. */
  applyNetworkPolicyAmendment: NetworkPolicyAmendmentAnswer;
}

/**
 * Run it; run it and all like it in this session; run it and remember a rule;
 * settle a host; do not run it; do not run it and stop the turn.
 */
export type CommandExecutionApprovalDecision =
  | "accept"
  | "acceptForSession"
  | AcceptWithExecpolicyAmendment
  | ApplyNetworkPolicyAmendment
  | "decline"
  | "cancel";

/** What a question about a command is about. */
export type CommandExecutionApprovalKind =
  | "command"
  | "humanCommand"
  | "writeStdin";

/** May this command run? */
export interface CommandExecutionRequestApprovalParams {
  /** A command, or input to one that runs. */
  kind: CommandExecutionApprovalKind;
  /** Thread that it is in. */
  threadId: string;
  /** Turn that it is in. */
  turnId: string;
  /** Item of the command. */
  itemId: string;
  /** When the question came up. */
  startedAtMs: UnixMs;
  /** Tells several questions of one item apart; null for the usual only one. */
  approvalId?: string | null;
  /** Place where it would run. */
  environmentId: string | null;
  /** Why it is asked. */
  reason?: string | null;
  /** What it wants of the network. */
  networkApprovalContext?: NetworkApprovalContext | null;
  /** The command line. */
  command?: string | null;
  /** Where it would run. */
  cwd?: Path | null;
  /** What it seems to do. */
  commandActions?: CommandAction[] | null;
  /** What it asks for beyond the sandbox. @experimental */
  additionalPermissions?: AdditionalPermissionProfile | null;
  /** Rule that would save the next such question. */
  proposedExecpolicyAmendment?: ExecPolicyAmendment | null;
  /** Rules about hosts that would. */
  proposedNetworkPolicyAmendments?: NetworkPolicyAmendment[] | null;
  /** Answers to offer, in this order. @experimental */
  availableDecisions?: CommandExecutionApprovalDecision[] | null;
}

/** The answer about a command. */
export interface CommandExecutionRequestApprovalResponse {
  /** The decision. */
  decision: CommandExecutionApprovalDecision;
}

/** As for commands; of a session, it is the files that are remembered. */
export type FileChangeApprovalDecision =
  | "accept"
  | "acceptForSession"
  | "decline"
  | "cancel";

/** May these files be changed? */
export interface FileChangeRequestApprovalParams {
  /** Thread that it is in. */
  threadId: string;
  /** Turn that it is in. */
  turnId: string;
  /** Item of the patch; it has the changes. */
  itemId: string;
  /** When the question came up. */
  startedAtMs: UnixMs;
  /** Why it is asked. */
  reason?: string | null;
  /** Directory to open for the rest of the session. */
  grantRoot?: string | null;
}

/** The answer about files. */
export interface FileChangeRequestApprovalResponse {
  /** The decision. */
  decision: FileChangeApprovalDecision;
}

/** May the model have further permissions? */
export interface PermissionsRequestApprovalParams {
  /** Thread that it is in. */
  threadId: string;
  /** Turn that it is in. */
  turnId: string;
  /** The model's call. */
  itemId: string;
  /** Place that they are for. */
  environmentId: string | null;
  /** When the question came up. */
  startedAtMs: UnixMs;
  /** Where it works. */
  cwd: Path;
  /** Why it wants them. */
  reason: string | null;
  /** What it wants. */
  permissions: RequestPermissionProfile;
}

/** What the model is given. */
export interface PermissionsRequestApprovalResponse {
  /** What; nothing in it is a no. */
  permissions: GrantedPermissionProfile;
  /** For how long. Default `"turn"`. */
  scope?: PermissionGrantScope;
  /** Review every command of the rest of the turn. */
  strictAutoReview?: boolean | null;
}

/** An answer to choose from. */
export interface ToolRequestUserInputOption {
  /** What is chosen. */
  label: string;
  /** What it means. */
  description: string;
}

/** A question to the user. */
export interface ToolRequestUserInputQuestion {
  /** Its id, for the answers. */
  id: string;
  /** A word or two to put above it. */
  header: string;
  /** The question. */
  question: string;
  /** Whether another answer may be typed. */
  isOther: boolean;
  /** Whether what is typed must not be shown. */
  isSecret: boolean;
  /** Answers to choose from. */
  options: ToolRequestUserInputOption[] | null;
}

/** A tool asks the user something. */
export interface ToolRequestUserInputParams {
  /** Thread that it is in. */
  threadId: string;
  /** Turn that it is in. */
  turnId: string;
  /** The model's call. */
  itemId: string;
  /** The questions. */
  questions: ToolRequestUserInputQuestion[];
  /** Whether the work waits for the answer. */
  isBlocking: boolean;
  /** After how many milliseconds it goes on without; for older clients. */
  autoResolutionMs: number | null;
}

/** The answer to one question. */
export interface ToolRequestUserInputAnswer {
  /** What was chosen, and what was typed. */
  answers: string[];
}

/** What the user answers. */
export interface ToolRequestUserInputResponse {
  /** By the question's id. */
  answers: { [id: string]: ToolRequestUserInputAnswer };
}
