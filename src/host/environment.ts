import type { EnvironmentInfoResponse } from "../protocol/mod.ts";
import {
  type Dial,
  dialExecServer,
  UnreachableError,
} from "./_dial_exec_server.ts";
import { checkIsReady, readInfo } from "./_exec_server_json.ts";
import { ExecServerLink } from "./_exec_server_link.ts";
import type { ExecServerAddress } from "./exec_server_address.ts";
import { ExecServerError } from "./exec_server_error.ts";

/** How long a connection that broke is tried to be brought back. */
const RECOVERY_MS = 45_000;
/** Time between two tries, at first and at most. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/** What an environment is made with. */
export interface EnvironmentOptions {
  /** Opens a websocket. */
  readonly dial: Dial;
  /** Called when its server is reached, or out of reach for good. */
  readonly onChange: (isConnected: boolean) => void;
  /** How long a broken connection is tried for. Default: 45,000. */
  readonly recoveryMs?: number;
  /** Names of skills that have to be there. Default: none. */
  readonly requiredSkills?: readonly string[];
}

/** How things stand; `done` never rejects. */
type State =
  | { readonly kind: "connecting"; readonly done: Promise<void> }
  | { readonly kind: "connected"; readonly link: ExecServerLink }
  | { readonly kind: "recovering"; readonly done: Promise<void> }
  | { readonly kind: "failed"; readonly error: string };

/** How an environment is. */
export type EnvironmentView =
  | { readonly status: "ready" | "pending" }
  | { readonly status: "disconnected"; readonly error: string };

/**
 * A place behind an exec server. It connects by itself once, goes on with its
 * session when the connection breaks, and connects anew when it is asked for
 * after that has failed.
 */
export class Environment implements AsyncDisposable {
  readonly #address: ExecServerAddress;
  readonly #options: EnvironmentOptions;
  readonly #end = new AbortController();
  #work: Promise<void> = Promise.resolve();
  #state: State;

  /** Begins to connect. */
  constructor(address: ExecServerAddress, options: EnvironmentOptions) {
    this.#address = address;
    this.#options = options;
    this.#state = this.#begin("connecting", () => this.#connect());
  }

  /** Names of skills that have to be there before a turn begins. */
  get requiredSkills(): readonly string[] {
    return this.#options.requiredSkills ?? [];
  }

  /** How it is known to be: its server is not asked. */
  get view(): EnvironmentView {
    const state = this.#state;
    if (state.kind === "connected") return { status: "ready" };
    if (state.kind === "connecting") return { status: "pending" };
    return disconnected(
      state.kind === "failed"
        ? state.error
        : "exec-server environment is recovering",
    );
  }

  /** How it is: a server that is connected is asked. */
  async status(): Promise<EnvironmentView> {
    if (this.#state.kind !== "connected") return this.view;
    try {
      checkIsReady(await this.#state.link.ask("environment/status"));
      return { status: "ready" };
    } catch (error) {
      return disconnected(toText(error));
    }
  }

  /**
   * What its server tells of it; waits for the connection, which is made if it
   * had failed.
   *
   * @throws {ExecServerError} if the server is out of reach or refuses.
   */
  async info(): Promise<EnvironmentInfoResponse> {
    if (this.#state.kind === "failed" && !this.#end.signal.aborted) {
      this.#state = this.#begin("connecting", () => this.#connect());
    }
    await this.settled();
    const state = this.#state;
    if (state.kind === "failed") throw new ExecServerError(state.error);
    if (state.kind !== "connected") throw closed();
    return readInfo(await state.link.ask("environment/info"));
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while ("done" in this.#state) await this.#state.done;
  }

  /** Lets go of the server; nobody is told. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort(closed());
    await this.#work;
    if (this.#state.kind === "connected") {
      await this.#state.link[Symbol.asyncDispose]();
    }
  }

  #begin(
    kind: "connecting" | "recovering",
    work: () => Promise<ExecServerLink>,
  ): State {
    const done = this.#work.then(async () => {
      try {
        this.#enter({ kind: "connected", link: await work() });
      } catch (error) {
        this.#enter({ kind: "failed", error: toText(error) });
      }
    });
    this.#work = done;
    return { kind, done };
  }

  #enter(state: State): void {
    const wasConnected = this.#state.kind === "recovering";
    const isConnected = state.kind === "connected";
    this.#state = state;
    if (isConnected) this.#watch(state.link);
    if (this.#end.signal.aborted) return;
    // Of a break that was mended, nobody has to know.
    if (isConnected !== wasConnected) this.#options.onChange(isConnected);
  }

  /** Brings a connection back that breaks. */
  async #watch(link: ExecServerLink): Promise<void> {
    await link.gone;
    if (this.#end.signal.aborted) return;
    this.#state = this.#begin("recovering", () => this.#recover(link));
  }

  async #connect(): Promise<ExecServerLink> {
    try {
      return await this.#open(null);
    } catch (error) {
      throw new ExecServerError(
        `exec-server connection attempt failed: ${toText(error)}`,
      );
    }
  }

  /** Tries until the server is there again: what it says then, counts. */
  async #recover({ sessionId }: ExecServerLink): Promise<ExecServerLink> {
    const { recoveryMs = RECOVERY_MS } = this.#options;
    const endsAt = performance.now() + recoveryMs;
    for (
      let ms = FIRST_RETRY_MS;
      performance.now() + ms < endsAt;
      ms = Math.min(ms * 2, LAST_RETRY_MS)
    ) {
      // First, too: a server may hang up whenever it has greeted.
      await pause(ms, this.#end.signal);
      try {
        return await this.#open(sessionId);
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw unresumed(error);
      }
    }
    throw unresumed(`recovery timed out after ${recoveryMs / 1000}s`);
  }

  async #open(sessionId: string | null): Promise<ExecServerLink> {
    const { signal } = this.#end;
    const { dial } = this.#options;
    const channel = await dialExecServer(this.#address, dial, signal);
    const giveUp = (): void => channel.terminate();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      if (signal.aborted) giveUp();
      return await ExecServerLink.greet(channel, sessionId);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
}

/** Waits, or rejects with the signal's reason. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const giveUp = (): void => reject(signal.reason);
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  });
}

function closed(): ExecServerError {
  return new ExecServerError("exec-server transport closed");
}

function disconnected(error: string): EnvironmentView {
  return { status: "disconnected", error };
}

function unresumed(why: unknown): ExecServerError {
  return new ExecServerError(
    "exec-server transport disconnected; failed to resume exec-server " +
      `session: ${toText(why)}`,
  );
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
