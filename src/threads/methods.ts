import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { concurrent, type Handlers, type Scope } from "../rpc/mod.ts";
import type { Threads } from "./threads.ts";

/** One at a time for each thread, whoever asks; threads never wait for others. */
const byThread: Scope<{ threadId: string }> = {
  reach: "server",
  claims: ({ threadId }) => [{
    lane: `thread:${threadId.toLowerCase()}`,
    access: "exclusive",
  }],
};

/** What the methods of threads wait for; loaded with the server. */
export const threadScopes = {
  "thread/start": concurrent,
  "thread/loaded/list": concurrent,
  "thread/resume": byThread,
  "thread/fork": byThread,
  "thread/unsubscribe": byThread,
  "thread/archive": byThread,
  "thread/unarchive": byThread,
  "thread/delete": byThread,
  "thread/shellCommand": byThread,
  "thread/compact/start": byThread,
  "turn/start": byThread,
  "turn/steer": byThread,
  "turn/interrupt": byThread,
  "review/start": byThread,
  "thread/revert": byThread,
  "thread/rollback": byThread,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of threads. */
export type ThreadMethod = keyof typeof threadScopes;

/** What they do; loaded with the first thread. */
export async function loadThreadHandlers(): Promise<
  Handlers<Threads, ThreadMethod>
> {
  const [{ openHandlers }, { turnHandlers }] = await Promise.all([
    import("./open_methods.ts"),
    import("./turn_methods.ts"),
  ]);
  return { ...openHandlers, ...turnHandlers };
}
