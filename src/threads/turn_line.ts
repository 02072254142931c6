import type { TurnEnd } from "../agent/mod.ts";
import { RpcError, type TurnError } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { endTurn } from "./end_turn.ts";
import { LiveTurn, refuseSteering, type Said } from "./live_turn.ts";
import type { TurnCompanion, Work } from "./thread_parts.ts";
import type { TurnGround } from "./turn_ground.ts";

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
    endTurn(turn, end, {
      ground,
      companion: this.#companion,
      log: this.#log,
      onOver: () => {
        this.#turn = this.#next[0]?.turn;
        this.#seen++;
      },
    });
    return end;
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
