import {
  resolvePath,
  type SandboxPolicy,
  type ThreadSettings,
} from "../protocol/mod.ts";

/** Roots as they are told and stored: absolute, each of them once. */
export function toWholeRoots(roots: readonly string[]): string[] {
  return [...new Set(roots.map((root) => resolvePath("/", root)))];
}

/** The same roots for a thread that moves: where it worked is where it works. */
export function moveRoots(
  roots: readonly string[],
  from: string | undefined,
  to: string,
): string[] {
  return [...new Set(roots.map((root) => root === from ? to : root))];
}

/** The roots that a thread has by itself, and not only in one of its places. */
export function toOwnRoots(
  { cwd, environments }: Pick<ThreadSettings, "cwd" | "environments">,
): string[] {
  const [first] = environments ?? [];
  return first?.cwd === cwd ? first.runtimeWorkspaceRoots : [cwd];
}

/**
 * What a thread may do, as clients are told it: its roots are among the
 * directories that it may write. Where it works is so by the name of the policy;
 * one that may not write there has no such name, and is told with all that it
 * may write, temporary directories included.
 *
 * @param tmpdir The user's directory for temporary files.
 */
export function toToldPolicy(
  { cwd, environments, sandboxPolicy }: Pick<
    ThreadSettings,
    "cwd" | "environments" | "sandboxPolicy"
  >,
  tmpdir: string | undefined = Deno.env.get("TMPDIR"),
): SandboxPolicy {
  if (sandboxPolicy.type !== "workspaceWrite") return sandboxPolicy;
  const { excludeSlashTmp, excludeTmpdirEnvVar } = sandboxPolicy;
  const roots = environments?.[0]?.runtimeWorkspaceRoots ?? [cwd];
  const configured = sandboxPolicy.writableRoots ?? [];
  if (roots.includes(cwd) || configured.includes(cwd)) {
    const written = new Set([...roots, ...configured]);
    written.delete(cwd);
    return { ...sandboxPolicy, writableRoots: [...written] };
  }
  const hasTmpdir = !excludeTmpdirEnvVar && tmpdir?.startsWith("/") === true;
  return {
    ...sandboxPolicy,
    writableRoots: [
      ...new Set([
        ...roots,
        ...excludeSlashTmp ? [] : ["/tmp"],
        ...hasTmpdir ? [tmpdir] : [],
        ...configured,
      ]),
    ],
    excludeTmpdirEnvVar: !hasTmpdir,
  };
}

/** The settings of a thread as clients are told them. */
export function toToldSettings(settings: ThreadSettings): ThreadSettings {
  return { ...settings, sandboxPolicy: toToldPolicy(settings) };
}
