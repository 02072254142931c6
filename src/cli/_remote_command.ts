import {
  type Client,
  errorCodes,
  type NotificationOf,
  RpcError,
  type Subscription,
} from "../client/mod.ts";
import type {
  CommandExecParams,
  CommandExecResponse,
  CommandExecTerminalSize,
} from "../protocol/mod.ts";
import { type Sink, writeAll } from "./output.ts";

/** The connection has no other. */
const PROCESS_ID = "run";
/** Pieces of output, of 64 KiB or so, that may wait for a slow reader. */
const MAX_WAITING_DELTAS = 16;

/** When what was too much is sent again; each time it takes twice as long. */
const RETRY_MS = { first: 5, longest: 200 } as const;

/** How a command is run; the rest is the same for all. */
export type RemoteCommandParams = Omit<
  CommandExecParams,
  | "processId"
  | "streamStdin"
  | "streamStdoutStderr"
  | "outputBytesCap"
  | "disableOutputCap"
>;

/** A command that runs on a server, the only one of its connection. */
export class RemoteCommand {
  readonly #client: Client;
  readonly #answer: Promise<CommandExecResponse>;
  readonly #output: Subscription<NotificationOf<"command/exec/outputDelta">>;

  /** Starts it. */
  constructor(client: Client, params: RemoteCommandParams) {
    this.#client = client;
    const answered = new AbortController();
    this.#output = client.notifications("command/exec/outputDelta", {
      maxQueued: MAX_WAITING_DELTAS,
      whenFull: "pause",
      signal: answered.signal,
    });
    this.#answer = client.request("command/exec", {
      ...params,
      processId: PROCESS_ID,
      streamStdin: true,
      streamStdoutStderr: true,
      disableOutputCap: true,
    });
    // All output comes in front of the answer, so what waits now is the rest.
    this.#answer.catch(() => {}).finally(() => answered.abort());
  }

  /**
   * Copies what it writes until it has ended, and gives its exit code. While a
   * sink takes nothing, the command is held up.
   *
   * @throws {RpcError} if it could not be run.
   * @throws {ConnectionClosedError} if its end is not known.
   * @throws {Deno.errors.BrokenPipe} if nobody reads a sink any more.
   */
  async copyOutput(stdout: Sink, stderr: Sink): Promise<number> {
    for (;;) {
      // What ends the output otherwise is what the answer fails with.
      const next = await this.#output.next().catch(() => undefined);
      if (next === undefined || next.done) break;
      const { stream, deltaBase64 } = next.value.params;
      const sink = stream === "stderr" ? stderr : stdout;
      await writeAll(sink, Uint8Array.fromBase64(deltaBase64));
    }
    const { exitCode } = await this.#answer;
    return exitCode;
  }

  /**
   * Sends it all that is read, piece by piece as it takes them, and then the
   * end. Nothing more is read once it takes nothing more.
   *
   * @throws {Error} what reading failed with.
   */
  async feed(read: () => Promise<Uint8Array | null>): Promise<void> {
    let isOpen = true;
    while (isOpen) {
      const bytes = await read();
      isOpen = await this.#write(bytes) && bytes !== null;
    }
  }

  /** Tells it the size of its terminal; nothing where it is too late. */
  async resize(size: CommandExecTerminalSize): Promise<void> {
    await this.#client.request("command/exec/resize", {
      processId: PROCESS_ID,
      size,
    }).catch(() => {});
  }

  /** Kills it; nothing where it is too late. */
  async terminate(): Promise<void> {
    await this.#client.request("command/exec/terminate", {
      processId: PROCESS_ID,
    }).catch(() => {});
  }

  /** Whether there is still somebody who takes input. */
  async #write(bytes: Uint8Array | null): Promise<boolean> {
    const content = bytes === null
      ? { closeStdin: true }
      : { deltaBase64: bytes.toBase64() };
    for (let waitMs: number = RETRY_MS.first;;) {
      try {
        await this.#client.request("command/exec/write", {
          processId: PROCESS_ID,
          ...content,
        });
        return true;
      } catch (error) {
        // It has ended or closed its input, as commands may. Where the
        // connection is lost, the answer tells.
        if (!isTooMuch(error)) return false;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs = Math.min(2 * waitMs, RETRY_MS.longest);
    }
  }
}

/** Whether nothing was taken because so much waits for the command to read it. */
function isTooMuch(error: unknown): boolean {
  return error instanceof RpcError && error.code === errorCodes.overloaded;
}
