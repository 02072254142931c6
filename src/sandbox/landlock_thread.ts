/**
 * A thread that restricts itself with the first message, for good, and then
 * starts children, which are restricted like it. After that it makes nothing
 * but plain system calls: whatever would start another thread of this process
 * would start it restricted.
 *
 * Loaded as a worker, never imported.
 *
 * @module
 */
import { createLauncher, type ThreadLauncher } from "../spawn/mod.ts";
import { Restrainer, type Restriction } from "./_restriction.ts";
import { encodeSeccompFilter } from "./_seccomp.ts";
import type { FromThread, ToThread } from "./_landlock_launcher.ts";

const port = globalThis as unknown as {
  onmessage: (event: MessageEvent<ToThread>) => void;
  postMessage(message: FromThread): void;
};

let launcher: ThreadLauncher | undefined;

port.onmessage = ({ data }) => {
  if (!("restriction" in data)) {
    const result = launcher?.launch(data.order) ?? { errno: ENOSYS };
    return port.postMessage({ id: data.id, result });
  }
  try {
    launcher = restrict(data.restriction);
    port.postMessage({ ready: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    port.postMessage({ refused: reason });
  }
};

const ENOSYS = 38;

/** Restricts this thread; what it launches with was loaded before. */
function restrict(restriction: Restriction): ThreadLauncher {
  const launcher = createLauncher();
  using restrainer = Restrainer.open();
  if (launcher === undefined || restrainer === undefined) {
    throw new Error("The C library can't be called");
  }
  restrainer.concealProcess();
  restrainer.dropCapabilities();
  restrainer.restrictFiles(restriction);
  const { network, attributes } = restriction;
  const thread = { pid: Deno.pid, tid: restrainer.tid, attributes };
  restrainer.restrictCalls(
    encodeSeccompFilter(Deno.build.arch, { network, thread }),
  );
  return launcher;
}
