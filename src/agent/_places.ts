import type { ThreadSettings } from "../protocol/mod.ts";
import { findHere } from "../tools/mod.ts";
import { orAbort } from "./_or_abort.ts";
import type { AgentParts, Turn } from "./_turn.ts";

/** A place that a thread is set to work in, as its model is told of it. */
export interface KnownPlace {
  readonly id: string;
  readonly cwd: string;
  readonly workspaceRoots: readonly string[];
  /** Name of its shell; nothing for that of this machine. */
  readonly shell?: string | undefined;
  /** Whether it is the one that is meant where none is named. */
  readonly isPrimary: boolean;
  /** Why nothing can be done there now. */
  readonly error?: string;
}

/**
 * Makes sure that a turn has what it needs: waits until it is known which place
 * it works in where none is named, the first that can be reached. One that
 * can't be is told to the model, which may well do without.
 *
 * @throws {Error} if a place needs skills.
 * @throws {unknown} the signal's reason.
 */
export async function checkPlaces(turn: Turn): Promise<void> {
  const { settings, agent, signal } = turn;
  const environments = settings.environments ?? [];
  for (const { environmentId } of environments) {
    // Skills of other places are not looked for.
    const [skill] = agent.findPlace?.(environmentId)?.requiredSkills ?? [];
    if (skill === undefined) continue;
    throw new Error(
      `Fatal error: Required skill "${skill}" from environment ` +
        `"${environmentId}" is unavailable`,
    );
  }
  const isUsable = (id: string) =>
    id === "local" || agent.findPlace?.(id)?.view.status === "ready";
  const hasAny = environments.some((one) => isUsable(one.environmentId));
  for (const { environmentId } of environments) {
    if (isUsable(environmentId)) return;
    const place = agent.findPlace?.(environmentId);
    // One that was out of reach is only tried again if there is no other.
    if (place === undefined || hasAny && !place.isReachable) continue;
    await orAbort(place.reach(), signal);
    if (isUsable(environmentId)) return;
  }
}

/** All places of a thread; the first that can be worked in is the primary. */
export function toPlaces(
  settings: Pick<ThreadSettings, "environments" | "cwd">,
  findPlace: AgentParts["findPlace"],
): KnownPlace[] {
  const environments = settings.environments ?? [findHere(settings)!];
  let hasPrimary = false;
  return environments.map(
    ({ environmentId: id, cwd, runtimeWorkspaceRoots: workspaceRoots }) => {
      const place = id === "local" ? undefined : findPlace?.(id);
      const error = id === "local" ? undefined : toError(place?.view);
      const isPrimary = !hasPrimary && error === undefined;
      if (isPrimary) hasPrimary = true;
      return {
        id,
        cwd,
        workspaceRoots,
        isPrimary,
        ...place?.shellName !== undefined && { shell: place.shellName },
        ...error !== undefined && { error },
      };
    },
  );
}

/** The place that is meant where none is named, if there is one. */
export function findPrimary(
  places: readonly KnownPlace[],
): KnownPlace | undefined {
  return places.find(({ isPrimary }) => isPrimary);
}

/** Why nothing can be done in another place now; nothing if it can. */
function toError(
  view:
    | { readonly status: "ready" | "pending" }
    | { readonly status: "disconnected"; readonly error: string }
    | undefined,
): string | undefined {
  if (view === undefined) return "it is not known any more";
  if ("error" in view) return view.error;
  return view.status === "pending" ? "it is not connected yet" : undefined;
}
