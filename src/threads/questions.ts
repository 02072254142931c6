import {
  decodeAnswer,
  errorCodes,
  type RpcError,
  type ServerMethodName,
  type ServerRequests,
} from "../protocol/mod.ts";
import type { Attendance } from "./attendance.ts";

/** A question that a thread has asked whoever follows it. */
export interface Question {
  /** Its number, the same for everybody who is asked. */
  readonly id: number;
  /** What is asked. */
  readonly method: ServerMethodName;
  /** About what. */
  readonly params: ServerRequests[ServerMethodName]["params"];
}

interface Open extends Question {
  /** Takes the question back from those who were asked. */
  readonly asked: Map<Attendance, AbortController>;
  settle(answer: { result: unknown } | { error: unknown }): void;
}

/**
 * The questions of a thread that nobody has answered yet. The first answer
 * counts, whoever gives it; a client that leaves answers nothing, and one that
 * comes is asked what is still open.
 */
export class Questions {
  readonly #open = new Map<number, Open>();

  /** What is open, oldest first. */
  get open(): Question[] {
    return [...this.#open.values()];
  }

  /**
   * Asks everybody who is there, and whoever comes as long as it is open.
   *
   * @throws {RpcError} what was answered in place of a result.
   * @throws {unknown} the signal's reason.
   */
  ask<M extends ServerMethodName>(
    question: Question & { method: M },
    attendances: Iterable<Attendance>,
    signal: AbortSignal,
  ): Promise<ServerRequests[M]["result"]> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#open.delete(question.id);
        signal.removeEventListener("abort", abort);
        for (const one of open.asked.values()) one.abort();
      };
      const abort = () => (end(), reject(signal.reason));
      const open: Open = {
        ...question,
        asked: new Map(),
        settle: (answer) => {
          if (!this.#open.has(question.id)) return;
          end();
          if ("error" in answer) reject(answer.error);
          else {
            try {
              const result = decodeAnswer(question.method, answer.result);
              resolve(result as ServerRequests[M]["result"]);
            } catch (error) {
              reject(error);
            }
          }
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#open.set(question.id, open);
      for (const attendance of attendances) this.#put(open, attendance);
    });
  }

  /** Asks somebody who came what is still open. */
  repeat(attendance: Attendance): void {
    for (const open of this.#open.values()) this.#put(open, attendance);
  }

  /** Asks somebody who goes no longer. */
  withdraw(attendance: Attendance): void {
    for (const { asked } of this.#open.values()) {
      asked.get(attendance)?.abort();
      asked.delete(attendance);
    }
  }

  #put(open: Open, attendance: Attendance): void {
    open.asked.get(attendance)?.abort(); // asked again, it answers once
    const controller = new AbortController();
    open.asked.set(attendance, controller);
    attendance.attendee.ask(open.method, open.params, {
      id: open.id,
      signal: controller.signal,
    }).then(
      (result) => open.settle({ result }),
      (error: unknown) => {
        if (open.asked.get(attendance) === controller) {
          open.asked.delete(attendance);
        }
        // Only a client's own refusal is an answer, that it left is none; and
        // one that can't be asked such things does not speak for the others.
        const isUnable = isRpcError(error) &&
          error.code === errorCodes.methodNotFound;
        if (isRpcError(error) && !(isUnable && open.asked.size > 0)) {
          open.settle({ error });
        }
      },
    );
  }
}

function isRpcError(error: unknown): error is RpcError {
  return error instanceof Error && error.name === "RpcError";
}
