import type { MountPlan } from "./_mounts.ts";
import { isWithin } from "./_paths.ts";

/** What the kernel lets bubblewrap do. */
export interface Abilities {
  /** A user namespace. Without one it takes root. */
  readonly users: boolean;
  /** A /proc of its own; where a container forbids that, it is empty. */
  readonly proc: boolean;
}

/** What of the machine a box has of its own. */
export function namespaceArguments(
  abilities: Abilities,
  network: boolean,
): string[] {
  const args = ["--unshare-pid", "--unshare-ipc"];
  if (abilities.users) args.unshift("--unshare-user");
  if (!network) args.push("--unshare-net");
  // Root keeps its capabilities if not told otherwise.
  args.push("--die-with-parent", "--cap-drop", "ALL");
  return args;
}

/** The file tree that a plan starts from, with the kernel's own trees. */
export async function groundArguments(
  plan: MountPlan,
  abilities: Abilities,
): Promise<string[]> {
  const args = plan.ground === "empty"
    ? await topLinks(plan)
    : [plan.ground === "writable" ? "--bind" : "--ro-bind", "/", "/"];
  args.push("--dev", "/dev");
  if (abilities.proc) {
    // Root may write the machine's settings even without capabilities.
    args.push("--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys");
    for (const path of ["/proc/sysrq-trigger", "/proc/mtrr"]) {
      args.push("--ro-bind-try", path, path);
    }
  } else {
    // The machine's own would show the server's memory and environment.
    args.push("--tmpfs", "/proc", "--remount-ro", "/proc");
  }
  return args;
}

/** Links in the root, such as /bin, that lead to something in the box. */
async function topLinks(plan: MountPlan): Promise<string[]> {
  const args: string[] = [];
  for await (const { name, isSymlink } of Deno.readDir("/")) {
    if (!isSymlink) continue;
    const path = `/${name}`;
    try {
      const [target, real] = await Promise.all([
        Deno.readLink(path),
        Deno.realPath(path),
      ]);
      const isInside = [...plan.mounts].some(([mount, kind]) =>
        !kind.startsWith("hidden") && isWithin(mount, real)
      );
      if (isInside && !plan.mounts.has(path)) {
        args.push("--symlink", target, path);
      }
    } catch {
      // It leads nowhere.
    }
  }
  return args;
}

/** What a plan lays over that. */
export function mountArguments(plan: MountPlan): string[] {
  const args: string[] = [];
  for (const [path, mount] of plan.mounts) {
    switch (mount) {
      case "writable":
        args.push("--bind", path, path);
        break;
      case "readable":
        args.push("--ro-bind", path, path);
        break;
      case "hidden directory":
        args.push("--perms", "0000", "--tmpfs", path, "--remount-ro", path);
        break;
      case "hidden file":
        // Nobody may open a device there.
        args.push("--ro-bind", "/dev/null", path);
    }
  }
  if (plan.ground === "empty") args.push("--remount-ro", "/");
  return args;
}
