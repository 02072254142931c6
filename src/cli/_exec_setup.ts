import type { AskForApproval, SandboxPolicy } from "../protocol/mod.ts";

/** What a session is set up as. */
export interface ExecSetup {
  readonly threadId: string;
  readonly model: string;
  readonly modelProvider: string;
  readonly approvalPolicy: AskForApproval;
  readonly sandbox: SandboxPolicy;
  readonly effort: string | null;
  readonly cwd: string;
  /** Directories of the workspace. */
  readonly roots: readonly string[];
}
