import { Libc } from "./_libc.ts";
import { posixSpawn } from "./_posix_spawn.ts";
import type { Launcher, LaunchOrder, LaunchResult } from "./spawner.ts";

/** A launcher that is at hand at once. */
export interface ThreadLauncher extends Launcher, Disposable {
  launch(order: LaunchOrder): LaunchResult;
}

/**
 * Creates a launcher that makes the system call from the thread that calls it,
 * such as a worker that has restricted itself: children inherit what holds for
 * that thread. All that it needs of the file system is read here and now.
 * Nothing where the native spawner does not work either.
 */
export function createLauncher(): ThreadLauncher | undefined {
  const libc = Libc.open();
  return libc && {
    launch: (order) => posixSpawn(libc, order),
    [Symbol.dispose]: () => libc[Symbol.dispose](),
  };
}
