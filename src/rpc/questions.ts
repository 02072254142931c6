import { type RequestId, RpcError } from "../protocol/mod.ts";

interface Question {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** What a client was asked and has not answered yet. */
export class Questions {
  readonly #open = new Map<RequestId, Question>();

  /**
   * Waits for the answer to a request that was sent.
   *
   * @throws {RpcError} what the client refused with.
   */
  add(id: RequestId, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#open.delete(id);
        reject(signal!.reason);
      };
      const settled = () => signal?.removeEventListener("abort", abort);
      this.#open.set(id, {
        resolve: (result) => (settled(), resolve(result)),
        reject: (error) => (settled(), reject(error)),
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /** Hands over an answer; false if nothing of that id was asked. */
  settle(id: RequestId, answer: unknown): boolean {
    const question = this.#open.get(id);
    if (question === undefined) return false;
    this.#open.delete(id);
    if (answer instanceof RpcError) question.reject(answer);
    else question.resolve(answer);
    return true;
  }

  /** Rejects whatever is open. */
  giveUp(reason: Error): void {
    for (const question of this.#open.values()) question.reject(reason);
    this.#open.clear();
  }
}
