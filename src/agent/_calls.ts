import type {
  ResponseCustomToolCall,
  ResponseFunctionCall,
  ResponseItem,
} from "../model/mod.ts";
import { uuid7 } from "../protocol/mod.ts";
import { findTool, type ToolCall, type ToolOutput } from "../tools/mod.ts";
import { consult, withHooks } from "./_hooks.ts";
import { Lanes } from "./_lanes.ts";
import { orAbort } from "./_or_abort.ts";
import { toAborted } from "./_pair_calls.ts";
import type { Turn } from "./_turn.ts";

/** A call that a tool can be asked. */
export type RoutedCall = ResponseFunctionCall | ResponseCustomToolCall;

/** Milliseconds that an aborted tool has to show how it ended. */
const graceMs = 100;

/** Tools that run commands; their answers begin with how long that took. */
const commandTools: ReadonlySet<string> = new Set([
  "exec_command",
  "write_stdin",
]);

interface Pending {
  readonly call: RoutedCall;
  readonly startedAtMs: number;
  readonly done: Promise<ToolOutput>;
  /** What came of it; nothing while it runs. */
  output?: ToolOutput;
  isRemembered: boolean;
}

/** The calls of one response: begun as they come, answered in their order. */
export class Calls {
  readonly #turn: Turn;
  readonly #lanes = new Lanes();
  readonly #pending: Pending[] = [];
  readonly #released = Promise.withResolvers<void>();
  readonly #isHeld: boolean;
  #failure: { readonly thrown: unknown } | undefined;

  /** @param options `isHeld`: whether none runs before they are waited for. */
  constructor(turn: Turn, { isHeld }: { readonly isHeld: boolean }) {
    this.#turn = turn;
    this.#isHeld = isHeld;
  }

  /** Whether the model has to be asked again. */
  get any(): boolean {
    return this.#pending.length > 0;
  }

  /** Whether a call of that id has begun. */
  has(callId: string): boolean {
    return this.#pending.some(({ call }) => call.call_id === callId);
  }

  /** Begins a call. The conversation has it already. */
  begin(call: RoutedCall): void {
    const pending: Pending = {
      call,
      startedAtMs: this.#turn.clock.now(),
      done: this.#run(call),
      isRemembered: false,
    };
    this.#pending.push(pending);
    pending.done.then((output) => {
      pending.output = output;
      // The rest of the turn need not wait for the model to come to its end.
      if (output.endsTurn === true) this.#turn.stop();
    }, (thrown) => {
      // What comes of an abort is not what went wrong.
      if (this.#turn.signal.aborted) return;
      this.#failure = { thrown };
      this.#turn.fail();
    });
  }

  /** Why a tool could not go on, which ended the turn; nothing if none did. */
  get failure(): { readonly thrown: unknown } | undefined {
    return this.#failure;
  }

  /**
   * Waits for all of them and remembers their answers.
   *
   * @throws {unknown} the signal's reason, or why a tool can't go on.
   */
  async finish(): Promise<void> {
    this.#released.resolve();
    for (const pending of this.#pending) {
      const output = await orAbort(pending.done, this.#turn.signal);
      this.#remember(pending, output);
    }
    this.#turn.signal.throwIfAborted();
    for (const { output } of this.#pending) {
      if (output?.note !== undefined) {
        this.#turn.remember(toDeveloperMessage(output.note));
      }
    }
  }

  /**
   * Gives up on those that still run: they are answered by what is known. The
   * turn's signal has been aborted.
   */
  async abandon(): Promise<void> {
    const open = this.#pending.filter((pending) => !pending.isRemembered);
    if (open.length === 0) return;
    const running = open.filter((pending) => pending.output === undefined);
    const atMs = this.#turn.clock.now();
    if (running.length > 0) await this.#grace(running);
    for (const pending of open) {
      const { call, startedAtMs, output } = pending;
      pending.isRemembered = true;
      if (output !== undefined && !running.includes(pending)) {
        this.#turn.rememberAtLast(toAnswer(call, output));
        continue;
      }
      const seconds = Math.max(0.1, (atMs - startedAtMs) / 1000).toFixed(1);
      this.#turn.rememberAtLast(toAborted(
        call,
        commandTools.has(call.name)
          ? `Wall time: ${seconds} seconds\naborted by user`
          : `aborted by user after ${seconds}s`,
      ));
    }
  }

  /** Lets tools say how their items ended, for a moment. */
  async #grace(running: readonly Pending[]): Promise<void> {
    const enough = new AbortController();
    const settled = Promise.allSettled(running.map(({ done }) => done));
    settled.then(() => enough.abort());
    await this.#turn.clock.delay(graceMs, { signal: enough.signal })
      .catch(() => {});
    enough.abort();
  }

  #run(call: RoutedCall): Promise<ToolOutput> {
    const { name } = call;
    const isFunction = call.type === "function_call";
    const namespace = isFunction ? call.namespace ?? undefined : undefined;
    const found = findTool(
      this.#turn.tools(),
      { name, namespace },
      this.#turn.surroundings,
    );
    if (found === undefined) {
      return Promise.resolve({
        output: isFunction
          ? `unsupported call: ${namespace ?? ""}${name}`
          : `unsupported custom tool call: ${name}`,
        isSuccess: false,
      });
    }
    const { tool } = found;
    if (isFunction !== (found.kind === "function")) {
      return Promise.resolve({ output: "aborted", isSuccess: false });
    }
    const input = isFunction ? call.arguments : call.input;
    const asked: ToolCall = {
      callId: call.call_id,
      name,
      namespace,
      input: typeof input === "string" ? input : "",
      kind: isFunction ? "function" : "custom",
    };
    const { stage, settings, facts, signal } = this.#turn;
    return this.#lanes.enter(tool.isParallel, async () => {
      if (this.#isHeld) await orAbort(this.#released.promise, signal);
      signal.throwIfAborted();
      return await withHooks(
        this.#turn,
        asked,
        (call) =>
          tool.call(call, {
            stage,
            settings,
            model: facts,
            signal,
            consult: (question) => consult(this.#turn, question),
          }),
      );
    });
  }

  #remember(pending: Pending, output: ToolOutput): void {
    if (pending.isRemembered) return;
    this.#turn.remember(toAnswer(pending.call, output));
    pending.isRemembered = true;
  }
}

function toDeveloperMessage(text: string): ResponseItem {
  return {
    type: "message",
    id: `msg_${uuid7()}`,
    role: "developer",
    content: [{ type: "input_text", text }],
  };
}

function toAnswer(call: RoutedCall, { output }: ToolOutput): ResponseItem {
  const { call_id } = call;
  return call.type === "custom_tool_call"
    ? {
      type: "custom_tool_call_output",
      id: `ctco_${uuid7()}`,
      call_id,
      output,
    }
    : { type: "function_call_output", id: `fco_${uuid7()}`, call_id, output };
}
