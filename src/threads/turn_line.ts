import type { Config } from "../config/mod.ts";
import { type Agent, toContent, type TurnEnd } from "../agent/mod.ts";
import type { ResponseItem } from "../model/mod.ts";
import {
  RpcError,
  type Thread as ThreadView,
  type ThreadSettings,
  type Turn,
  type TurnError,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { ExternalTools } from "./external_tools.ts";
import type { Journal } from "./journal.ts";
import {
  LiveTurn,
  refuseSteering,
  type Said,
  type TurnHost,
} from "./live_turn.ts";
import type { PastTurns } from "./past_turns.ts";
import type { TurnCompanion, Work } from "./thread_parts.ts";

/** The thread, as far as its turns have to do with it. */
export interface TurnGround extends TurnHost {
  readonly agent: Agent;
  readonly external: ExternalTools;
  /** How the next turn is set up. */
  readonly settings: ThreadSettings;
  /** The configuration that it was opened with. */
  readonly config: Config;
  readonly view: ThreadView;
  /** Where its history is written. */
  readonly journal: Journal;
  /** Its turns that are over. */
  readonly past: PastTurns;
  /** Changes what clients see of it. */
  change(changes: Partial<ThreadView>): void;
  /** Tells how it stands. */
  tellStatus(): void;
  /** Tells which questions have ended with a turn. */
  tellEnded(turnId: string): void;
}

/** What a {@linkcode TurnLine} is made of. */
export interface TurnLineOptions {
  readonly ground: TurnGround;
  readonly companion: TurnCompanion;
  readonly log: Logger;
  /** Called when nothing is played any more. */
  readonly onRest: () => void;
}

/** The turns of a thread that are not over: one that runs, and those behind it. */
export class TurnLine {
  readonly #ground: TurnGround;
  readonly #companion: TurnCompanion;
  readonly #log: Logger;
  readonly #onRest: () => void;
  #turn: LiveTurn | undefined;
  #played: Promise<void> | undefined;
  #seen = 0;
  /** Turns that were accepted while another one could not be steered. */
  readonly #next: { turn: LiveTurn; work: Work }[] = [];
  #isClosing = false;
  #isClosed = false;

  constructor({ ground, companion, log, onRest }: TurnLineOptions) {
    this.#ground = ground;
    this.#companion = companion;
    this.#log = log;
    this.#onRest = onRest;
  }

  /** The turn that runs. */
  get turn(): LiveTurn | undefined {
    return this.#turn;
  }

  /** Grows whenever a turn begins or ends. */
  get seen(): number {
    return this.#seen;
  }

  /** Whether none runs, and none is still about to end. */
  get isAtRest(): boolean {
    return this.#turn === undefined && this.#played === undefined;
  }

  /** Whether no more turns are to be played. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Resolves when no turn runs. */
  async settled(): Promise<void> {
    while (this.#played !== undefined) await this.#played;
  }

  /** Interrupts the turn that runs, and plays none of the others. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#turn?.controller.abort(
      new DOMException("The thread is closed", "AbortError"),
    );
    await this.settled();
    this.#isClosed = true;
  }

  /**
   * Accepts a turn: it is stored when this returns. Call
   * {@linkcode TurnLine.play} once the client knows of it.
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
    const turn = new LiveTurn(this.#ground, {
      turnId,
      rootTurnId,
      kind: work.kind,
    });
    const said = "said" in work ? work.said : undefined;
    const { journal, settings, config } = this.#ground;
    journal.appendTurnStart(turn, said, settings, config);
    if (this.#turn !== undefined) this.#next.push({ turn, work });
    else {
      this.#turn = turn;
      this.#seen++;
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
          this.#companion.goOn(end);
        }
      }
    } catch (error) {
      // What is thrown here would end the process, and all threads with it.
      this.#turn = this.#next[0]?.turn;
      this.#log.error("a turn could not be ended", {
        threadId: this.#ground.threadId,
        error: toText(error),
      });
    } finally {
      // In the same breath, or what begins right now would never be played.
      this.#played = undefined;
      if (!this.#isClosing) this.#onRest();
    }
  }

  async #playOne(turn: LiveTurn, work: Work): Promise<TurnEnd> {
    const ground = this.#ground;
    const { threadId } = ground;
    this.#companion.begin(turn);
    ground.change({ status: { type: "active", activeFlags: [] } });
    ground.tellStatus();
    ground.publish("turn/started", {
      threadId,
      turn: turn.toTurn("notLoaded"),
    });
    let end: TurnEnd;
    try {
      if (work.kind === "regular" || work.kind === "review") {
        await ground.external.settled(turn.controller.signal);
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
    const ground = this.#ground;
    const { threadId } = ground;
    this.#keepSaid(turn);
    turn.end(end);
    const last = end.lastAgentMessage;
    const items = last === null
      ? []
      : [turn.items.find(({ id }) => id === last.id) ?? last];
    const shown = turn.toTurn(last === null ? "notLoaded" : "summary", items);
    const isStored = this.#storeEnd(turn, shown, last?.text ?? null);
    // From here on, whoever says something begins another turn.
    ground.past.add(turn);
    this.#turn = this.#next[0]?.turn;
    this.#seen++;
    const { updatedAt } = isStored ? toTimes() : ground.view;
    const isBroken = end.status === "failed";
    ground.change({
      updatedAt,
      recencyAt: updatedAt,
      status: isBroken ? { type: "systemError" } : { type: "idle" },
    });
    this.#companion.settle(turn, end);
    if (!isBroken) this.#companion.markUnread(turn, end);
    ground.tellStatus();
    if (isBroken && end.error !== null) {
      ground.publish("error", {
        threadId,
        turnId: turn.turnId,
        willRetry: false,
        error: end.error,
      });
    }
    if (isBroken) this.#companion.markUnread(turn, end);
    ground.publish("turn/completed", { threadId, turn: shown });
    turn.forget();
    ground.tellEnded(turn.turnId);
    ground.journal.sync().catch((error) =>
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
        this.#ground.agent.add(item);
      } catch (error) {
        this.#log.error("what was said could not be stored", {
          threadId: this.#ground.threadId,
          error: toText(error),
        });
      }
    }
    turn.close();
  }

  #storeEnd(turn: LiveTurn, shown: Turn, lastText: string | null): boolean {
    try {
      this.#ground.journal.appendTurnEnd(turn, shown, lastText);
      return true;
    } catch (error) {
      // It reads back as interrupted, which is what a reader can know of it.
      this.#log.error("the end of a turn could not be stored", {
        threadId: this.#ground.threadId,
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
