import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types";
import {
  type Order,
  type OutputConsumer,
  processWords,
  type Program,
  type Programs,
} from "../exec/mod.ts";
import type { OutputStream } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { MessageLines } from "./_message_lines.ts";
import { CLOSED, McpFailure } from "./mcp_failure.ts";
import { StderrLog } from "./_stderr_log.ts";
import type { ProgramPlace } from "./server_place.ts";

/** Milliseconds that a server has to end by itself. */
const GRACE_MS = 2000;

/** Variables that every server gets: who the user is, and whom to trust. */
const inherited = new Set([
  "HOME",
  "LOGNAME",
  "PATH",
  "SHELL",
  "USER",
  "LANG",
  "LC_ALL",
  "TERM",
  "TMPDIR",
  "TZ",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "NODE_EXTRA_CA_CERTS",
  "PIP_CERT",
  "REQUESTS_CA_BUNDLE",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
]);

/** Where a program is started. */
export interface ProgramTransportOptions {
  readonly name: string;
  readonly place: ProgramPlace;
  /** Absolute path of where its thread works. */
  readonly cwd: string;
  readonly programs: Programs;
  readonly log: Logger;
}

/**
 * JSON-RPC as lines over the pipes of a program, which is started as the other
 * programs of the server are, and dies with it.
 */
export class ProgramTransport implements Transport, OutputConsumer {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  readonly #options: ProgramTransportOptions;
  readonly #lines = new MessageLines();
  readonly #stderr: StderrLog;
  #program: Program | undefined;
  #run: Promise<void> | undefined;
  #started: Promise<void> | undefined;
  #hasLeft = false;
  #hasEnded = false;

  constructor(options: ProgramTransportOptions) {
    this.#options = options;
    this.#stderr = new StderrLog(options.log);
  }

  /** Starts the program already; `start` tells how that went. */
  begin(): void {
    this.#begin().catch(() => {});
  }

  async start(): Promise<void> {
    await this.#begin();
    // Nobody was there to hear of it.
    if (this.#hasEnded) throw new McpFailure(CLOSED);
  }

  #begin(): Promise<void> {
    return this.#started ??= this.#launch();
  }

  async #launch(): Promise<void> {
    const { programs, name } = this.#options;
    const program = programs.start(this.#toOrder(), name, () => {});
    this.#program = program;
    this.#run = this.#follow(program);
    await program.started();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
    try {
      await this.#program?.write({ bytes, isLast: false });
    } catch (error) {
      // It has just ended: how that is told must not hang on who was first.
      throw new McpFailure(CLOSED, { cause: error });
    }
  }

  async close(): Promise<void> {
    // The end of its input is the polite way; it may be gone already.
    await this.#program?.write({ bytes: undefined, isLast: true })
      .catch(() => {});
    await this.#program?.[Symbol.asyncDispose]();
    await this.#run;
  }

  take(stream: OutputStream, bytes: Uint8Array): Promise<void> | undefined {
    if (this.#hasLeft) return;
    if (stream === "stderr") {
      this.#stderr.take(bytes);
      return;
    }
    const lines: string[] = [];
    try {
      lines.push(...this.#lines.take(bytes));
    } catch (error) {
      // Where the next message begins is not known any more.
      this.leave();
      this.onerror?.(error as Error);
      this.close();
    }
    return this.#deliver(lines);
  }

  leave(): void {
    this.#hasLeft = true;
  }

  async #follow(program: Program): Promise<void> {
    try {
      await program.run(this);
    } catch {
      // It could not be started, which `start` tells.
    }
    this.#hasEnded = true;
    this.onclose?.();
  }

  async #deliver(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.#receive(line);
      // The SDK passes notifications on a moment later: one that comes with the
      // answer it belongs to would find nobody there any more.
      await undefined;
    }
  }

  #receive(line: string): void {
    if (line.trim() === "") return;
    let message: JSONRPCMessage;
    try {
      message = JSON.parse(line);
    } catch (error) {
      this.onerror?.(error as Error);
      return;
    }
    this.onmessage?.(message);
  }

  #toOrder(): Order {
    const { place, cwd, programs } = this.#options;
    const { command, args, env, envNames } = place;
    const kept = new Set([...inherited, ...envNames]);
    const dropped = Object.keys(programs.environment)
      .filter((name) => !kept.has(name))
      .map((name) => [name, null] as const);
    return {
      words: processWords,
      command: [command, ...args],
      cwd: place.cwd === undefined ? cwd : toAbsolute(place.cwd, cwd),
      env: { ...Object.fromEntries(dropped), ...env },
      terminal: undefined,
      takesInput: true,
      isStreamed: true,
      capBytes: Infinity,
      timeoutMs: Infinity,
      graceMs: GRACE_MS,
      keepAlive: undefined,
      sandboxPolicy: undefined,
      permissionProfile: undefined,
      isUnconfined: true,
    };
  }
}

function toAbsolute(path: string, cwd: string): string {
  return path.startsWith("/") ? path : `${cwd}/${path}`;
}
