import type { NotificationOf } from "../client/mod.ts";
import type {
  NotificationName,
  ThreadItem,
  TurnError,
  TurnPlanStep,
} from "../protocol/mod.ts";
import { hasStart, toExecItem } from "./_exec_item.ts";
import type {
  ExecEvent,
  ExecItemContent,
  ExecTodoListItem,
  ExecUsage,
} from "./exec_event.ts";

const NO_USAGE: ExecUsage = {
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
};

/**
 * Makes the lines of `--json` out of what a server tells of a turn. Items are
 * numbered in the order in which they are first told of.
 */
export class ExecEvents {
  readonly #ids = new Map<string, string>();
  #items = 0;
  #usage = NO_USAGE;
  #plan: { id: string; list: ExecTodoListItem } | undefined;

  /** The events that one notification comes to: often none. */
  take({ method, params }: NotificationOf<NotificationName>): ExecEvent[] {
    switch (method) {
      case "turn/started":
        return [{ type: "turn.started" }];
      case "item/started":
        return this.#start(params.item);
      case "item/completed":
        return this.#complete(params.item);
      case "turn/plan/updated":
        return [this.#takePlan(params.plan)];
      case "thread/tokenUsage/updated": {
        const { total } = params.tokenUsage;
        this.#usage = {
          input_tokens: total.inputTokens,
          cached_input_tokens: total.cachedInputTokens,
          cache_write_input_tokens: total.cacheWriteInputTokens,
          output_tokens: total.outputTokens,
          reasoning_output_tokens: total.reasoningOutputTokens,
        };
        return [];
      }
      case "error":
        return [{ type: "error", message: toMessage(params.error) }];
      case "warning":
      case "guardianWarning":
        return [this.#warn(params.message)];
      case "configWarning":
      case "deprecationNotice":
        return [this.#warn(toNotice(params.summary, params.details))];
      case "turn/completed": {
        const { status, error } = params.turn;
        return [
          ...this.#finishPlan(),
          status === "completed"
            ? { type: "turn.completed", usage: this.#usage }
            : {
              type: "turn.failed",
              error: {
                message: error?.message ??
                  (status === "interrupted"
                    ? "Turn was interrupted"
                    : "Turn failed"),
              },
            },
        ];
      }
      default:
        return [];
    }
  }

  #start(item: ThreadItem): ExecEvent[] {
    const content = toExecItem(item);
    if (content === undefined || !hasStart(content)) return [];
    const id = this.#nextId();
    this.#ids.set(item.id, id);
    return [{ type: "item.started", item: { id, ...content } }];
  }

  #complete(item: ThreadItem): ExecEvent[] {
    const content = toExecItem(item);
    if (content === undefined) return [];
    const id = this.#ids.get(item.id) ?? this.#nextId();
    this.#ids.delete(item.id);
    return [{ type: "item.completed", item: { id, ...content } }];
  }

  #takePlan(steps: readonly TurnPlanStep[]): ExecEvent {
    const list: ExecTodoListItem = {
      type: "todo_list",
      items: steps.map(({ step, status }) => ({
        text: step,
        completed: status === "completed",
      })),
    };
    const type = this.#plan === undefined ? "item.started" : "item.updated";
    this.#plan = { id: this.#plan?.id ?? this.#nextId(), list };
    return { type, item: { id: this.#plan.id, ...list } };
  }

  #finishPlan(): ExecEvent[] {
    if (this.#plan === undefined) return [];
    const { id, list } = this.#plan;
    this.#plan = undefined;
    return [{ type: "item.completed", item: { id, ...list } }];
  }

  #warn(message: string): ExecEvent {
    const content: ExecItemContent = { type: "error", message };
    return { type: "item.completed", item: { id: this.#nextId(), ...content } };
  }

  #nextId(): string {
    return `item_${this.#items++}`;
  }
}

/** An error with what is known beside it. */
export function toMessage({ message, additionalDetails }: TurnError): string {
  return toNotice(message, additionalDetails);
}

/** A line with what is to be said beside it. */
export function toNotice(summary: string, details: string | null): string {
  return details === null || details === ""
    ? summary
    : `${summary} (${details})`;
}
