import {
  type CommandExecParams,
  type CommandExecTerminalSize,
  type CommandExecWriteParams,
  decodeBase64,
  type ProcessKeepAlive,
  type ProcessSpawnParams,
  RpcError,
} from "../protocol/mod.ts";
import type { KeepAlive, Order } from "./order.ts";
import { commandWords, processWords, type Words } from "./_words.ts";

const DEFAULT_CAP_BYTES = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;
/** A connection, and a server, that ends waits for so long. */
const MAX_GRACE_MS = 30_000;
const DEFAULT_SIZE = { rows: 24, cols: 80 };
const DEFAULT_KEEP_MS = 60_000;
const DEFAULT_SCROLLBACK_BYTES = 1024 * 1024;

// The order of the checks is that of codex servers: the first objection is the
// one that is answered.

/**
 * Takes `command/exec` at its word.
 *
 * @throws {RpcError} if it contradicts itself.
 */
export function toCommandOrder(params: CommandExecParams): Order {
  const { tty = false, streamStdin = false } = params;
  const isStreamed = tty || (params.streamStdoutStderr ?? false);
  const command = checkCommand(params.command);
  const sandboxPolicy = params.sandboxPolicy ?? undefined;
  const permissionProfile = params.permissionProfile ?? undefined;
  if (sandboxPolicy !== undefined && permissionProfile !== undefined) {
    throw RpcError.invalidRequest(
      "`permissionProfile` cannot be combined with `sandboxPolicy`",
    );
  }
  const size = params.size ?? undefined;
  checkSizeNeedsTerminal(size, tty, commandWords);
  const cap = params.outputBytesCap ?? undefined;
  if (cap !== undefined && params.disableOutputCap) {
    throw RpcError.invalidParams(
      "command/exec cannot set both outputBytesCap and disableOutputCap",
    );
  }
  const timeoutMs = params.timeoutMs ?? undefined;
  if (timeoutMs !== undefined && params.disableTimeout) {
    throw RpcError.invalidParams(
      "command/exec cannot set both timeoutMs and disableTimeout",
    );
  }
  checkTimeout(timeoutMs, commandWords);
  checkSize(size, commandWords);
  const env = checkEnv(params.env, commandWords);
  if (
    (isStreamed || streamStdin) && (params.processId ?? undefined) === undefined
  ) {
    throw RpcError.invalidRequest(
      "command/exec tty or streaming requires a client-supplied processId",
    );
  }
  return {
    words: commandWords,
    command,
    cwd: params.cwd ?? "",
    env,
    terminal: tty ? size ?? DEFAULT_SIZE : undefined,
    takesInput: tty || streamStdin,
    isStreamed,
    capBytes: params.disableOutputCap ? Infinity : cap ?? DEFAULT_CAP_BYTES,
    timeoutMs: params.disableTimeout
      ? Infinity
      : timeoutMs ?? DEFAULT_TIMEOUT_MS,
    keepAlive: undefined,
    graceMs: checkGrace(params.terminateGraceMs, commandWords),
    sandboxPolicy,
    permissionProfile,
  };
}

/**
 * Takes `process/spawn` at its word. A cap or a timeout of null is none; an
 * absent one is the default.
 *
 * @throws {RpcError} if it contradicts itself.
 */
export function toProcessOrder(params: ProcessSpawnParams): Order {
  const { tty = false, streamStdin = false } = params;
  const isStreamed = tty || (params.streamStdoutStderr ?? false);
  const command = checkCommand(params.command);
  checkHandle(params.processHandle);
  const size = params.size ?? undefined;
  checkSizeNeedsTerminal(size, tty, processWords);
  checkTimeout(params.timeoutMs ?? undefined, processWords);
  checkSize(size, processWords);
  const keepAlive = params.keepAlive ?? undefined;
  if (keepAlive !== undefined && !isStreamed) {
    throw RpcError.invalidParams(
      "process/spawn keepAlive requires tty or streamStdoutStderr",
    );
  }
  return {
    words: processWords,
    command,
    cwd: params.cwd,
    env: checkEnv(params.env, processWords),
    terminal: tty ? size ?? DEFAULT_SIZE : undefined,
    takesInput: tty || streamStdin,
    isStreamed,
    capBytes: orInfinity(params.outputBytesCap, DEFAULT_CAP_BYTES),
    timeoutMs: orInfinity(params.timeoutMs, DEFAULT_TIMEOUT_MS),
    keepAlive: keepAlive && toKeepAlive(keepAlive),
    graceMs: checkGrace(params.terminateGraceMs, processWords),
    sandboxPolicy: undefined,
    permissionProfile: undefined,
  };
}

/**
 * Makes sure that a process may have such a handle.
 *
 * @throws {RpcError} if not.
 */
export function checkHandle(processHandle: string): void {
  if (processHandle === "") {
    throw RpcError.invalidRequest("processHandle must not be empty");
  }
}

/** Something to write, or to close. */
export interface Typed {
  /** What is to be written, perhaps nothing. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Whether nothing more will follow. */
  readonly isLast: boolean;
}

/**
 * What a write brings.
 *
 * @throws {RpcError} if that is nothing, or no base64.
 */
export function toTyped(
  { deltaBase64, closeStdin }: Omit<CommandExecWriteParams, "processId">,
  words: Words,
): Typed {
  const isLast = closeStdin ?? false;
  if (deltaBase64 === undefined || deltaBase64 === null) {
    if (!isLast) {
      throw RpcError.invalidParams(
        `${words.write} requires deltaBase64 or closeStdin`,
      );
    }
    return { bytes: undefined, isLast };
  }
  try {
    return { bytes: decodeBase64(deltaBase64), isLast };
  } catch (error) {
    throw RpcError.invalidParams(
      `invalid deltaBase64: ${(error as Error).message}`,
    );
  }
}

/**
 * Makes sure that a terminal may have such a size.
 *
 * @throws {RpcError} if not.
 */
export function checkSize(
  size: CommandExecTerminalSize | undefined,
  words: Words,
): void {
  if (size !== undefined && (size.rows === 0 || size.cols === 0)) {
    throw RpcError.invalidParams(
      `${words.size} rows and cols must be greater than 0`,
    );
  }
}

function checkCommand([program, ...args]: string[]): Order["command"] {
  if (program === undefined) {
    throw RpcError.invalidRequest("command must not be empty");
  }
  return [program, ...args];
}

function checkSizeNeedsTerminal(
  size: object | undefined,
  tty: boolean,
  { method }: Words,
): void {
  if (size !== undefined && !tty) {
    throw RpcError.invalidParams(`${method} size requires tty: true`);
  }
}

function checkTimeout(timeoutMs: number | undefined, { method }: Words): void {
  if (timeoutMs !== undefined && timeoutMs < 0) {
    throw RpcError.invalidParams(
      `${method} timeoutMs must be non-negative, got ${timeoutMs}`,
    );
  }
}

function checkGrace(
  graceMs: number | null | undefined,
  { method }: Words,
): number {
  if (graceMs !== undefined && graceMs !== null && graceMs > MAX_GRACE_MS) {
    throw RpcError.invalidParams(
      `${method} terminateGraceMs must be at most ${MAX_GRACE_MS}, ` +
        `got ${graceMs}`,
    );
  }
  return graceMs ?? 0;
}

/** A name with "=" in it would set another variable than it says. */
function checkEnv(
  env: Record<string, string | null> | null | undefined,
  { method }: Words,
): Order["env"] {
  for (const name of Object.keys(env ?? {})) {
    if (name === "" || name.includes("=")) {
      throw RpcError.invalidParams(
        `${method} env names must not be empty or contain "=", ` +
          `got ${JSON.stringify(name)}`,
      );
    }
  }
  return env ?? {};
}

function toKeepAlive(
  { graceMs, scrollbackBytes }: ProcessKeepAlive,
): KeepAlive {
  return {
    graceMs: graceMs ?? DEFAULT_KEEP_MS,
    scrollbackBytes: scrollbackBytes ?? DEFAULT_SCROLLBACK_BYTES,
  };
}

function orInfinity(value: number | null | undefined, absent: number): number {
  return value === null ? Infinity : value ?? absent;
}
