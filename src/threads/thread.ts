import type { Agent } from "../agent/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Models } from "../model/mod.ts";
import type {
  GitInfo,
  NotificationName,
  ServerMethodName,
  ServerNotifications,
  ServerRequests,
  Thread as ThreadView,
  ThreadItem,
  ThreadSettings,
  Turn,
} from "../protocol/mod.ts";
import type { Rollout, RolloutRecord } from "../rollout/mod.ts";
import type { AskOptions, Toolbox } from "../tools/mod.ts";
import type { AgentLife } from "./agent_life.ts";
import type { ExternalTools } from "./external_tools.ts";
import { Followers } from "./followers.ts";
import type { Journal } from "./journal.ts";
import type { LiveTurn, Said } from "./live_turn.ts";
import { tellOddities, tellUnknownModel } from "./oddities.ts";
import type { PastTurns, TurnRange } from "./past_turns.ts";
import { readTurns } from "./read_turns.ts";
import type { ThreadParts, TurnCompanion, Work } from "./thread_parts.ts";
import { Portrait } from "./portrait.ts";
import type { TurnGround } from "./turn_ground.ts";
import { storing } from "./_storing.ts";
import { TurnLine } from "./turn_line.ts";
import { toToldSettings } from "./_workspace_roots.ts";

/** A thread that is loaded: one turn at a time, any number of followers. */
export class Thread implements TurnGround, AsyncDisposable {
  readonly threadId: string;
  readonly agent: Agent;
  readonly toolbox: Toolbox;
  /** Tools that it has from elsewhere. */
  readonly external: ExternalTools;
  /** How it is doing, for agents above it. */
  readonly life: AgentLife;
  readonly models: Models;
  readonly config: Config;
  /** What was asked for and not granted, in words for users. */
  readonly fallbacks: readonly string[];
  /** What requests to models go without, in words for users. */
  readonly omissions: readonly string[];
  /** What users are told of the features that its configuration names. */
  readonly findFeatureNotices: ThreadParts["findFeatureNotices"];
  readonly #companion: TurnCompanion;
  /** How its next turn is set up. */
  settings: ThreadSettings;
  /** Who hears of it. */
  readonly followers: Followers;
  readonly #onChange: () => void;
  readonly #turns: TurnLine;
  readonly #portrait: Portrait;
  #journal: Journal;
  #past: PastTurns;
  #introduction: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: ThreadParts) {
    this.threadId = parts.view.id;
    this.#portrait = new Portrait(parts.view, parts);
    this.settings = parts.settings;
    this.agent = parts.agent;
    this.toolbox = parts.toolbox;
    this.external = parts.external;
    this.life = parts.life;
    this.#journal = parts.journal;
    this.models = parts.models;
    this.config = parts.config;
    this.fallbacks = parts.fallbacks;
    this.omissions = parts.omissions;
    this.findFeatureNotices = parts.findFeatureNotices;
    this.#past = parts.past;
    this.#companion = parts.companion;
    this.followers = new Followers(this.threadId, parts.audience, {
      onWaiting: () => this.tellStatus(),
      onLeave: () => {
        if (!this.#turns.isClosing) parts.onRest();
      },
    });
    this.#onChange = parts.onChange;
    this.#turns = new TurnLine({
      ground: this,
      companion: parts.companion,
      log: parts.log,
      onRest: parts.onRest,
    });
  }

  /** What clients see of it, without turns. */
  get view(): ThreadView {
    return this.#portrait.with(this.settings);
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
    this.#portrait.beginAnew();
    this.change({ path: rollout.path });
    await before.rollout?.[Symbol.asyncDispose]();
  }

  /** Changes what clients see of it. */
  change(changes: Partial<ThreadView>): void {
    this.#portrait.change(changes);
    this.#onChange();
  }

  /**
   * Turns as they are now, the running one with what it has so far. Nothing has
   * happened since, until the caller awaits something.
   */
  readTurns(range: TurnRange = {}): Promise<Turn[]> {
    return readTurns(this, this.#turns, range);
  }

  /** The turn that runs. */
  get turn(): LiveTurn | undefined {
    return this.#turns.turn;
  }

  /** Whether it has nothing to do. */
  get isIdle(): boolean {
    return this.turn === undefined;
  }

  /** Whether nobody follows it and nothing goes on in it, no command either. */
  get isLeftAlone(): boolean {
    return !this.#turns.isClosing && this.#turns.isAtRest &&
      this.followers.size === 0 && this.toolbox.terminals.list().length === 0;
  }

  /** Resolves when no turn runs. */
  settled(): Promise<void> {
    return this.#turns.settled();
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

  /** Where it was begun, as long as nobody is told: before its first message. */
  get unsaidGitInfo(): GitInfo | null {
    return this.#portrait.unsaidGitInfo;
  }

  storeSaid(turnId: string, said: Said): void {
    storing(() => this.journal.appendSaid(turnId, said));
  }

  storeItem(turnId: string, item: ThreadItem): void {
    const { historyMode } = this.#portrait.noted;
    storing(() =>
      this.journal.appendItem(this.threadId, turnId, item, historyMode)
    );
    const changes = this.#portrait.toChanges(item);
    if (changes !== undefined) this.change(changes);
    this.#companion.note(turnId, item);
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
      turn,
    });
  }

  /** As {@linkcode Followers.tellEnded}. */
  tellEnded(turnId: string): void {
    this.followers.tellEnded(turnId);
  }

  /** As {@linkcode TurnLine.begin}. */
  begin(turnId: string, rootTurnId: string, work: Work): LiveTurn {
    return this.#turns.begin(turnId, rootTurnId, work);
  }

  /** As {@linkcode TurnLine.play}. */
  play(): void {
    this.#turns.play();
  }

  /** As {@linkcode TurnLine.steer}. */
  steer(expectedTurnId: string, said: Said): string {
    return this.#turns.steer(expectedTurnId, said);
  }

  /** As {@linkcode TurnLine.toInterrupt}. */
  toInterrupt(turnId: string): () => void {
    return this.#turns.toInterrupt(turnId);
  }

  /**
   * Changes how its next turn is set up, and tells its followers.
   *
   * @param when When they are told. Default: at once.
   */
  set(
    settings: ThreadSettings,
    when: (tell: () => void) => void = (tell) => tell(),
  ): void {
    this.settings = settings;
    when(() =>
      this.publish("thread/settings/updated", {
        threadId: this.threadId,
        threadSettings: toToldSettings(settings),
      })
    );
    this.#onChange();
  }

  /**
   * Tells its followers what is odd about how it is set up, once. Resolves when
   * they were told.
   */
  introduce(): Promise<void> {
    return this.#introduction ??= tellOddities(this);
  }

  /** Tells its followers if nothing is known of its model. */
  warnOfModel(): void {
    tellUnknownModel(this);
  }

  /** Tells how it stands. */
  tellStatus(): void {
    if (this.#isClosed) return;
    const status = this.#portrait.wait(this.followers.waiting);
    this.proclaim("thread/status/changed", {
      threadId: this.threadId,
      status,
    });
  }

  /** Interrupts what runs, ends its commands and lets go of its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    await this.#turns.close();
    // What is being read for it is read to its end; whoever waits is told.
    await this.#introduction?.catch(() => {});
    await this.agent.leave(
      this.settings.cwd,
      (method, params) => this.publish(method, params),
    );
    this.#isClosed = true;
    this.life.end();
    this.followers.clear();
    await this.toolbox[Symbol.asyncDispose]();
    await this.external[Symbol.asyncDispose]();
    await this.journal[Symbol.asyncDispose]();
  }
}
