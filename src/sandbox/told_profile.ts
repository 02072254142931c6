import type { ConfigValue } from "../config/mod.ts";
import type { SandboxPolicy } from "../protocol/mod.ts";
import { isWithin } from "./_paths.ts";
import {
  findParent,
  type Profile,
  readProfile,
  type Right,
  specials,
  workspaceNames,
} from "./_profile_tables.ts";
import { toAbsolute } from "./_to_absolute.ts";
import type { Surroundings } from "./permission.ts";

/** What an entry of a profile is about. */
export type ToldPlace =
  | { readonly kind: "path"; readonly path: string }
  /** With its colon. */
  | { readonly kind: "special"; readonly name: string }
  | { readonly kind: "glob"; readonly pattern: string };

/** A right, and what to. */
export interface ToldEntry {
  readonly access: Right;
  readonly place: ToldPlace;
}

/**
 * A profile as clients, rollouts and models are told of it: what is written
 * down, which may be more than is there, or than can be enforced.
 */
export interface ToldProfile {
  /** Name of what it builds upon. */
  readonly parent: string | null;
  /** In the order of their keys. */
  readonly entries: readonly ToldEntry[];
  readonly network: boolean;
  /** The policy that comes closest. */
  readonly policy: SandboxPolicy;
}

/**
 * Describes a profile of the configuration.
 *
 * @param tables The configuration's `[permissions]`.
 * @param surroundings Its `workspaceRoots` are what `:workspace_roots` means.
 * @returns Nothing if it limits nothing.
 * @throws {InvalidPermission} if there is none, or if it is wrong.
 */
export function tellProfile(
  name: string,
  tables: ConfigValue | undefined,
  surroundings: Surroundings,
): ToldProfile | undefined {
  const profile = readProfile(name, tables);
  if (profile === undefined) return undefined;
  const written = toWritten(profile);
  // Those that are built in begin with what matters most.
  const isOwn = !name.startsWith(":");
  if (isOwn) written.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  const entries = toEntries(written, profile, surroundings);
  return {
    parent: findParent(name, tables),
    entries,
    network: profile.network,
    policy: toClosestPolicy(entries, profile.network, surroundings),
  };
}

/** Rights by path or pattern as written. */
function toWritten(profile: Profile): (readonly [string, Right])[] {
  return [
    ...profile.paths,
    ...profile.globs.map((glob) => [glob, "deny"] as const),
  ];
}

function toEntries(
  written: readonly (readonly [string, Right])[],
  profile: Profile,
  surroundings: Surroundings,
): ToldEntry[] {
  const { cwd, workspaceRoots = [cwd] } = surroundings;
  const roots = [
    ...workspaceRoots,
    ...profile.workspaceRoots.toSorted().map((root) =>
      toAbsolute(root, surroundings, cwd)
    ),
  ];
  return written.flatMap(([path, access]) =>
    toPlaces(path, profile.globs.includes(path), roots, surroundings)
      .map((place) => ({ access, place }))
  );
}

function toPlaces(
  path: string,
  isGlob: boolean,
  roots: readonly string[],
  surroundings: Surroundings,
): ToldPlace[] {
  const [special = "", ...below] = path.split("/");
  const places = workspaceNames.includes(special)
    ? [...new Set(roots)].map((root) => [root, ...below].join("/"))
    : [path];
  return places.map((place) => {
    if (isGlob) return { kind: "glob", pattern: place };
    if (place.startsWith(":")) return { kind: "special", name: place };
    return { kind: "path", path: toAbsolute(place, surroundings, "/") };
  });
}

/**
 * The policy that comes closest to some entries, for those who know policies
 * alone. One that writes where it works leaves that out of its further roots.
 */
function toClosestPolicy(
  entries: readonly ToldEntry[],
  network: boolean,
  surroundings: Surroundings,
): SandboxPolicy {
  const meant = entries.filter(({ place }) =>
    place.kind !== "special" || specials.includes(place.name)
  );
  const written = meant.filter(({ access }) => access === "write");
  if (written.length === 0) return { type: "readOnly", networkAccess: network };
  const isAll = written.some(({ place }) => isSpecial(place, ":root")) &&
    written.length === meant.length;
  if (isAll && network) return { type: "dangerFullAccess" };
  if (isAll) return { type: "externalSandbox", networkAccess: "restricted" };
  const { cwd, tmpdir } = surroundings;
  const paths = written.flatMap(({ place }) =>
    place.kind === "path" ? [place.path] : []
  );
  if (paths.includes(cwd)) {
    const writes = (name: string) =>
      written.some(({ place }) => isSpecial(place, name));
    return {
      type: "workspaceWrite",
      writableRoots: paths.filter((path) => path !== cwd),
      networkAccess: network,
      excludeTmpdirEnvVar: !writes(":tmpdir"),
      excludeSlashTmp: !writes(":slash_tmp"),
    };
  }
  const canWrite = (path: string) =>
    findRight(meant, path, surroundings) === "write";
  return {
    type: "workspaceWrite",
    writableRoots: written.flatMap(({ place }) =>
      locate(place, surroundings) ?? []
    ),
    networkAccess: network,
    excludeTmpdirEnvVar: !tmpdir?.startsWith("/") || !canWrite(tmpdir),
    excludeSlashTmp: !canWrite("/tmp"),
  };
}

/** What the closest entry says of a path. */
function findRight(
  entries: readonly ToldEntry[],
  path: string,
  surroundings: Surroundings,
): Right | undefined {
  let closest: { readonly root: string; readonly access: Right } | undefined;
  for (const { place, access } of entries) {
    const root = locate(place, surroundings);
    if (root === undefined || !isWithin(root, path)) continue;
    if (closest === undefined || root.length > closest.root.length) {
      closest = { root, access };
    }
  }
  return closest?.access;
}

/** The one path that a place is. */
function locate(
  place: ToldPlace,
  { tmpdir }: Surroundings,
): string | undefined {
  if (place.kind === "path") return place.path;
  if (isSpecial(place, ":root")) return "/";
  if (isSpecial(place, ":slash_tmp")) return "/tmp";
  const isTmpdir = isSpecial(place, ":tmpdir") && tmpdir?.startsWith("/");
  return isTmpdir ? tmpdir : undefined;
}

function isSpecial(place: ToldPlace, name: string): boolean {
  return place.kind === "special" && place.name === name;
}
