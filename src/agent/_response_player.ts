import { isKnown, type ModelEvent, type ResponseItem } from "../model/mod.ts";
import type {
  AgentMessageItem,
  MessagePhase,
  PlanItem,
} from "../protocol/mod.ts";
import type { Stage } from "../tools/mod.ts";
import {
  append,
  isPart,
  kinds,
  type Open,
  type OpenMessage,
  toId,
  toMessage,
  toPhase,
  toThought,
} from "./_open_item.ts";
import { ProposedPlan, splitPlan } from "./_proposed_plan.ts";
import { toMessageText, toReasoning, toWebSearch } from "./_shown_items.ts";

/** How a response is shown. */
export interface ShowOptions {
  readonly isPlanning: boolean;
  /** Tells the plans of one turn apart. */
  readonly planSuffix: () => string;
  /** False if what the model says is not for the user. */
  readonly saysAloud: boolean;
}

/**
 * Shows one response on a stage as it comes in. Whatever a model makes up, it
 * is shown or left out, never thrown at; only the stage throws.
 */
export class ResponsePlayer {
  /** What was said last. */
  lastAgentMessage: AgentMessageItem | null = null;
  readonly #stage: Stage;
  readonly #options: ShowOptions;
  /** The item that deltas belong to: a response has one at a time. */
  #open: Open | undefined;
  /** Ids of all that began. */
  readonly #begun = new Set<string>();
  /** The plan so far, once it has begun. */
  #plan: PlanItem | undefined;

  constructor(stage: Stage, options: ShowOptions) {
    this.#stage = stage;
    this.#options = options;
  }

  /** Shows an event; items that are done have to be stored by the caller. */
  play(event: ModelEvent): void {
    switch (event.type) {
      case "textDelta":
        return this.#say(event.itemId, event.delta);
      case "reasoningSummaryDelta":
        return this.#sumUp(event.itemId, event.delta, event.summaryIndex);
      case "reasoningTextDelta":
        return this.#think(event.itemId, event.delta, event.contentIndex);
      case "reasoningPartAdded":
        return this.#beginPart(event.itemId, event.summaryIndex);
      case "itemAdded":
        return this.#begin(event.item);
      case "itemDone":
        return this.#finish(event.item);
    }
  }

  /**
   * The response ends before its time: what was said so far is complete now.
   *
   * @returns The message that was cut off, for the conversation.
   */
  cutShort(): ResponseItem | undefined {
    const open = this.#open;
    this.#open = undefined;
    if (open?.kind === "search") this.#stage.completed(open.item);
    if (open?.kind === "reasoning") this.#stage.completed(toThought(open));
    if (open?.kind !== "message") return undefined;
    const { id, phase, text } = open;
    if (text === "") {
      if (open.isStarted) this.#stage.completed(toMessage(id, "", phase));
      return undefined;
    }
    this.#completeMessage(id, phase, text);
    return {
      type: "message",
      id,
      role: "assistant",
      content: [{ type: "output_text", text }],
      ...(phase === null ? {} : { phase }),
    };
  }

  get #names(): { threadId: string; turnId: string } {
    return { threadId: this.#stage.threadId, turnId: this.#stage.turnId };
  }

  #begin(item: ResponseItem): void {
    if (!isKnown(item)) return;
    const id = typeof item.id === "string" ? item.id : toId(item.type);
    this.#begun.add(id);
    if (item.type === "message" && item.role === "assistant") {
      const { isPlanning, saysAloud } = this.#options;
      const open: OpenMessage = {
        kind: "message",
        id,
        phase: toPhase(item.phase),
        text: isPlanning ? "" : toMessageText(item),
        plan: isPlanning ? new ProposedPlan() : null,
        isStarted: false,
      };
      this.#open = open;
      // A message that turns out to be all plan is never seen as a message.
      if (!isPlanning && saysAloud) this.#startMessage(open, open.text);
    } else if (item.type === "reasoning") {
      this.#open = { kind: "reasoning", id, summary: [], content: [] };
      this.#stage.started({ type: "reasoning", id, summary: [], content: [] });
    } else if (item.type === "web_search_call") {
      const search = toWebSearch(item, id);
      this.#open = { kind: "search", id, item: search };
      this.#stage.started(search);
    }
  }

  #startMessage(open: OpenMessage, text = ""): void {
    if (open.isStarted) return;
    open.isStarted = true;
    this.#stage.started(toMessage(open.id, text, open.phase));
  }

  #isOpen(itemId: string | undefined): boolean {
    return itemId === undefined || itemId === this.#open?.id;
  }

  #say(itemId: string | undefined, delta: string): void {
    const open = this.#open;
    if (open?.kind !== "message" || !this.#isOpen(itemId)) return;
    open.text += delta;
    if (!this.#options.saysAloud) return;
    if (open.plan !== null) return this.#sayOrPlan(open, open.plan, delta);
    this.#stage.tell("item/agentMessage/delta", {
      threadId: this.#stage.threadId,
      turnId: this.#stage.turnId,
      itemId: open.id,
      delta,
    });
  }

  #sayOrPlan(open: OpenMessage, plan: ProposedPlan, delta: string): void {
    for (const piece of plan.push(delta)) {
      if (piece.isPlan) {
        this.#stage.tell("item/plan/delta", {
          ...this.#names,
          itemId: this.#startPlan().id,
          delta: piece.text,
        });
      } else {
        // White space around a plan says nothing.
        if (!open.isStarted && piece.text.trim() === "") continue;
        this.#startMessage(open);
        this.#stage.tell("item/agentMessage/delta", {
          ...this.#names,
          itemId: open.id,
          delta: piece.text,
        });
      }
    }
  }

  #startPlan(): PlanItem {
    if (this.#plan === undefined) {
      const id = `${this.#stage.turnId}-plan${this.#options.planSuffix()}`;
      this.#plan = { type: "plan", id, text: "" };
      this.#stage.started(this.#plan);
    }
    return this.#plan;
  }

  #completePlan(text = ""): void {
    const plan = this.#plan;
    this.#plan = undefined;
    if (plan !== undefined) this.#stage.completed({ ...plan, text });
  }

  #beginPart(itemId: string | undefined, summaryIndex: number): void {
    if (this.#open?.kind !== "reasoning" || !this.#isOpen(itemId)) return;
    if (!isPart(summaryIndex)) return;
    this.#stage.tell("item/reasoning/summaryPartAdded", {
      ...this.#names,
      itemId: this.#open.id,
      summaryIndex,
    });
  }

  #sumUp(
    itemId: string | undefined,
    delta: string,
    summaryIndex: number,
  ): void {
    if (this.#open?.kind !== "reasoning" || !this.#isOpen(itemId)) return;
    if (!isPart(summaryIndex)) return;
    append(this.#open.summary, summaryIndex, delta);
    this.#stage.tell("item/reasoning/summaryTextDelta", {
      threadId: this.#stage.threadId,
      turnId: this.#stage.turnId,
      itemId: this.#open.id,
      delta,
      summaryIndex,
    });
  }

  #think(
    itemId: string | undefined,
    delta: string,
    contentIndex: number,
  ): void {
    if (this.#open?.kind !== "reasoning" || !this.#isOpen(itemId)) return;
    if (!isPart(contentIndex)) return;
    append(this.#open.content, contentIndex, delta);
    this.#stage.tell("item/reasoning/textDelta", {
      threadId: this.#stage.threadId,
      turnId: this.#stage.turnId,
      itemId: this.#open.id,
      delta,
      contentIndex,
    });
  }

  #finish(item: ResponseItem): void {
    if (!isKnown(item)) return;
    const id = this.#idOf(item);
    if (item.type === "message" && item.role === "assistant") {
      this.#completeMessage(id, toPhase(item.phase), toMessageText(item));
    } else if (item.type === "reasoning") {
      this.#stage.completed(toReasoning(item, id));
    } else if (item.type === "web_search_call") {
      this.#stage.completed(toWebSearch(item, id));
    }
  }

  /**
   * Id of an item that is done: that under which it began, if it did. Some
   * providers call it otherwise at its end.
   */
  #idOf(item: ResponseItem): string {
    const open = this.#open;
    const isIt = open !== undefined && kinds[item.type] === open.kind &&
      (typeof item.id !== "string" || item.id === open.id ||
        !this.#begun.has(item.id));
    if (isIt) {
      this.#open = undefined;
      return open.id;
    }
    return typeof item.id === "string" ? item.id : toId(item.type);
  }

  #completeMessage(id: string, phase: MessagePhase | null, text: string): void {
    if (!this.#options.saysAloud) {
      this.lastAgentMessage = toMessage(id, text, phase);
      return;
    }
    let said = text;
    if (this.#options.isPlanning) {
      const split = splitPlan(text);
      said = split.said;
      if (split.plan !== null) this.#startPlan();
      this.#completePlan(split.plan ?? "");
      if (said.trim() === "" && split.plan !== null) return;
    }
    const message = toMessage(id, said, phase);
    // Nothing that can be read is nobody's last word.
    if (said.trim() !== "") this.lastAgentMessage = message;
    this.#stage.completed(message);
  }
}
