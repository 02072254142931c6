import type { Config } from "../config/mod.ts";
import type { SandboxPolicy, ThreadSettings } from "../protocol/mod.ts";
import {
  tellProfile,
  type ToldEntry,
  type ToldPlace,
  type ToldProfile,
} from "../sandbox/mod.ts";
import { findHere } from "./find_here.ts";

/** What the commands of a thread may touch, as rollouts and models are told. */
export interface ToldPermissions {
  /** `disabled`: everything; `external`: somebody else sees to it. */
  readonly type: "disabled" | "external" | "managed";
  readonly network: boolean;
  /** Of `managed` ones. */
  readonly entries: readonly ToldEntry[];
}

/** Where a thread works. */
interface Where {
  readonly cwd: string;
  readonly roots: readonly string[];
}

/** Parts of a workspace that stay closed to writing. */
const shielded = [".git", ".agents", ".codex", ".aws"];

/**
 * Describes a profile of the configuration for a thread that works in `cwd`.
 *
 * @throws {InvalidPermission} if there is none, or if it is wrong.
 */
export function tellOwnProfile(
  id: string,
  config: Config,
  { cwd, roots }: Where,
): ToldProfile | undefined {
  return tellProfile(id, config.get("permissions"), {
    cwd,
    workspaceRoots: roots,
    home: Deno.env.get("HOME"),
    tmpdir: Deno.env.get("TMPDIR"),
  });
}

/** Whether a profile is the configuration's, and not built in. */
export function isOwnProfile(id: string | undefined): id is string {
  return id !== undefined && !id.startsWith(":");
}

/**
 * What the settings of a thread let its commands touch.
 *
 * @param where Default: where it works on this machine.
 */
export function tellPermissions(
  settings: Pick<
    ThreadSettings,
    "cwd" | "environments" | "sandboxPolicy" | "activePermissionProfile"
  >,
  config: Config,
  where: Where = {
    cwd: settings.cwd,
    roots: findHere(settings)?.runtimeWorkspaceRoots ?? [settings.cwd],
  },
): ToldPermissions {
  const { sandboxPolicy: policy, activePermissionProfile } = settings;
  const id = activePermissionProfile?.id;
  // One that was taken away since is told by what it came to.
  const isKnown = isOwnProfile(id) &&
    config.get(["permissions", id]) !== undefined;
  const own = isKnown ? tellOwnProfile(id, config, where) : undefined;
  if (own !== undefined) {
    return { type: "managed", network: own.network, entries: own.entries };
  }
  if (policy.type === "dangerFullAccess") {
    return { type: "disabled", network: true, entries: [] };
  }
  const network = policy.networkAccess === true ||
    policy.networkAccess === "enabled";
  if (policy.type === "externalSandbox") {
    return { type: "external", network, entries: [] };
  }
  return { type: "managed", network, entries: toEntries(policy, where.roots) };
}

function toEntries(
  policy: Extract<SandboxPolicy, { type: "readOnly" | "workspaceWrite" }>,
  roots: readonly string[],
): ToldEntry[] {
  const all = special("read", ":root");
  if (policy.type === "readOnly") return [all];
  const further = (policy.writableRoots ?? []).filter((root) =>
    !roots.includes(root)
  );
  return [
    all,
    ...roots.map((root) => path("write", root)),
    ...policy.excludeSlashTmp === true ? [] : [special("write", ":slash_tmp")],
    ...policy.excludeTmpdirEnvVar === true ? [] : [special("write", ":tmpdir")],
    ...further.map((root) => path("write", root)),
    ...shielded.flatMap((name) =>
      roots.map((root) => path("read", `${root}/${name}`))
    ),
  ];
}

function path(access: ToldEntry["access"], path: string): ToldEntry {
  return { access, place: { kind: "path", path } };
}

function special(access: ToldEntry["access"], name: string): ToldEntry {
  return { access, place: { kind: "special", name } };
}

/** What commands may touch, with the names of rollouts. */
export interface RecordedPermissions {
  readonly type: ToldPermissions["type"];
  readonly file_system?: {
    readonly type: "restricted";
    readonly entries: readonly { path: unknown; access: string }[];
  };
  readonly network?: "enabled" | "restricted";
}

/** The same as told, in that form. */
export function toRecordedPermissions(
  { type, network, entries }: ToldPermissions,
): RecordedPermissions {
  if (type === "disabled") return { type };
  return {
    type,
    ...type === "managed" && {
      file_system: {
        type: "restricted",
        entries: entries.map(({ access, place }) => ({
          path: toRecordedPlace(place),
          access,
        })),
      },
    },
    network: network ? "enabled" : "restricted",
  };
}

const specials: readonly string[] = ["root", "minimal", "slash_tmp", "tmpdir"];

function toRecordedPlace(place: ToldPlace): unknown {
  switch (place.kind) {
    case "path":
      return { type: "path", path: place.path };
    case "glob":
      return { type: "glob_pattern", pattern: place.pattern };
    case "special": {
      const kind = place.name.slice(1);
      return {
        type: "special",
        value: specials.includes(kind)
          ? { kind }
          : { kind: "unknown", path: place.name },
      };
    }
  }
}
