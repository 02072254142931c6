import type { SandboxPolicy, WorkspaceWritePolicy } from "../protocol/mod.ts";
import { withoutPlanted } from "./_planted_links.ts";
import { realPath } from "./_real_path.ts";
import { toShields } from "./_shields.ts";
import {
  type Permission,
  type Surroundings,
  toReadOnly,
  unlimited,
} from "./permission.ts";

/** What a policy allows. */
export async function toPermission(
  policy: SandboxPolicy,
  surroundings: Surroundings,
): Promise<Permission> {
  switch (policy.type) {
    case "dangerFullAccess":
      return unlimited;
    case "externalSandbox":
      return {
        limits: undefined,
        network: policy.networkAccess === "enabled",
      };
    case "readOnly":
      return toReadOnly(policy.networkAccess ?? false);
    case "workspaceWrite":
      return await toWorkspace(policy, surroundings);
  }
}

async function toWorkspace(
  policy: WorkspaceWritePolicy,
  { cwd, workspaceRoots = [cwd], tmpdir }: Surroundings,
): Promise<Permission> {
  const [main, ...others] = workspaceRoots;
  others.push(...policy.writableRoots ?? []);
  if (!policy.excludeSlashTmp) others.push("/tmp");
  if (!policy.excludeTmpdirEnvVar && tmpdir?.startsWith("/")) {
    others.push(tmpdir);
  }
  // Where commands run, whoever chose that knows what is there.
  const meant = main === undefined ? [] : [main];
  const roots = [...meant, ...await withoutPlanted(others, meant)];
  const network = policy.networkAccess ?? false;
  return {
    limits: { reads: "all", hidden: [], network, ...await toWritable(roots) },
    network,
  };
}

/**
 * Directories that may be written, with what stays as it is in them. What is
 * missing can't be allowed: what a link would lead to later is not known.
 */
export async function toWritable(
  paths: readonly string[],
): Promise<{ writes: string[]; shielded: string[] }> {
  const real = await Promise.all(paths.map(realPath));
  const writes = [...new Set(real.filter((path) => path !== undefined))];
  const shielded = await Promise.all(writes.map(toShieldsOfDirectory));
  return { writes, shielded: [...new Set(shielded.flat())] };
}

async function toShieldsOfDirectory(root: string): Promise<string[]> {
  try {
    return (await Deno.stat(root)).isDirectory ? await toShields(root) : [];
  } catch {
    return [];
  }
}
