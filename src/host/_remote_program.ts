import type { OutputConsumer, Program } from "../exec/mod.ts";
import { type OutputStream, RpcError } from "../protocol/mod.ts";
import type { Asker } from "./_asker.ts";
import { isRecord } from "./_exec_server_json.ts";
import { toFileUrl } from "./_file_url.ts";
import { Sequence } from "./_sequence.ts";
import { toWireSandbox } from "./_to_wire_sandbox.ts";
import { ExecServerError } from "./exec_server_error.ts";
import type { RemoteOrder } from "./remote_order.ts";

/** How long a program is waited for that is ended from here. */
const END_MS = 2000;
/** Exit code of what was ended here, or got lost. */
const ENDED = -1;

/** A program as whoever takes its output knows it, wherever it runs. */
export type RunningProgram = Pick<
  Program,
  "started" | "run" | "write" | typeof Symbol.asyncDispose
>;

/** What a remote program lives on. */
export interface RemoteProgramOptions {
  readonly order: RemoteOrder;
  readonly asker: Asker;
  /** Called once, when it is over for us. */
  readonly onOver: () => void;
}

/** How it ended: by itself, or because nothing is known of it any more. */
type End = { readonly exitCode: number } | { readonly lost: string };

/** A piece of output. */
interface Piece {
  readonly stream: OutputStream;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A program on another machine. What it does comes as numbered news; those
 * that a broken connection has swallowed are read once it is mended.
 */
export class RemoteProgram implements RunningProgram {
  /** Its name at the exec server, where other threads have programs, too. */
  readonly id: string;
  readonly #options: RemoteProgramOptions;
  readonly #starting: Promise<void>;
  readonly #news = new Sequence((news) => this.#take(news));
  readonly #pieces: Piece[] = [];
  readonly #over = Promise.withResolvers<void>();
  #more = Promise.withResolvers<void>();
  #exitCode: number | undefined;
  #end: End | undefined;
  #writes = 0;
  #disposal: Promise<void> | undefined;

  /** Starts it. */
  constructor(options: RemoteProgramOptions) {
    this.id = `${options.order.processId}-${crypto.randomUUID()}`;
    this.#options = options;
    this.#starting = this.#start();
    this.#starting.catch(() => {}); // told by `started`
  }

  /**
   * Resolves when it was started.
   *
   * @throws {RpcError} why it could not be.
   * @throws {unknown} the reason of the order's signal.
   */
  async started(): Promise<void> {
    await this.#starting;
  }

  /**
   * Passes its output on until it is over. To be called once.
   *
   * @throws {RpcError} if nothing can be known of it any more.
   */
  async run(consumer: OutputConsumer): ReturnType<Program["run"]> {
    await this.#starting;
    for (;;) {
      this.#more = Promise.withResolvers();
      const pieces = this.#pieces.splice(0);
      for (const { stream, bytes } of pieces) {
        await consumer.take(stream, bytes, false);
      }
      if (this.#pieces.length > 0) continue;
      if (this.#end !== undefined) break;
      await this.#more.promise;
    }
    // The server keeps what is over for a while, in case that it is asked.
    this.#options.asker.tell("process/terminate", { processId: this.id });
    if ("lost" in this.#end) throw RpcError.internal(this.#end.lost);
    const { exitCode } = this.#end;
    return {
      exitCode,
      capReached: { stdout: false, stderr: false },
      drainTimedOut: false,
    };
  }

  /**
   * Types to its terminal.
   *
   * @throws {RpcError} if it has none, is over or can't be reached.
   */
  async write({ bytes }: Parameters<Program["write"]>[0]): Promise<void> {
    await this.#starting;
    if (!this.#options.order.hasTerminal || this.#end !== undefined) {
      throw RpcError.invalidRequest("stdin is closed");
    }
    if (bytes === undefined) return;
    const answer = await toRpcError(() =>
      this.#options.asker.ask("process/write", {
        processId: this.id,
        chunk: bytes.toBase64(),
        writeId: String(++this.#writes),
      })
    );
    const status = isRecord(answer) ? answer["status"] : undefined;
    if (status !== "accepted") {
      throw RpcError.invalidRequest(`stdin is closed: ${String(status)}`);
    }
  }

  /** Ends it and all that it started, and waits for that a little. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  /** Takes a piece of news about it. */
  hear(kind: string, news: Record<string, unknown>): void {
    const { seq } = news;
    if (typeof seq === "number") this.#news.hear(seq, { ...news, kind });
  }

  /** Catches up after a connection was mended. */
  async resume(): Promise<void> {
    if (this.#end !== undefined) return;
    try {
      await this.#starting;
      this.#catchUp(
        await this.#options.asker.ask("process/read", {
          processId: this.id,
          afterSeq: this.#news.last,
          maxBytes: null,
          waitMs: 0,
        }),
      );
    } catch (error) {
      // A connection that broke again is caught up with when it is mended.
      const isRefused = error instanceof ExecServerError &&
        error.refusal !== undefined;
      if (isRefused) this.lose(error.message);
    }
  }

  /** Nothing will be heard of it any more. */
  lose(why: string): void {
    this.#finish({ lost: why });
  }

  async #start(): Promise<void> {
    const { order, asker } = this.#options;
    const { argv, hasTerminal, confinement, signal } = order;
    try {
      await toRpcError(() =>
        asker.ask("process/start", {
          processId: this.id,
          metadata: {
            threadId: order.owner.threadId,
            toolCallId: order.owner.callId,
          },
          argv,
          cwd: toFileUrl(order.cwd),
          envPolicy: order.variables,
          env: order.env,
          tty: hasTerminal,
          pipeStdin: false,
          arg0: null,
          sandbox: toWireSandbox(confinement, "program"),
          enforceManagedNetwork: false,
          managedNetwork: null,
        }, { signal })
      );
    } catch (error) {
      // It may run all the same: only the answer is known to be missing.
      asker.tell("process/terminate", { processId: this.id });
      this.#finish({ exitCode: ENDED });
      throw error;
    }
  }

  async #dispose(): Promise<void> {
    const { asker } = this.#options;
    if (this.#end === undefined) {
      asker.tell("process/terminate", { processId: this.id });
      const timer = setTimeout(
        () => this.#finish({ exitCode: ENDED }),
        END_MS,
      );
      await this.#over.promise;
      clearTimeout(timer);
    }
  }

  #take(news: Record<string, unknown>): void {
    switch (news["kind"]) {
      case "output":
        this.#keep(news);
        break;
      case "exited":
        this.#exit(news["exitCode"]);
        break;
      // Until then, what it has started may write for it.
      case "closed":
        this.#finish({ exitCode: this.#exitCode ?? ENDED });
    }
  }

  #keep({ stream, chunk }: Record<string, unknown>): void {
    const bytes = toBytes(chunk);
    if (bytes === undefined) return;
    this.#pieces.push({
      stream: stream === "stderr" ? stream : "stdout",
      bytes,
    });
    this.#more.resolve();
  }

  #exit(exitCode: unknown): void {
    if (typeof exitCode === "number") this.#exitCode ??= exitCode;
  }

  /** Takes what it has done meanwhile, as far as the server still has it. */
  #catchUp(answer: unknown): void {
    if (!isRecord(answer)) return;
    const { chunks, nextSeq, exited, exitCode, closed, failure } = answer;
    for (const chunk of Array.isArray(chunks) ? chunks : []) {
      if (isRecord(chunk)) this.hear("output", chunk);
    }
    if (typeof nextSeq === "number") this.#news.skipTo(nextSeq);
    if (typeof failure === "string") this.lose(failure);
    if (exited === true) this.#exit(exitCode);
    if (closed === true) this.#finish({ exitCode: this.#exitCode ?? ENDED });
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#more.resolve();
    this.#over.resolve();
    this.#options.onOver();
  }
}

/** What a chunk of output says; nothing if it makes no sense. */
function toBytes(chunk: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof chunk !== "string") return undefined;
  try {
    return Uint8Array.fromBase64(chunk);
  } catch {
    return undefined;
  }
}

/** Why something can't be done elsewhere, as those who run programs know it. */
async function toRpcError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExecServerError)) throw error;
    throw RpcError.internal(error.message);
  }
}
