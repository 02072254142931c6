import type { Config, TrustLevel } from "../config/mod.ts";
import type {
  ApprovalsReviewer,
  AskForApproval,
  CollaborationMode,
  Personality,
  ReasoningEffort,
  ReasoningSummary,
  SandboxMode,
  SandboxPolicy,
  ThreadSettings,
  TurnEnvironmentParams,
} from "../protocol/mod.ts";

/** What a client may say of a thread's settings when it opens one. */
export interface Wishes {
  readonly model?: string | null;
  readonly modelProvider?: string | null;
  readonly serviceTier?: string | null;
  readonly cwd?: string | null;
  readonly runtimeWorkspaceRoots?: readonly string[] | null;
  readonly approvalPolicy?: AskForApproval | null;
  readonly approvalsReviewer?: ApprovalsReviewer | null;
  readonly sandbox?: SandboxMode | null;
  readonly permissions?: string | null;
  readonly personality?: Personality | null;
  readonly environments?: readonly TurnEnvironmentParams[] | null;
}

/** What a client may change of them later. */
export interface Changes extends Omit<Wishes, "sandbox" | "modelProvider"> {
  readonly sandboxPolicy?: SandboxPolicy | null;
  readonly effort?: ReasoningEffort | null;
  readonly summary?: ReasoningSummary | null;
  readonly collaborationMode?: CollaborationMode | null;
  readonly disabledPluginIds?: readonly string[] | null;
}

/** What a stored thread remembers of them. */
export type Remembered = Partial<
  Pick<
    ThreadSettings,
    | "model"
    | "modelProvider"
    | "effort"
    | "serviceTier"
    | "approvalPolicy"
    | "approvalsReviewer"
    | "sandboxPolicy"
    | "activePermissionProfile"
    | "cwd"
    | "collaborationMode"
    | "disabledPluginIds"
    | "summary"
    | "personality"
  > & {
    /** Roots that it has by itself. */
    readonly runtimeWorkspaceRoots: readonly string[];
  }
>;

/** What settings are made from besides the wishes. */
export interface Ground {
  readonly config: Config;
  /** Absolute; where the thread works. */
  readonly cwd: string;
  /** What the user says of the project there. */
  readonly trust: TrustLevel | undefined;
  /** The model when nobody names one. */
  readonly defaultModel: string;
  /** Service tiers that a model knows. */
  readonly serviceTiers: (model: string) => readonly string[];
  /** Ids of the places beside this machine, in order. Default: none. */
  readonly environmentIds?: readonly string[];
  /** Told what the administrator's requirements did not let be. */
  readonly onFallback?: (message: string) => void;
  /** Told what requests to models go without, in words for users. */
  readonly onOmission?: (message: string) => void;
}
