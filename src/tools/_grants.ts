import type { Order } from "../exec/mod.ts";
import type { ThreadSettings } from "../protocol/mod.ts";
import type { Grant, Wish } from "../sandbox/mod.ts";
import { findHere } from "./find_here.ts";
import type { Site } from "./site.ts";
import { isOwnProfile } from "./told_permissions.ts";
import type { Stage } from "./stage.ts";

/** Nothing beyond the policy. */
export const noGrant: Grant = { writes: [], reads: [], network: false };

/** Grants, by the id of the environment that they are for. */
type GrantTable = Map<string, Grant>;

/**
 * What a thread was granted beyond its policy: for a turn, or for good, and for
 * one environment only, since a path elsewhere is another path.
 */
export class Grants {
  readonly #ofTurn = new WeakMap<Stage, GrantTable>();
  readonly #ofSession: GrantTable = new Map();

  /** All that holds in a turn at a site. */
  of(stage: Stage, { id }: Pick<Site, "id">): Grant {
    const ofTurn = this.#ofTurn.get(stage);
    return join(
      this.#ofSession.get(id) ?? noGrant,
      ofTurn?.get(id) ?? noGrant,
    );
  }

  /** Adds to it. */
  add(
    grant: Grant,
    scope: "turn" | "session",
    { stage, site: { id } }: {
      readonly stage: Stage;
      readonly site: Pick<Site, "id">;
    },
  ): void {
    let table = scope === "session" ? this.#ofSession : this.#ofTurn.get(stage);
    if (table === undefined) {
      table = new Map();
      this.#ofTurn.set(stage, table);
    }
    table.set(id, join(table.get(id) ?? noGrant, grant));
  }
}

/** Both together. */
export function join(one: Grant, other: Grant): Grant {
  return {
    writes: [...new Set([...one.writes, ...other.writes])],
    reads: [...new Set([...one.reads, ...other.reads])],
    network: one.network || other.network,
  };
}

function isBelow(roots: readonly string[], path: string): boolean {
  return roots.some((root) =>
    root === "/" || path === root || path.startsWith(`${root}/`)
  );
}

/** Whether a grant holds all that another one asks for. */
export function holds(grant: Grant, asked: Grant): boolean {
  return (grant.network || !asked.network) &&
    asked.writes.every((path) => isBelow(grant.writes, path)) &&
    asked.reads.every((path) =>
      isBelow(grant.reads, path) || isBelow(grant.writes, path)
    );
}

/** What confines the commands of a thread. */
export type Limits =
  & Pick<Order, "sandboxPolicy" | "permissionProfile">
  & { readonly workspaceRoots: readonly string[]; readonly grant: Grant };

/** What the settings of a thread let its commands do, and a grant on top. */
export function toLimits(settings: ThreadSettings, grant: Grant): Limits {
  const { cwd, sandboxPolicy, activePermissionProfile } = settings;
  const here = findHere(settings);
  const roots = here?.cwd === cwd ? [...here.runtimeWorkspaceRoots] : [];
  // What can be written as part of another one is a root of its own: what
  // decides about commands there, such as its rules, is kept from them.
  const { writableRoots = [] } = sandboxPolicy.type === "workspaceWrite"
    ? sandboxPolicy
    : {};
  const profile = activePermissionProfile?.id;
  // Those that are built in mean a policy, which says more.
  const isOwn = isOwnProfile(profile);
  // What a profile opens is up to the profile alone.
  const isPart = !isOwn && roots.length > 0 && !roots.includes(cwd) &&
    isBelow([...roots, ...writableRoots, "/tmp"], cwd);
  if (isPart) roots.push(cwd);
  return {
    sandboxPolicy: isOwn ? undefined : sandboxPolicy,
    permissionProfile: isOwn ? profile : undefined,
    workspaceRoots: roots.length > 0 ? roots : [cwd],
    grant,
  };
}

/** The same for the sandbox itself. */
export function toWish(limits: Limits): Wish {
  return { ...limits, cwd: limits.workspaceRoots[0]! };
}

/** Whether the commands of a thread are confined at all. */
export function isConfined(
  { sandboxPolicy, activePermissionProfile }: Pick<
    ThreadSettings,
    "sandboxPolicy" | "activePermissionProfile"
  >,
): boolean {
  // What a profile of the configuration says is always enforced here, also
  // where clients are told of it as a sandbox that is not ours.
  if (isOwnProfile(activePermissionProfile?.id)) {
    return sandboxPolicy.type !== "dangerFullAccess";
  }
  return sandboxPolicy.type === "readOnly" ||
    sandboxPolicy.type === "workspaceWrite";
}
