/**
 * Error codes that cross the wire (JSON-RPC 2.0 section 5.1, with the uses
 * that codex clients know).
 */
export const errorCodes = {
  /** Undecodable requests, handshake and capability refusals, semantic refusals. */
  invalidRequest: -32600,
  /** The method is known, but this server does not offer it yet. */
  methodNotFound: -32601,
  /** Parameters that contradict each other (`command/exec`, `process/*`). */
  invalidParams: -32602,
  /** The operating system refused, or the server failed. */
  internal: -32603,
  /** More work than can be held; try again later. */
  overloaded: -32001,
  /** The request was cancelled with `$/cancelRequest`. */
  cancelled: -32800,
} as const;

/**
 * An error that is answered to a peer as it stands.
 *
 * @example Refuse a request
 * ```ts
 * import { RpcError } from "@gangway/app-server/protocol";
 * const error = RpcError.invalidRequest("watchId already exists: w1");
 * if (error.code !== -32600) throw error;
 * ```
 */
export class RpcError extends Error {
  /** Always `"RpcError"`. */
  override name = "RpcError";
  /** The code, one of {@linkcode errorCodes} or a domain's own. */
  readonly code: number;
  /** Machine-readable detail, sent as `error.data` when present. */
  readonly data?: unknown;

  /** Makes an error with any code; the static methods make the usual ones. */
  constructor(
    code: number,
    message: string,
    options?: { data?: unknown; cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    if (options?.data !== undefined) this.data = options.data;
  }

  /** -32600: the request is refused as it stands. */
  static invalidRequest(message: string, data?: unknown): RpcError {
    return new RpcError(errorCodes.invalidRequest, message, { data });
  }

  /** -32602: the parameters are well typed, but contradict each other. */
  static invalidParams(message: string, data?: unknown): RpcError {
    return new RpcError(errorCodes.invalidParams, message, { data });
  }

  /** -32601: a known method that this server does not offer yet. */
  static methodNotFound(message: string): RpcError {
    return new RpcError(errorCodes.methodNotFound, message);
  }

  /** -32603: the operating system refused, or the server failed. */
  static internal(message: string, cause?: unknown): RpcError {
    return new RpcError(errorCodes.internal, message, { cause });
  }

  /** -32001: a bound is reached that cannot be waited for. */
  static overloaded(message: string): RpcError {
    return new RpcError(errorCodes.overloaded, message);
  }

  /** -32800: the peer cancelled the request. */
  static cancelled(message = "Request cancelled"): RpcError {
    return new RpcError(errorCodes.cancelled, message);
  }
}
