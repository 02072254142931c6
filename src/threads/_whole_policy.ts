import type { SandboxPolicy } from "../protocol/mod.ts";

/** A policy with all its fields: what a client leaves out is off. */
export function toWholePolicy(policy: SandboxPolicy): SandboxPolicy {
  switch (policy.type) {
    case "dangerFullAccess":
      return policy;
    case "readOnly":
      return { ...policy, networkAccess: policy.networkAccess ?? false };
    case "externalSandbox":
      return { ...policy, networkAccess: policy.networkAccess ?? "restricted" };
    case "workspaceWrite":
      return {
        type: policy.type,
        writableRoots: policy.writableRoots ?? [],
        networkAccess: policy.networkAccess ?? false,
        excludeTmpdirEnvVar: policy.excludeTmpdirEnvVar ?? false,
        excludeSlashTmp: policy.excludeSlashTmp ?? false,
      };
  }
}
