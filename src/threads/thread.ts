import { type Agent, toContent, type TurnEnd } from "../agent/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Models, ResponseItem } from "../model/mod.ts";
import {
  type NotificationName,
  RpcError,
  type ServerMethodName,
  type ServerNotifications,
  type ServerRequests,
  type Thread as ThreadView,
  type ThreadItem,
  type ThreadSettings,
  type ThreadStatus,
  type Turn,
  type TurnError,
} from "../protocol/mod.ts";
import type { Rollout, RolloutRecord } from "../rollout/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { type AskOptions, StorageError, type Toolbox } from "../tools/mod.ts";
import type { ExternalTools } from "./external_tools.ts";
import { Followers } from "./followers.ts";
import type { Journal } from "./journal.ts";
import {
  LiveTurn,
  refuseSteering,
  type Said,
  type TurnHost,
} from "./live_turn.ts";
import { type PastTurns, toView, type TurnRange } from "./past_turns.ts";
import type { ThreadParts, TurnCompanion, Work } from "./thread_parts.ts";

/** A thread that is loaded: one turn at a time, any number of followers. */
export class Thread implements TurnHost, AsyncDisposable {
  readonly threadId: string;
  readonly agent: Agent;
  readonly toolbox: Toolbox;
  /** Tools that it has from elsewhere. */
  readonly external: ExternalTools;
  readonly models: Models;
  readonly config: Config;
  readonly #companion: TurnCompanion;
  /** How its next turn is set up. */
  settings: ThreadSettings;
  /** Who hears of it. */
  readonly followers: Followers;
  readonly #log: Logger;
  readonly #onChange: (thread: Thread) => void;
  readonly #onRest: (thread: Thread) => void;
  #view: ThreadView;
  #journal: Journal;
  #past: PastTurns;
  #turn: LiveTurn | undefined;
  #played: Promise<void> | undefined;
  /** Grows whenever a turn begins or ends. */
  #turnsSeen = 0;
  /** Turns that were accepted while another one could not be steered. */
  readonly #next: { turn: LiveTurn; work: Work }[] = [];
  #isClosing = false;
  #isClosed = false;

  constructor(parts: ThreadParts) {
    this.threadId = parts.view.id;
    this.#view = parts.view;
    this.settings = parts.settings;
    this.agent = parts.agent;
    this.toolbox = parts.toolbox;
    this.external = parts.external;
    this.#journal = parts.journal;
    this.models = parts.models;
    this.config = parts.config;
    this.#past = parts.past;
    this.#companion = parts.companion;
    this.followers = new Followers(this.threadId, parts.audience, {
      onWaiting: () => this.#tellStatus(),
      onLeave: () => {
        if (!this.#isClosing) this.#onRest(this);
      },
    });
    this.#log = parts.log;
    this.#onChange = parts.onChange;
    this.#onRest = parts.onRest;
  }

  /** What clients see of it, without turns. */
  get view(): ThreadView {
    const { model, modelProvider, cwd, effort, environments } = this.settings;
    return {
      ...this.#view,
      model,
      modelProvider,
      cwd,
      environments,
      reasoningEffort: effort,
      canAcceptDirectInput: true,
    };
  }

  /** Where its history is written. */
  get journal(): Journal {
    return this.#journal;
  }

  /** Its turns that are over. */
  get past(): PastTurns {
    return this.#past;
  }

  /** Goes on in another file, with the turns that it tells. */
  async goOn(rollout: Rollout, past: PastTurns): Promise<void> {
    const before = this.#journal;
    this.#journal = before.goOn(rollout);
    this.#past = past;
    this.#turnsSeen++;
    this.change({ path: rollout.path });
    await before.rollout?.[Symbol.asyncDispose]();
  }

  /** Changes what clients see of it. */
  change(changes: Partial<ThreadView>): void {
    this.#view = { ...this.#view, ...changes };
    this.#onChange(this);
  }

  /**
   * Turns as they are now, the running one with what it has so far. Nothing has
   * happened since, until the caller awaits something.
   */
  async readTurns(range: TurnRange = {}): Promise<Turn[]> {
    for (;;) {
      const before = this.#turnsSeen;
      const storedBefore = this.#turn?.storedOnly;
      const turns = await this.past.read(range, this.#turn?.turnId ?? null);
      if (before !== this.#turnsSeen) continue; // one began or ended meanwhile
      if (storedBefore !== this.#turn?.storedOnly) continue; // read too early
      const live = this.#turn;
      const at = turns.findIndex(({ id }) => id === live?.turnId);
      if (live !== undefined && (at >= 0 || this.view.ephemeral)) {
        const shown = toView(
          live.toTurn("full", live.wholeItems(turns[at]?.items ?? [])),
          range.view ?? "full",
        );
        turns.splice(at < 0 ? turns.length : at, 1, shown);
      }
      return turns;
    }
  }

  /** The turn that runs. */
  get turn(): LiveTurn | undefined {
    return this.#turn;
  }

  /** Whether it has nothing to do. */
  get isIdle(): boolean {
    return this.#turn === undefined;
  }

  /** Whether nobody follows it and nothing goes on in it, no command either. */
  get isLeftAlone(): boolean {
    return !this.#isClosing && this.isIdle && this.#played === undefined &&
      this.followers.size === 0 && this.toolbox.terminals.list().length === 0;
  }

  /** Resolves when no turn runs. */
  async settled(): Promise<void> {
    while (this.#played !== undefined) await this.#played;
  }

  publish<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    this.followers.publish(method, params);
  }

  /** Tells everybody, followers or not. */
  proclaim<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    this.followers.proclaim(method, params);
  }

  get isKept(): boolean {
    return this.journal.rollout !== undefined;
  }

  store(records: readonly RolloutRecord[]): void {
    storing(() => this.journal.append(records));
  }

  storeSaid(turnId: string, said: Said): void {
    storing(() => this.journal.appendSaid(turnId, said));
  }

  storeItem(turnId: string, item: ThreadItem): void {
    const { historyMode } = this.#view;
    storing(() =>
      this.journal.appendItem(this.threadId, turnId, item, historyMode)
    );
    if (item.type === "userMessage" && this.#view.preview === "") {
      const preview = item.content.map((one) =>
        one.type === "text" ? one.text : ""
      ).join("").trim();
      this.change({ preview });
    }
    this.#companion.note(this, turnId, item);
  }

  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    { item, ...options }: AskOptions,
    turn: LiveTurn,
  ): Promise<ServerRequests[M]["result"]> {
    return this.followers.ask(method, params, {
      ...options,
      onAsk: (question) => {
        if (item !== undefined) turn.started(item);
        storing(() => this.#journal.appendQuestion(turn.turnId, question));
      },
      onSettled: ({ id }) => this.#journal.appendSettled(turn.turnId, id),
    });
  }

  /**
   * Accepts a turn: it is stored when this returns. Call
   * {@linkcode Thread.play} once the client knows of it.
   *
   * @throws {RpcError} if too many wait already.
   * @throws {Error} if it can't be stored; then it was not accepted.
   */
  begin(turnId: string, rootTurnId: string, work: Work): LiveTurn {
    if (this.#next.length >= MAX_WAITING) {
      throw RpcError.overloaded(
        `too many turns: ${MAX_WAITING} wait for the one that runs`,
      );
    }
    const turn = new LiveTurn(this, { turnId, rootTurnId, kind: work.kind });
    const said = "said" in work ? work.said : undefined;
    this.journal.appendTurnStart(turn, said, this.settings);
    if (this.#turn !== undefined) this.#next.push({ turn, work });
    else {
      this.#turn = turn;
      this.#turnsSeen++;
      this.#next.unshift({ turn, work });
    }
    return turn;
  }

  /** Plays what was accepted; does nothing while another turn is played. */
  play(): void {
    if (this.#next.length > 0) this.#played ??= this.#playAll();
  }

  async #playAll(): Promise<void> {
    try {
      for (;;) {
        const next = this.#next.shift();
        if (next === undefined || this.#isClosed) return;
        this.#turn = next.turn;
        const end = await this.#playOne(next.turn, next.work);
        if (this.#turn === undefined && !this.#isClosing) {
          this.#companion.goOn(this, end);
        }
      }
    } catch (error) {
      // What is thrown here would end the process, and all threads with it.
      this.#turn = this.#next[0]?.turn;
      this.#log.error("a turn could not be ended", {
        threadId: this.threadId,
        error: toText(error),
      });
    } finally {
      // In the same breath, or what begins right now would never be played.
      this.#played = undefined;
      if (!this.#isClosing) this.#onRest(this);
    }
  }

  async #playOne(turn: LiveTurn, work: Work): Promise<TurnEnd> {
    const { threadId } = this;
    this.#companion.begin(this, turn);
    this.change({ status: { type: "active", activeFlags: [] } });
    this.#tellStatus();
    this.publish("turn/started", { threadId, turn: turn.toTurn("notLoaded") });
    let end: TurnEnd;
    try {
      if (work.kind === "regular" || work.kind === "review") {
        await this.external.settled(turn.controller.signal);
      }
      end = await work.play(turn);
    } catch (error) {
      this.#log.error("a turn broke off", { threadId, error: toText(error) });
      end = {
        status: "failed",
        error: toTurnError(error),
        lastAgentMessage: null,
      };
    }
    await this.#companion.ready();
    this.#finish(turn, end);
    return end;
  }

  #finish(turn: LiveTurn, end: TurnEnd): void {
    const { threadId } = this;
    this.#keepSaid(turn);
    turn.end(end);
    const last = end.lastAgentMessage;
    const items = last === null
      ? []
      : [turn.items.find(({ id }) => id === last.id) ?? last];
    const shown = turn.toTurn(last === null ? "notLoaded" : "summary", items);
    const isStored = this.#storeEnd(turn, shown, last?.text ?? null);
    // From here on, whoever says something begins another turn.
    this.past.add(turn);
    this.#turn = this.#next[0]?.turn;
    this.#turnsSeen++;
    const { updatedAt } = isStored ? toTimes() : this.#view;
    const isBroken = end.status === "failed";
    this.change({
      updatedAt,
      recencyAt: updatedAt,
      status: isBroken ? { type: "systemError" } : { type: "idle" },
    });
    this.#companion.settle(this, turn, end);
    if (!isBroken) this.#companion.markUnread(this, turn, end);
    this.#tellStatus();
    if (isBroken && end.error !== null) {
      this.publish("error", {
        threadId,
        turnId: turn.turnId,
        willRetry: false,
        error: end.error,
      });
    }
    if (isBroken) this.#companion.markUnread(this, turn, end);
    this.publish("turn/completed", { threadId, turn: shown });
    turn.forget();
    this.journal.sync().catch((error) =>
      this.#log.error("a history could not be synced", {
        threadId,
        error: toText(error),
      })
    );
  }

  /**
   * Keeps what was said too late for the agent to hear it in a turn that broke
   * off: it is an item of that turn, and the model hears it in the next one.
   */
  #keepSaid(turn: LiveTurn): void {
    for (const { input, clientUserMessageId } of turn.take()) {
      const content = toContent(input);
      const item: ResponseItem = {
        type: "message",
        role: "user",
        content: content.flatMap((one) =>
          one.type === "text" ? [{ type: "input_text", text: one.text }] : []
        ),
      };
      try {
        turn.completed({
          type: "userMessage",
          id: crypto.randomUUID(),
          clientId: clientUserMessageId,
          content,
        });
        turn.record({ type: "response_item", payload: item });
        this.agent.add(item);
      } catch (error) {
        this.#log.error("what was said could not be stored", {
          threadId: this.threadId,
          error: toText(error),
        });
      }
    }
    turn.close();
  }

  #storeEnd(turn: LiveTurn, shown: Turn, lastText: string | null): boolean {
    try {
      this.journal.appendTurnEnd(turn, shown, lastText);
      return true;
    } catch (error) {
      // It reads back as interrupted, which is what a reader can know of it.
      this.#log.error("the end of a turn could not be stored", {
        threadId: this.threadId,
        error: toText(error),
      });
      return false;
    }
  }

  /**
   * Says more in the turn that runs.
   *
   * @returns Id of that turn.
   * @throws {RpcError} if none runs, another one, or one that can't be steered.
   */
  steer(expectedTurnId: string, said: Said): string {
    const turn = this.#turn;
    if (turn === undefined) {
      throw RpcError.invalidRequest("no active turn to steer");
    }
    if (turn.turnId !== expectedTurnId) {
      throw RpcError.invalidRequest(
        `expected active turn id \`${expectedTurnId}\` but found \`${turn.turnId}\``,
      );
    }
    if (turn.kind !== "regular") throw refuseSteering(turn.kind);
    if (turn.say(said)) return turn.turnId;
    throw RpcError.invalidRequest("no active turn to steer");
  }

  /**
   * How the turn that runs is ended: call it once the client knows.
   *
   * @throws {RpcError} if none runs, or another one.
   */
  toInterrupt(turnId: string): () => void {
    const turn = this.#turn;
    if (turn === undefined) {
      if (turnId === "") return () => {};
      throw RpcError.invalidRequest("no active turn to interrupt");
    }
    if (turnId !== "" && turnId !== turn.turnId) {
      throw RpcError.invalidRequest(
        `expected active turn id ${turnId} but found ${turn.turnId}`,
      );
    }
    return () =>
      turn.controller.abort(new DOMException("Interrupted", "AbortError"));
  }

  /** Changes how its next turn is set up, and tells its followers. */
  set(settings: ThreadSettings): void {
    this.settings = settings;
    this.publish("thread/settings/updated", {
      threadId: this.threadId,
      threadSettings: settings,
    });
    this.#onChange(this);
  }

  /** Tells its followers if nothing is known of its model. */
  warnOfModel(): void {
    const { model } = this.settings;
    if (this.models.facts(model).isKnown) return;
    this.publish("warning", {
      threadId: this.threadId,
      message: `Model metadata for \`${model}\` not found. Defaulting to ` +
        "fallback metadata; this can degrade performance and cause issues.",
    });
  }

  /** Tells how it stands. */
  #tellStatus(): void {
    if (this.#isClosed) return;
    const { type } = this.#view.status;
    const status: ThreadStatus = type === "active"
      ? { type, activeFlags: this.followers.waiting }
      : this.#view.status;
    this.#view = { ...this.#view, status };
    this.proclaim("thread/status/changed", {
      threadId: this.threadId,
      status,
    });
  }

  /** Interrupts what runs, ends its commands and lets go of its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosing = true;
    this.#turn?.controller.abort(
      new DOMException("The thread is closed", "AbortError"),
    );
    await this.settled();
    this.#isClosed = true;
    this.followers.clear();
    await this.toolbox[Symbol.asyncDispose]();
    await this.external[Symbol.asyncDispose]();
    await this.journal[Symbol.asyncDispose]();
  }
}

/** Stores something; whoever plays the turn knows the failure by its class. */
function storing(work: () => void): void {
  try {
    work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(reason, { cause: error });
  }
}

/** Turns that may wait for one that can't be steered. */
const MAX_WAITING = 64;

function toTimes(): { updatedAt: number } {
  return { updatedAt: Math.floor(Date.now() / 1000) };
}

function toTurnError(error: unknown): TurnError {
  return {
    message: error instanceof Error ? error.message : String(error),
    codexErrorInfo: "other",
    additionalDetails: null,
    misalignment: null,
  };
}

function toText(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
