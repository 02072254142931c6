import {
  RpcError,
  type ThreadEnvironment,
  type ThreadSettings,
  type TurnEnvironmentParams,
} from "../protocol/mod.ts";
import type { Changes, Ground } from "./wishes.ts";

/** Id of this machine. */
export const local = "local";

/**
 * The places that a thread works in: those that a client names, else all that
 * there are.
 *
 * @throws {RpcError} if one is named that is not there, or twice.
 */
export function toEnvironments(
  asked: readonly TurnEnvironmentParams[] | null | undefined,
  { cwd, roots, environmentIds }:
    & Pick<Required<Ground>, "cwd" | "environmentIds">
    & { readonly roots: readonly string[] },
): ThreadEnvironment[] {
  const ids = [local, ...environmentIds];
  if (asked == null) {
    return ids.map((environmentId) => ({
      environmentId,
      cwd,
      runtimeWorkspaceRoots: [...roots],
    }));
  }
  for (const { environmentId, ...its } of asked) {
    checkIsAbsolute(its.cwd, `cwd for environment \`${environmentId}\``);
    for (const root of its.runtimeWorkspaceRoots ?? []) {
      const what =
        `runtime workspace root for environment \`${environmentId}\``;
      checkIsAbsolute(root, what);
    }
  }
  const seen = new Set<string>();
  return asked.map(({ environmentId, ...its }) => {
    const isTwice = seen.size === seen.add(environmentId).size;
    if (isTwice || !ids.includes(environmentId)) {
      throw RpcError.invalidRequest(
        `${isTwice ? "duplicate" : "unknown"} turn environment id ` +
          `\`${environmentId}\``,
      );
    }
    return {
      environmentId,
      cwd: its.cwd,
      runtimeWorkspaceRoots: [
        ...new Set(its.runtimeWorkspaceRoots ?? [its.cwd]),
      ],
    };
  });
}

/** The same places, with other roots on this machine. */
export function withRoots(
  environments: ThreadSettings["environments"],
  roots: Changes["runtimeWorkspaceRoots"],
): ThreadSettings["environments"] {
  if (roots == null || environments === null) return environments;
  return environments.map((one) =>
    one.environmentId === local
      ? { ...one, runtimeWorkspaceRoots: [...roots] }
      : one
  );
}

function checkIsAbsolute(path: string, what: string): void {
  if (/^(?:\/|\\\\|[A-Za-z]:[\\/])/.test(path)) return;
  throw RpcError.invalidRequest(
    `invalid ${what}: path \`${path}\` does not use absolute POSIX or Windows ` +
      "path syntax",
  );
}
