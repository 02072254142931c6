import type * as types from "@modelcontextprotocol/sdk/types";
import { Deadline } from "./_deadline.ts";
import type { Caller, Elicitation } from "./caller.ts";
import { McpFailure } from "./mcp_failure.ts";
import { toSeconds } from "./_call_result.ts";

/** A call that a server has not answered yet. */
export interface OpenCall extends Disposable {
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** The calls that a server works at: who made them, and how long they wait. */
export class OpenCalls {
  readonly #elicit: Caller["elicit"];
  readonly #calls: { readonly caller: Caller; readonly deadline: Deadline }[] =
    [];

  /** @param elicit Answers questions that come while no tool is called. */
  constructor(elicit: Caller["elicit"]) {
    this.#elicit = elicit;
  }

  /** Enters a call, until it is disposed of. */
  begin(caller: Caller, timeoutMs: number): OpenCall {
    const deadline = new Deadline(timeoutMs, () =>
      new McpFailure(
        `timed out awaiting tools/call after ${toSeconds(timeoutMs)}`,
      ));
    const call = { caller, deadline };
    this.#calls.push(call);
    return {
      signal: AbortSignal.any([caller.signal, deadline.signal]),
      [Symbol.dispose]: () => {
        this.#calls.splice(this.#calls.indexOf(call), 1);
        deadline[Symbol.dispose]();
      },
    };
  }

  /** Has a question of the server answered; the call's time stands still. */
  async answer(
    asked: Elicitation,
    signal: AbortSignal,
  ): Promise<types.ElicitResult> {
    // Nothing says which call a question belongs to: most likely the last one.
    const call = this.#calls.at(-1);
    call?.deadline.pause();
    try {
      const answer = call === undefined
        ? await this.#elicit(asked, signal)
        : await call.caller.elicit(
          asked,
          AbortSignal.any([signal, call.caller.signal]),
        );
      const { action, content, _meta } = answer;
      return {
        action,
        // A form that is accepted has fields, if only none.
        ...action === "accept" && { content: content ?? {} },
        ..._meta != null && { _meta },
      } as types.ElicitResult;
    } finally {
      call?.deadline.resume();
    }
  }
}
