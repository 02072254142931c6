import type { EnvironmentInfoResponse } from "../protocol/mod.ts";
import type { AskingOptions } from "./_asker.ts";
import {
  type Dial,
  dialExecServer,
  UnreachableError,
} from "./_dial_exec_server.ts";
import { checkIsReady, readGreeting, readInfo } from "./_exec_server_json.ts";
import { ExecServerLink } from "./_exec_server_link.ts";
import { orAbort, pause } from "./_waiting.ts";
import { RemoteFiles } from "./_remote_files.ts";
import type { RunningProgram } from "./_remote_program.ts";
import { RemotePrograms } from "./_remote_programs.ts";
import type { ExecServerAddress } from "./exec_server_address.ts";
import { ExecServerError } from "./exec_server_error.ts";
import type { RemoteOrder } from "./remote_order.ts";

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
  readonly #programs = new RemotePrograms(this);
  /** Its files. */
  readonly files: RemoteFiles = new RemoteFiles({
    asker: this,
    userHome: () => this.#userHome,
  });
  #shell: EnvironmentInfoResponse["shell"] | undefined;
  #userHome: string | undefined;
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

  /** Name of its shell, once that is known. */
  get shellName(): string | undefined {
    return this.#shell?.name;
  }

  /** Whether it is connected, or about to be. */
  get isReachable(): boolean {
    return this.#state.kind !== "failed";
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
    return readInfo(await this.ask("environment/info", null));
  }

  /**
   * The shell of its user; waits as {@linkcode Environment.info} does when it is
   * not known yet.
   *
   * @throws {ExecServerError} if the server is out of reach or refuses.
   * @throws {unknown} the signal's reason.
   */
  async shell(signal?: AbortSignal): Promise<EnvironmentInfoResponse["shell"]> {
    if (this.#shell === undefined) {
      const answer = await this.ask("environment/info", null, {
        ...signal !== undefined && { signal },
      });
      this.#shell = readInfo(answer).shell;
    }
    return this.#shell;
  }

  /** Starts a program there, as soon as its server can be reached. */
  start(order: RemoteOrder): RunningProgram {
    return this.#programs.start(order);
  }

  /**
   * Asks its server; waits as {@linkcode Environment.info} does.
   *
   * @throws {ExecServerError} if the server is out of reach or refuses.
   * @throws {unknown} the signal's reason.
   */
  async ask(
    method: string,
    params: unknown,
    { signal, ...options }: AskingOptions = {},
  ): Promise<unknown> {
    await orAbort(this.reach(), signal);
    const state = this.#state;
    if (state.kind === "failed") throw new ExecServerError(state.error);
    if (state.kind !== "connected") throw closed();
    return await orAbort(state.link.ask(method, params, options), signal);
  }

  /** Asks its server if it is there or comes back; the answer is dropped. */
  tell(method: string, params: unknown): void {
    this.settled().then(async () => {
      if (this.#state.kind !== "connected") return;
      await this.#state.link.ask(method, params);
    }).catch(() => {}); // nobody waits for it
  }

  /**
   * Connects if that had failed, and resolves when nothing is under way: how it
   * is then is to be seen.
   */
  async reach(): Promise<void> {
    if (this.#state.kind === "failed" && !this.#end.signal.aborted) {
      this.#state = this.#begin("connecting", () => this.#connect());
    }
    await this.settled();
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
    this.#programs.lose(closed().message);
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
    if (wasConnected && isConnected) this.#programs.resume();
    if (state.kind === "failed") this.#programs.lose(state.error);
    if (isConnected && !wasConnected) this.#know(state.link.greeting);
    if (this.#end.signal.aborted) return;
    // A break is told once it turns out to be for good; a connection always.
    if (isConnected || wasConnected) this.#options.onChange(isConnected);
  }

  /** Keeps what its server said of itself when it was greeted first. */
  #know(greeting: unknown): void {
    const { shell, userHome } = readGreeting(greeting);
    this.#shell = shell;
    this.#userHome = userHome;
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
      return await ExecServerLink.greet(channel, {
        sessionId,
        onNews: (method, params) => this.#programs.hear(method, params),
      });
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
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
