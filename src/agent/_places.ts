import type { ThreadSettings } from "../protocol/mod.ts";
import { findHere } from "../tools/mod.ts";
import { orAbort } from "./_or_abort.ts";
import type { AgentParts, Turn } from "./_turn.ts";

/** A place that a thread is set to work in, as its model is told of it. */
export interface KnownPlace {
  readonly id: string;
  readonly cwd: string;
  /** Why nothing can be done there; nothing for this machine. */
  readonly error?: string;
}

/** What is true of every other place that can be reached. */
const unsupported =
  "this server runs commands and changes files on its own machine only";

/**
 * Makes sure that a turn has a chance: one that is set to work elsewhere only
 * waits until it is known whether that place is there. One that can't be
 * reached is told to the model, which may well do without; one that can is not
 * worked in by this server, and nobody should have to guess why nothing is done.
 *
 * @throws {Error} if a place is ready and the only one, or needs skills.
 * @throws {unknown} the signal's reason.
 */
export async function checkPlaces(turn: Turn): Promise<void> {
  const { settings, agent, signal } = turn;
  const isHere = findHere(settings) !== undefined;
  for (const { environmentId } of settings.environments ?? []) {
    const place = agent.findPlace?.(environmentId);
    if (place === undefined) continue;
    // Skills of other places are not looked for.
    const [skill] = place.requiredSkills;
    if (skill !== undefined) {
      throw new Error(
        `Fatal error: Required skill "${skill}" from environment ` +
          `"${environmentId}" is unavailable`,
      );
    }
    if (isHere) continue;
    await orAbort(place.settled(), signal);
    if (place.view.status !== "ready") continue;
    throw new Error(
      `The thread is to work in environment \`${environmentId}\`, and ` +
        `${unsupported}`,
    );
  }
}

/** All places of a thread. */
export function toPlaces(
  { environments }: Pick<ThreadSettings, "environments">,
  findPlace: AgentParts["findPlace"],
): KnownPlace[] {
  return (environments ?? []).map(({ environmentId: id, cwd }) => {
    if (id === "local") return { id, cwd };
    const view = findPlace?.(id)?.view;
    const error = view === undefined
      ? "it is not known any more"
      : "error" in view
      ? view.error
      : view.status === "pending"
      ? "it is not connected yet"
      : unsupported;
    return { id, cwd, error };
  });
}
