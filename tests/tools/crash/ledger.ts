import { isDeepStrictEqual } from "node:util";
import type {
  NotificationName,
  ThreadItem,
  Turn,
} from "../../../src/protocol/mod.ts";

/** Something a client was told, of any name. */
export interface Told {
  readonly method: NotificationName;
  // deno-lint-ignore no-explicit-any -- told apart by name
  readonly params: any;
}

/** What clients know of a turn for certain. */
interface KnownTurn {
  /** Items that are complete, in this order. */
  readonly items: ThreadItem[];
  /** How it ended; nothing if nobody was told that it has. */
  status: Turn["status"] | undefined;
}

/**
 * What clients were promised of a thread: answers that they got, and what they
 * were told. Whatever dies, it has to be there afterwards.
 */
export class Ledger {
  readonly threadId: string;
  /** Where its commands run. */
  readonly directory: string;
  /** Whether its commands need somebody's consent. */
  readonly asks: boolean;
  /** Messages whose request was answered with a result. */
  readonly accepted = new Set<string>();
  /** Turns that began, by id. */
  readonly turns = new Map<string, KnownTurn>();
  /** Consents that were sent. */
  consents = 0;
  /** Turns that wait for a consent that was not sent, by turn and item. */
  readonly waiting = new Map<string, string>();
  /** How many lives of the server it was used in. */
  lives = 0;

  constructor(facts: Pick<Ledger, "threadId" | "directory" | "asks">) {
    this.threadId = facts.threadId;
    this.directory = facts.directory;
    this.asks = facts.asks;
  }

  /** Takes down what a client was told. */
  note({ method, params }: Told): void {
    switch (method) {
      case "turn/started":
        this.#turn(params.turn.id);
        return;
      case "item/completed":
        this.#turn(params.turnId).items.push(params.item);
        this.waiting.delete(toQuestion(params.turnId, params.item.id));
        return;
      case "turn/completed":
        this.#turn(params.turn.id).status = params.turn.status;
    }
  }

  /** Takes down a question; its key. */
  ask(turnId: string, itemId: string): string {
    const question = toQuestion(turnId, itemId);
    this.waiting.set(question, turnId);
    return question;
  }

  /** What of it is missing or wrong in what a server says now; a line each. */
  check(found: readonly Turn[]): string[] {
    return [
      ...this.#checkMessages(found),
      ...[...this.turns].flatMap(([id, known]) => checkTurn(id, known, found)),
      ...found.filter(({ status }) => status === "inProgress").map(({ id }) =>
        `turn ${id} reads as running`
      ),
      ...[...this.waiting.values()].flatMap((id) => {
        const status = found.find((turn) => turn.id === id)?.status;
        return status === "interrupted"
          ? []
          : [`turn ${id} waited for a consent and reads as ${status}`];
      }),
    ];
  }

  #checkMessages(found: readonly Turn[]): string[] {
    const texts = found.flatMap(({ items }) =>
      items.flatMap((item) =>
        item.type === "userMessage"
          ? item.content.map((part) => part.type === "text" ? part.text : "")
          : []
      )
    );
    const faults: string[] = [];
    for (const text of this.accepted) {
      const times = texts.filter((one) => one === text).length;
      if (times !== 1) faults.push(`"${text}" is there ${times} times`);
    }
    return faults;
  }

  #turn(id: string): KnownTurn {
    const known = this.turns.get(id) ?? { items: [], status: undefined };
    this.turns.set(id, known);
    return known;
  }
}

function checkTurn(
  id: string,
  known: KnownTurn,
  found: readonly Turn[],
): string[] {
  const turn = found.find((one) => one.id === id);
  if (turn === undefined) return [`turn ${id} is gone`];
  const faults: string[] = [];
  for (const item of known.items) {
    const same = turn.items.find((one) => one.id === item.id);
    if (!isDeepStrictEqual(same, item)) {
      faults.push(
        `item ${JSON.stringify(item)} of turn ${id} reads as ` +
          `${JSON.stringify(same)}`,
      );
    }
  }
  if (known.status !== undefined && known.status !== turn.status) {
    faults.push(`turn ${id} was ${known.status} and reads as ${turn.status}`);
  }
  return faults;
}

function toQuestion(turnId: string, itemId: string): string {
  return `${turnId} ${itemId}`;
}
