import {
  type Confinable,
  type Confined,
  type Sandbox,
  SandboxUnavailable,
  type Wish,
} from "../sandbox/mod.ts";
import type { Child, Spawner, SpawnOptions } from "../spawn/mod.ts";
import type { Order } from "./order.ts";

/**
 * Starts a command: as it stands, or confined to what its policy and the
 * server's own rules let it touch.
 */
export async function launch(
  order: Order,
  plain: Confinable,
  { sandbox, spawner }: { sandbox: Sandbox; spawner: Spawner },
): Promise<Child> {
  const { terminal, takesInput } = order;
  const confined = await sandbox.launch(plain, toWish(order, plain.cwd));
  const { release } = confined;
  try {
    const child = await start(confined, spawner, {
      cwd: plain.cwd,
      stdin: takesInput ? "piped" : "null",
      ...terminal && { terminal },
    });
    return release === undefined ? child : releasing(child, release);
  } catch (error) {
    await release?.();
    throw error;
  }
}

function toWish(order: Order, cwd: string): Wish | "unconfined" {
  const { words, isUnconfined = words.noun === "process" } = order;
  if (isUnconfined) return "unconfined";
  const { sandboxPolicy, permissionProfile, workspaceRoots, grant } = order;
  return {
    sandboxPolicy,
    permissionProfile,
    cwd: workspaceRoots?.[0] ?? cwd,
    ...workspaceRoots && { workspaceRoots },
    ...grant && { grant },
  };
}

function start(
  { command, env, files, launcher }: Confined,
  spawner: Spawner,
  options: Pick<SpawnOptions, "cwd" | "stdin" | "terminal">,
): Promise<Child> {
  if (launcher !== undefined && !spawner.takesLauncher) {
    throw new SandboxUnavailable(
      "The sandbox needs programs to be started by the C library, which is " +
        "not possible here",
    );
  }
  return spawner.spawn({
    ...options,
    command,
    env,
    ...files && { files },
    ...launcher && { launcher },
  });
}

/** The child, with something to be done when nothing of it is left. */
function releasing(child: Child, release: () => Promise<void>): Child {
  const dispose = async () => {
    try {
      await child[Symbol.asyncDispose]();
    } finally {
      await release();
    }
  };
  let disposal: Promise<void> | undefined;
  return {
    pid: child.pid,
    exit: child.exit,
    stdout: child.stdout,
    stderr: child.stderr,
    stdin: child.stdin,
    resize: (size) => child.resize(size),
    signal: (number) => child.signal(number),
    [Symbol.asyncDispose]: () => disposal ??= dispose(),
  };
}
