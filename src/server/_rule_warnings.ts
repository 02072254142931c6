import type { ConfigWarningNotification } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/**
 * What clients are told of rules about commands that can't be read. What reads
 * them is loaded only where there are any.
 *
 * @param directories Where rules lie.
 */
export async function readRuleWarnings(
  rooms: RoomsOnDemand,
  directories: readonly string[],
  log: Logger,
): Promise<readonly ConfigWarningNotification[]> {
  if (!directories.some(hasRules)) return [];
  try {
    const { findRuleWarnings } = await (await rooms.load()).consent();
    return await findRuleWarnings(directories);
  } catch (error) {
    // A process that may not load this runs no turns, which alone need rules.
    log.warn("rules can't be looked at", { error: String(error) });
    return [];
  }
}

function hasRules(directory: string): boolean {
  try {
    for (const { name } of Deno.readDirSync(directory)) {
      if (name.endsWith(".rules")) return true;
    }
  } catch {
    // There are none, or none that this process may read.
  }
  return false;
}
