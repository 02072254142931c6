import {
  type AdditionalPermissionProfile,
  type GrantedPermissionProfile,
  resolvePath,
} from "../protocol/mod.ts";
import type { Grant } from "../sandbox/mod.ts";
import type { Arguments } from "./_arguments.ts";
import { holds, noGrant } from "./_grants.ts";
import type { Site } from "./site.ts";

/** Where permissions are asked for. */
export interface PermissionGround {
  readonly site: Site;
  /** Where relative paths start. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * What a model asks for beyond the sandbox; nothing if that is nothing. Paths
 * are real as far as they exist: whoever is asked has to see where they lead.
 *
 * @throws {ArgumentError} if it can't be read.
 */
export async function readPermissions(
  asked: Arguments | undefined,
  ground: PermissionGround,
): Promise<AdditionalPermissionProfile | null> {
  const files = asked?.object("file_system");
  const [read, write] = await Promise.all([
    toPaths(files?.texts("read"), ground),
    toPaths(files?.texts("write"), ground),
  ]);
  const enabled = asked?.object("network")?.flag("enabled") ?? false;
  if (read.length + write.length === 0 && !enabled) return null;
  const entries = [
    ...read.map((path) => toEntry(path, "read")),
    ...write.map((path) => toEntry(path, "write")),
  ];
  return {
    network: enabled ? { enabled } : null,
    fileSystem: entries.length === 0 ? null : {
      read: read.length > 0 ? read : null,
      write: write.length > 0 ? write : null,
      entries,
    },
  };
}

async function toPaths(
  paths: string[] | undefined,
  { site, cwd, signal }: PermissionGround,
): Promise<string[]> {
  const places = paths?.map((path) =>
    site.realPlace(resolvePath(cwd, path), signal)
  );
  return [...new Set(await Promise.all(places ?? []))];
}

function toEntry(path: string, access: "read" | "write") {
  return { path: { type: "path" as const, path }, access };
}

/** What a profile grants, as far as it names paths. */
export function toGrant(profile: GrantedPermissionProfile): Grant {
  const { fileSystem, network } = profile;
  const of = (access: "read" | "write") => [
    ...fileSystem?.[access] ?? [],
    ...(fileSystem?.entries ?? []).flatMap((entry) =>
      entry.access === access && entry.path.type === "path"
        ? [entry.path.path]
        : []
    ),
  ];
  return {
    writes: [...new Set(of("write"))],
    reads: [...new Set(of("read"))],
    network: network?.enabled === true,
  };
}

/**
 * What is granted, as far as it was asked for: nobody gives a model more by
 * mistake.
 */
export function limitGrant(granted: Grant, asked: Grant): Grant {
  const isAsked = (part: Partial<Grant>) =>
    holds(asked, { ...noGrant, ...part });
  const paths = (list: readonly string[]) =>
    list.filter((path) => path.startsWith("/"))
      .map((path) => resolvePath("/", path));
  return {
    writes: paths(granted.writes).filter((path) => isAsked({ writes: [path] })),
    reads: paths(granted.reads).filter((path) => isAsked({ reads: [path] })),
    network: granted.network && asked.network,
  };
}
