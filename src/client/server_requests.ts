import {
  encodeFailure,
  encodeResponse,
  errorCodes,
  type RequestMessage,
  RpcError,
  type ServerMethodName,
  type ServerRequests,
} from "../protocol/mod.ts";

/** What a handler of server requests sees beside the parameters. */
export interface ServerRequestContext {
  /**
   * Aborted when nobody waits for the answer any more: somebody else gave it,
   * the server took the question back, or the connection ended.
   */
  readonly signal: AbortSignal;
}

/** Answers one kind of request from the server. */
export type ServerRequestHandler<M extends ServerMethodName> = (
  params: ServerRequests[M]["params"],
  context: ServerRequestContext,
) => ServerRequests[M]["result"] | Promise<ServerRequests[M]["result"]>;

type Handler = (params: unknown, context: ServerRequestContext) => unknown;

/** The handlers of a client and the requests that they work on. */
export class ServerRequestDesk {
  readonly #handlers = new Map<string, Handler>();
  readonly #running = new Map<string, AbortController>();

  /** @throws {TypeError} if the method has a handler already. */
  add(method: string, handler: Handler): Disposable {
    if (this.#handlers.has(method)) {
      throw new TypeError(`Method "${method}" has a handler already`);
    }
    this.#handlers.set(method, handler);
    return {
      [Symbol.dispose]: () => {
        if (this.#handlers.get(method) === handler) {
          this.#handlers.delete(method);
        }
      },
    };
  }

  /** The encoded answer, or `undefined` where nobody waits for it any more. */
  async answer(request: RequestMessage): Promise<string | undefined> {
    const { id, method, params } = request;
    const controller = new AbortController();
    this.#running.set(id, controller);
    let answer: string;
    try {
      const handler = this.#handlers.get(method);
      if (handler === undefined) {
        throw RpcError.methodNotFound(`Method "${method}" has no handler`);
      }
      const result = await handler(params, { signal: controller.signal });
      answer = encodeResponse(id, result);
    } catch (error) {
      answer = encodeFailure(id, toFailure(error));
    }
    if (controller.signal.aborted) return undefined;
    this.#running.delete(id);
    return answer;
  }

  /** Aborts one request, by its id as it stood on the wire. */
  cancel(id: string, reason: unknown): void {
    this.#running.get(id)?.abort(reason);
    this.#running.delete(id);
  }

  /** Aborts all requests. */
  cancelAll(reason: unknown): void {
    for (const id of [...this.#running.keys()]) this.cancel(id, reason);
  }
}

function toFailure(
  error: unknown,
): { code: number; message: string; data?: unknown } {
  if (error instanceof RpcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return { code: errorCodes.internal, message };
}
