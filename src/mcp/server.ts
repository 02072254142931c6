import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type {
  McpServerConnectionStatus,
  McpServerStartupFailureReason,
  McpServerStartupState,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { Deadline } from "./_deadline.ts";
import type { Caller } from "./caller.ts";
import { Connection } from "./connection.ts";
import { LoginNeeded } from "./_login_provider.ts";
import {
  CLOSED,
  McpFailure,
  toReason,
  Unstartable,
  Unwelcome,
} from "./mcp_failure.ts";
import { isToolEnabled, type ServerConfig } from "./server_config.ts";

/** What is said of a server that is gone before it has introduced itself. */
const UNANSWERED = "connection closed: initialize response";

/** Makes the way to a server. */
export type CreateTransport = (
  config: ServerConfig,
  asked: { readonly cwd: string; readonly log: Logger },
) => Promise<Transport>;

/** How far a start is. */
export interface StartupNews {
  readonly status: McpServerStartupState;
  readonly error: string | null;
  readonly failureReason: McpServerStartupFailureReason | null;
}

/** What a server is started with. */
export interface ServerOptions {
  /** Where its thread works. */
  readonly cwd: string;
  readonly createTransport: CreateTransport;
  readonly version: string;
  readonly log: Logger;
  /** Answers questions that come while no tool is called. */
  readonly elicit: Caller["elicit"];
  /** Hears how far its start is. */
  readonly tell?: (name: string, news: StartupNews) => void;
}

/** An MCP server from its configuration to its end. */
export class Server implements AsyncDisposable {
  /** How it is to be used; may change while it runs. */
  config: ServerConfig;
  readonly #options: ServerOptions;
  readonly #stop = new AbortController();
  #opening: Promise<Connection> | undefined;
  #connection: Connection | undefined;
  #failure: string | undefined;
  #needsLogin = false;

  /** Starts nothing yet. */
  constructor(config: ServerConfig, options: ServerOptions) {
    this.config = config;
    this.#options = options;
  }

  /** Its name in the configuration. */
  get name(): string {
    return this.config.name;
  }

  /** The connection, if it has come up; it may be gone since. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** Why it could not be started. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Whether it is being started. */
  get isStarting(): boolean {
    return this.#opening !== undefined && this.#connection === undefined &&
      this.#failure === undefined;
  }

  /** How it is. */
  get status(): McpServerConnectionStatus {
    if (!this.config.isEnabled) return "disabled";
    if (this.#stop.signal.aborted) return "cancelled";
    if (this.#connection !== undefined) {
      return this.#connection.isClosed ? "failed" : "connected";
    }
    if (this.#needsLogin) return "authenticationRequired";
    if (this.#failure !== undefined) return "failed";
    return this.#opening === undefined ? "notStarted" : "starting";
  }

  /** Whether a tool of it is to be used. */
  uses(tool: string): boolean {
    return isToolEnabled(this.config, tool);
  }

  /** Starts it, unless it is started already or over. Never throws. */
  start(): void {
    if (!this.config.isEnabled || this.#stop.signal.aborted) return;
    this.#opening ??= this.#open();
    this.#opening.catch(() => {});
  }

  /** Tells once more that it is there, if it is. */
  tell(): void {
    if (this.status !== "connected") return;
    const { tell } = this.#options;
    tell?.(this.name, { status: "ready", error: null, failureReason: null });
  }

  /** Resolves when its start is over, well or not. */
  async settled(): Promise<void> {
    await this.#opening?.catch(() => {});
  }

  /**
   * The connection, once there is one.
   *
   * @throws {McpFailure} if it could not be started.
   */
  async connected(): Promise<Connection> {
    this.start();
    if (this.#opening !== undefined) return await this.#opening;
    this.#stop.signal.throwIfAborted();
    throw new McpFailure(`MCP server '${this.name}' is disabled`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new McpFailure("MCP startup was cancelled"));
    await this.settled();
    await this.#connection?.[Symbol.asyncDispose]();
  }

  async #open(): Promise<Connection> {
    const { name, startupTimeoutMs } = this.config;
    const { log, cwd, createTransport, tell } = this.#options;
    tell?.(name, { status: "starting", error: null, failureReason: null });
    using deadline = new Deadline(
      startupTimeoutMs,
      () => new McpFailure("MCP startup took too long"),
    );
    const { signal: late } = deadline;
    try {
      const transport = await createTransport(this.config, { cwd, log });
      this.#connection = await Connection.open(
        { ...this.#options, config: () => this.config, transport },
        AbortSignal.any([late, this.#stop.signal]),
      );
    } catch (error) {
      throw this.#fail(error, late.aborted);
    }
    tell?.(name, { status: "ready", error: null, failureReason: null });
    this.#connection.closed.then(() => {
      if (!this.#stop.signal.aborted) log.warn("an MCP server ended", { name });
    });
    return this.#connection;
  }

  #fail(error: unknown, isLate: boolean): McpFailure {
    const { name, startupTimeoutMs } = this.config;
    const seconds = startupTimeoutMs / 1000;
    this.#needsLogin = isUnauthorized(error);
    const reason = this.#needsLogin
      ? "the server wants a login"
      : toReason(error) === CLOSED
      ? `${UNANSWERED}: ${UNANSWERED}`
      : error instanceof Unwelcome
      ? `${error.message}: ${error.message}`
      : toReason(error);
    const isHandshake = !(error instanceof Unstartable) &&
      (this.config.place.kind === "http" || error instanceof Unwelcome ||
        reason.startsWith("connection closed"));
    this.#failure = isLate
      ? `timed out handshaking with MCP server after ${seconds}s: deadline has elapsed`
      : isHandshake
      ? `handshaking with MCP server failed: ${reason}`
      : reason;
    const isExpired = isOneOf(error, (one) => one instanceof LoginNeeded);
    const isCancelled = this.#stop.signal.aborted;
    this.#options.tell?.(name, {
      status: isCancelled ? "cancelled" : "failed",
      error: isCancelled
        ? null
        : isLate
        ? `MCP client for \`${name}\` timed out after ${
          Math.floor(seconds)
        } seconds. ` +
          "Add or adjust `startup_timeout_sec` in your config.toml:\n" +
          `[mcp_servers.${name}]\nstartup_timeout_sec = XX`
        : this.#needsLogin
        ? `The ${name} MCP server is not logged in. Run \`codex mcp login ${name}\`.`
        : `MCP client for \`${name}\` failed to start: ` +
          `MCP startup failed: ${this.#failure}`,
      failureReason: isExpired ? "reauthenticationRequired" : null,
    });
    return new McpFailure(this.#failure, { cause: error });
  }
}

/** Whether a server answered that nobody is signed in. */
function isUnauthorized(error: unknown): boolean {
  return isOneOf(error, (one) => {
    const { code, constructor } = one as Error & { code?: unknown };
    return constructor.name === "UnauthorizedError" || code === 401 ||
      one instanceof LoginNeeded;
  });
}

/** Whether an error, or what caused it, is one of those. */
function isOneOf(error: unknown, is: (one: Error) => boolean): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (is(one)) return true;
  }
  return false;
}
