import { type Client, ConnectionClosedError } from "../../../src/client/mod.ts";
import { delay } from "../../bench/delay.ts";
import type { Ledger, Told } from "./ledger.ts";
import type { Random } from "./random.ts";
import { type Kind, KINDS } from "./script.ts";

const PLAIN_KINDS = KINDS.filter((kind) => kind !== "ask");
const LONGEST_ANSWER_MS = 60;
const LONGEST_TURN_MS = 500;

/** Who plays: one follows the thread, the other only says things. */
export interface Players {
  readonly follower: Client;
  readonly other: Client;
}

/**
 * Uses a thread until the server is gone: turns of all kinds, steering,
 * interrupts, consents given, refused and left open.
 *
 * @returns What went wrong before that; a line each.
 */
export async function play(
  ledger: Ledger,
  { follower, other }: Players,
  random: Random,
): Promise<string[]> {
  const { threadId } = ledger;
  const completed = new Set<string>();
  const follow = async (): Promise<void> => {
    for await (const told of follower.notifications()) {
      if ((told as Told).params.threadId !== threadId) continue;
      ledger.note(told);
      if (told.method === "turn/completed") completed.add(told.params.turn.id);
    }
  };
  const faults: string[] = [];
  const note = (error: unknown): void => {
    if (error instanceof ConnectionClosedError) return; // the kill
    faults.push(`thread ${threadId}: ${error}`);
  };
  const following = follow().catch(note);
  using _answers = follower.handle(
    "item/commandExecution/requestApproval",
    async ({ itemId, turnId }) => {
      const question = ledger.ask(turnId, itemId);
      await delay(random.below(LONGEST_ANSWER_MS));
      if (random.chance(0.4)) return await new Promise<never>(() => {});
      const isAllowed = random.chance(0.6);
      if (isAllowed) ledger.consents++;
      ledger.waiting.delete(question);
      return { decision: isAllowed ? "accept" : "decline" };
    },
  );
  try {
    await follower.request("thread/resume", { threadId, excludeTurns: true });
    for (;;) {
      const kind = ledger.asks && random.chance(0.6)
        ? "ask"
        : random.pick(PLAIN_KINDS)!;
      const turnId = await begin(ledger, follower, kind);
      await disturb(ledger, { follower, other }, turnId, random);
      const end = performance.now() + random.below(LONGEST_TURN_MS);
      while (performance.now() < end && !completed.has(turnId)) await delay(5);
    }
  } catch (error) {
    note(error);
  }
  await following;
  return faults;
}

async function begin(
  ledger: Ledger,
  client: Client,
  kind: Kind,
): Promise<string> {
  const text = `${kind} ${crypto.randomUUID()}`;
  const { turn } = await client.request("turn/start", {
    threadId: ledger.threadId,
    input: [{ type: "text", text }],
  });
  ledger.accepted.add(text);
  return turn.id;
}

/** Does something to a turn, perhaps. It may be over, or another's. */
async function disturb(
  ledger: Ledger,
  { follower, other }: Players,
  turnId: string,
  random: Random,
): Promise<void> {
  const { threadId } = ledger;
  const dice = random.next();
  if (dice > 0.5) return;
  await delay(random.below(80));
  const text = `more ${crypto.randomUUID()}`;
  const input = [{ type: "text" as const, text }];
  if (dice < 0.2) {
    const steered = await other.request("turn/steer", {
      threadId,
      input,
      expectedTurnId: turnId,
    }).catch(ignoreRefusal);
    if (steered !== undefined) ledger.accepted.add(text);
  } else if (dice < 0.35) {
    await other.request("turn/start", { threadId, input });
    ledger.accepted.add(text);
  } else {
    await follower.request("turn/interrupt", { threadId, turnId })
      .catch(ignoreRefusal);
  }
}

/** The turn was over already, which nobody can know beforehand. */
function ignoreRefusal(error: unknown): undefined {
  if (error instanceof ConnectionClosedError) throw error;
}
