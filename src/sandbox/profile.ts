import type { ConfigValue } from "../config/mod.ts";
import { ancestors, isWithin, join } from "./_paths.ts";
import { toAbsolute } from "./_to_absolute.ts";
import { withoutPlanted } from "./_planted_links.ts";
import {
  type Profile,
  readEnforceable,
  type Right,
  workspaceNames,
} from "./_profile_tables.ts";
import { realPath, realPlace } from "./_real_path.ts";
import {
  InvalidPermission,
  type Permission,
  type Surroundings,
  unlimited,
} from "./permission.ts";
import { toWritable } from "./policy.ts";

/** Where programs, their libraries and their settings are, for `:minimal`. */
const minimal = [
  "/bin",
  "/sbin",
  "/usr",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/etc",
  "/nix/store",
  "/run/current-system/sw",
];

/** If one path has several rights, the least holds. */
const byStrictness: readonly Right[] = ["deny", "read", "write"];

/**
 * What a profile allows.
 *
 * @param tables The configuration's `[permissions]`.
 * @param workspace What `:workspace_roots` stands for.
 * @throws {InvalidPermission} if there is no such profile, or if it is wrong.
 */
export async function toProfilePermission(
  name: string,
  tables: ConfigValue | undefined,
  workspace: string,
  surroundings: Surroundings,
): Promise<Permission> {
  const profile = readEnforceable(name, tables);
  if (profile === undefined) return unlimited;
  const rights = await locate(profile, workspace, surroundings);
  return await toLimits(name, rights, profile.network);
}

/** The rights by real path. */
async function locate(
  profile: Profile,
  workspace: string,
  surroundings: Surroundings,
): Promise<Map<string, Right>> {
  const { workspaceRoots = [workspace] } = surroundings;
  const roots = [
    ...workspaceRoots,
    ...profile.workspaceRoots.map((root) =>
      toAbsolute(root, surroundings, workspace)
    ),
  ];
  const rights = new Map<string, Right>();
  const entries = profile.paths.entries().flatMap(([path, right]) =>
    expand(path, right, roots, surroundings).map((place) => ({ place, right }))
  ).toArray();
  const isGenuine = await toGenuine(entries, workspace);
  for (const { place, right } of entries) {
    // What is missing can be denied only: nobody knows what it will be.
    const real = right === "deny"
      ? await realPlace(place)
      : await realPath(place);
    if (real === undefined || !isGenuine(place, real, right)) continue;
    const other = rights.get(real);
    const isStricter = other === undefined ||
      byStrictness.indexOf(right) < byStrictness.indexOf(other);
    if (isStricter) rights.set(real, right);
  }
  return rights;
}

/**
 * Whether a place is what it was when it was written down, and not what the
 * confined made of it.
 */
async function toGenuine(
  entries: readonly { place: string; right: Right }[],
  workspace: string,
): Promise<(place: string, real: string, right: Right) => boolean> {
  const having = (right: Right) =>
    entries.filter((one) => one.right === right && one.place !== workspace)
      .map(({ place }) => place);
  const writes = await withoutPlanted(having("write"), [workspace]);
  const [reads, real] = await Promise.all([
    withoutPlanted(having("read"), [workspace, ...writes]),
    Promise.all([workspace, ...writes].map(realPath)),
  ]);
  const genuine = new Set([workspace, ...writes, ...reads]);
  // What can be written anyway is only narrowed.
  const isNarrowed = (place: string) =>
    real.some((root) => root !== undefined && isWithin(root, place));
  return (place, real, right) =>
    right === "deny" || genuine.has(place) ||
    right === "read" && isNarrowed(real);
}

/** The paths that one entry is about. */
function expand(
  path: string,
  right: Right,
  roots: readonly string[],
  surroundings: Surroundings,
): readonly string[] {
  if (!path.startsWith(":")) return [toAbsolute(path, surroundings, "/")];
  const [special = "", ...below] = path.split("/");
  if (workspaceNames.includes(special)) {
    return below.length === 0
      ? roots
      : roots.map((root) => join(root, below.join("/")));
  }
  switch (path) {
    case ":root":
      return ["/"];
    case ":minimal":
      return minimal;
    case ":slash_tmp":
      return ["/tmp"];
    case ":tmpdir": {
      const { tmpdir } = surroundings;
      return tmpdir?.startsWith("/") ? [tmpdir] : [];
    }
    default:
      // Unknown ones give nothing, but must not be taken for denied.
      if (right !== "deny") return [];
      throw new InvalidPermission(
        `filesystem path \`${path}\` is not known to this server and cannot be denied`,
      );
  }
}

async function toLimits(
  name: string,
  rights: ReadonlyMap<string, Right>,
  network: boolean,
): Promise<Permission> {
  const having = (right: Right) =>
    [...rights].filter(([, one]) => one === right).map(([path]) => path);
  /** The right that a path would have without its own entry. */
  const outer = (path: string): Right => {
    for (const above of ancestors(path).toReversed()) {
      const right = rights.get(above);
      if (right !== undefined) return right;
    }
    return "deny";
  };
  for (const [path, right] of rights) {
    if (right === "deny") continue;
    for (const above of ancestors(path)) {
      const over = rights.get(above);
      const isDenied = over === "deny";
      const isReadOnly = over === "read" && right === "write" &&
        outer(above) === "write";
      if (!isDenied && !isReadOnly) continue;
      throw new InvalidPermission(
        `permissions profile \`${name}\` allows \`${path}\` below \`${above}\`, ` +
          "which it takes away; this server cannot enforce that",
      );
    }
  }
  const hasRoot = rights.get("/") === "read" || rights.get("/") === "write";
  const hidden = having("deny").filter((path) => outer(path) !== "deny");
  const inner = having("read").filter((path) => outer(path) === "write");
  const writesAll = rights.get("/") === "write";
  if (writesAll && network && hidden.length === 0 && inner.length === 0) {
    return unlimited;
  }
  const { writes, shielded } = await toWritable(having("write"));
  // What is written down as writable is meant.
  const isMeant = (path: string) => rights.get(path) === "write";
  return {
    limits: {
      reads: hasRoot ? "all" : [...having("read"), ...writes],
      hidden,
      writes: writesAll ? "all" : writes,
      shielded: [
        ...inner,
        ...writesAll
          ? []
          : shielded.filter((path) =>
            !isMeant(path) && writes.some((root) => isWithin(root, path))
          ),
      ],
      network,
    },
    network,
  };
}
