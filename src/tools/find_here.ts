import type { ThreadEnvironment, ThreadSettings } from "../protocol/mod.ts";

/**
 * Where on this machine a thread works; nothing if it is set to work in other
 * places only. What runs, is read or written here is none of its business then.
 */
export function findHere(
  { environments, cwd }: Pick<ThreadSettings, "environments" | "cwd">,
): ThreadEnvironment | undefined {
  return environments === null
    ? { environmentId: "local", cwd, runtimeWorkspaceRoots: [cwd] }
    : environments.find(({ environmentId }) => environmentId === "local");
}
