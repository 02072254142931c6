import type {
  GuardianApprovalReview,
  GuardianApprovalReviewAction,
  ThreadBackgroundTerminal,
  ThreadGoal,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { Stage } from "./stage.ts";
import type { Tool } from "./tool.ts";

/** Commands of a thread that outlived the call that started them. */
export interface Terminals {
  /** Those that run, oldest first. */
  list(): ThreadBackgroundTerminal[];
  /**
   * Ends one; false if none of that number runs. Its item is complete a moment
   * later.
   */
  terminate(processId: string): boolean;
  /** Ends all; their items are complete a moment later. */
  clean(): void;
}

/** What {@linkcode Toolbox.runShell} works with. */
export interface ShellCommandOptions {
  readonly stage: Stage;
  readonly settings: ThreadSettings;
  /** Ends the command. */
  readonly signal: AbortSignal;
  /** Milliseconds after which it is ended. Default one hour. */
  readonly timeoutMs?: number | undefined;
}

/** The goal of a thread, as far as a model may touch it. */
export interface Goals {
  /** The goal; null without one. */
  get(): Promise<ThreadGoal | null>;
  /**
   * Sets one.
   *
   * @throws {Error} if there is an unfinished one; the message is for the model.
   */
  create(
    goal: { readonly objective: string; readonly tokenBudget: number | null },
    stage: Stage,
  ): Promise<ThreadGoal>;
  /**
   * Says how it stands.
   *
   * @throws {Error} if there is none; the message is for the model.
   */
  update(
    status: "complete" | "blocked" | "paused",
    stage: Stage,
  ): Promise<ThreadGoal>;
}

/** What a reviewer decides about. */
export interface ReviewQuestion {
  readonly action: GuardianApprovalReviewAction;
  /** What the model gives as its reason. */
  readonly reason: string | null;
  readonly stage: Stage;
  readonly settings: ThreadSettings;
}

/** What a reviewer says. */
export interface ReviewAnswer {
  readonly isApproved: boolean;
  readonly review: GuardianApprovalReview;
}

/**
 * Answers in place of a person (`approvalsReviewer`). Whatever it throws is a
 * no.
 */
export interface Reviewer {
  /** Decides. */
  review(
    question: ReviewQuestion,
    options: { readonly signal: AbortSignal },
  ): Promise<ReviewAnswer>;
}

/**
 * What the model of one loaded thread can call, and what goes on because of it:
 * sessions of commands, what was agreed for the session, what was granted.
 * Disposing it ends every command.
 */
export interface Toolbox extends AsyncDisposable {
  /** Commands that go on. */
  readonly terminals: Terminals;
  /** All tools that work now; a tool's `spec` says whether it is offered. */
  tools(): readonly Tool[];
  /**
   * Runs what the user typed behind a `!`, as an item of the stage's turn.
   *
   * @returns What the model sees of it, to be said by the user.
   */
  runShell(command: string, options: ShellCommandOptions): Promise<string>;
  /**
   * Tells `turn/diff/updated` once more if a patch was applied in this turn; to
   * be called after every response of the model and before the turn ends.
   */
  tellDiff(stage: Stage): Promise<void>;
}
