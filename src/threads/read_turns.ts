import type { Turn } from "../protocol/mod.ts";
import { toView, type TurnRange } from "./past_turns.ts";
import type { TurnGround } from "./turn_ground.ts";
import type { TurnLine } from "./turn_line.ts";

/**
 * The turns of a thread as they are now, the running one with what it has so
 * far. Nothing has happened since, until the caller awaits something.
 */
export async function readTurns(
  ground: Pick<TurnGround, "past" | "view">,
  line: Pick<TurnLine, "turn" | "seen">,
  range: TurnRange = {},
): Promise<Turn[]> {
  for (;;) {
    const { past } = ground;
    const before = line.seen;
    const storedBefore = line.turn?.storedOnly;
    const turns = await past.read(range, line.turn?.turnId ?? null);
    // One began or ended meanwhile, or all of it is another past.
    if (before !== line.seen || past !== ground.past) continue;
    if (storedBefore !== line.turn?.storedOnly) continue; // read too early
    const live = line.turn;
    const at = turns.findIndex(({ id }) => id === live?.turnId);
    if (live !== undefined && (at >= 0 || ground.view.ephemeral)) {
      const shown = toView(
        live.toTurn("full", live.wholeItems(turns[at]?.items ?? [])),
        range.view ?? "full",
      );
      turns.splice(at < 0 ? turns.length : at, 1, shown);
    }
    return turns;
  }
}
