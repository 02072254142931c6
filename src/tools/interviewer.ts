import type {
  CommandExecutionItem,
  FileChangeItem,
  ServerMethodName,
  ServerRequests,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Answer } from "./_answer.ts";
import { review, type ReviewOrder } from "./_review.ts";
import { QuestionQueue } from "./question_queue.ts";
import { type AskOptions, StorageError } from "./stage.ts";
import type { ToolContext } from "./tool.ts";
import type { Reviewer } from "./toolbox.ts";

/** Whom an {@linkcode Interviewer} asks, beside people. */
export interface InterviewerOptions {
  /** Who answers in place of the user, if there is somebody. */
  readonly reviewer: Reviewer | undefined;
  readonly log: Logger;
}

/**
 * Asks whether something may be done: whoever stands in for the user, or people.
 * Only a clear yes is one: whatever else happens, such as an error, an answer
 * that makes no sense or a turn that is over, is none.
 */
export class Interviewer {
  readonly #reviewer: Reviewer | undefined;
  readonly #log: Logger;
  readonly #questions = new QuestionQueue();

  constructor({ reviewer, log }: InterviewerOptions) {
    this.#reviewer = reviewer;
    this.#log = log;
  }

  /**
   * Waits until all earlier questions are settled.
   *
   * @throws {unknown} the signal's reason, or what the work throws.
   */
  inTurn<T>(context: ToolContext, work: () => Promise<T>): Promise<T> {
    return this.#questions.inTurn(context, work);
  }

  /**
   * Asks whoever stands in for the user.
   *
   * @returns Nothing if people are to be asked.
   * @throws {unknown} the signal's reason.
   */
  review(
    order: ReviewOrder,
    context: ToolContext,
  ): Promise<Answer | undefined> {
    return review(this.#reviewer, context, order);
  }

  /**
   * Asks people; nothing if there is no answer that can be read.
   *
   * @throws {StorageError} if the question can't be stored.
   * @throws {unknown} the signal's reason.
   */
  async ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    { stage, signal }: ToolContext,
    options: Pick<AskOptions, "item"> = {},
  ): Promise<ServerRequests[M]["result"] | undefined> {
    try {
      return await stage.ask(method, params, {
        ...options,
        signal,
        waitingOn: "waitingOnApproval",
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StorageError) throw error;
      this.#log.debug("a question was not answered", {
        method,
        error: String(error),
      });
      return undefined;
    }
  }

  /** Does something about an item, which is complete if the turn breaks off. */
  async completing<T>(
    item: CommandExecutionItem | FileChangeItem,
    { stage, signal }: ToolContext,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) stage.completed({ ...item, status: "declined" });
      throw error;
    }
  }
}
