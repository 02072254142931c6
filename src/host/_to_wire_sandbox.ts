import { toFileUrl } from "./_file_url.ts";
import type { RemoteConfinement } from "./remote_order.ts";

/** What the sandbox of an exec server is for. */
export type SandboxPurpose = "program" | "files";

/** Parts of a workspace that stay closed to writing. */
const shielded = [".git", ".agents", ".codex", ".aws"];

/**
 * What is confined, in the words of exec servers; null for what is not. They
 * say what a workspace is and where it lies apart from each other, so that
 * `$TMPDIR` and links are those of the machine where it is enforced.
 *
 * @param userHome Home of the user there, if that is known.
 */
export function toWireSandbox(
  confinement: RemoteConfinement | null,
  purpose: SandboxPurpose,
  userHome?: string,
): Record<string, unknown> | null {
  if (confinement === null) return null;
  const cwd = toFileUrl(confinement.cwd);
  const workspaceRoots = confinement.workspaceRoots.map(toFileUrl);
  return {
    permissions: toPermissions(confinement),
    cwd,
    workspaceRoots,
    windowsSandboxLevel: "disabled",
    useLegacyLandlock: false,
    ...purpose === "program"
      ? { windowsSandboxProxySettingsMode: "reconcile" }
      : {
        policyContext: { cwd, workspaceRoots },
        ...userHome !== undefined && { userHomeDir: userHome },
      },
  };
}

function toPermissions({ policy, grant }: RemoteConfinement): unknown {
  const entries: unknown[] = [special("read", { kind: "root" })];
  if (policy.type === "workspaceWrite") {
    entries.push(special("write", { kind: "project_roots" }));
    if (policy.excludeSlashTmp !== true) {
      entries.push(special("write", { kind: "slash_tmp" }));
    }
    if (policy.excludeTmpdirEnvVar !== true) {
      entries.push(special("write", { kind: "tmpdir" }));
    }
    entries.push(...(policy.writableRoots ?? []).map(path("write")));
    for (const subpath of shielded) {
      entries.push({
        ...special("read", { kind: "project_roots", subpath }),
        missing_path_behavior: "skip",
      });
    }
  }
  entries.push(...grant.reads.map(path("read")));
  entries.push(...grant.writes.map(path("write")));
  const hasNetwork = policy.networkAccess === true || grant.network;
  return {
    type: "managed",
    file_system: { type: "restricted", entries },
    network: hasNetwork ? "enabled" : "restricted",
  };
}

function special(access: string, value: unknown): Record<string, unknown> {
  return { path: { type: "special", value }, access };
}

function path(access: string): (path: string) => unknown {
  return (path) => ({ path: { type: "path", path: toFileUrl(path) }, access });
}
