import { type MethodName, type ParamsOf, toThreadId } from "../protocol/mod.ts";
import { concurrent, ordered, type Scope } from "../rpc/mod.ts";

/** How requests name a thread: by its id, or by its file, which counts then. */
interface Named {
  readonly threadId: string;
  readonly path?: string | null;
}

/** The thread in the name of a rollout. */
const ROLLOUT_ID =
  /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:_[0-9a-f-]{36})?\.jsonl(?:\.zst)?$/i;

/** The same for a thread however it is named: its id has several forms. */
export function laneOf({ threadId, path }: Named): string {
  const id = ROLLOUT_ID.exec(path ?? "")?.[1] ?? threadId;
  try {
    return `thread:${toThreadId(id)}`;
  } catch {
    return `thread:${id}`; // there is none, as the request will be told
  }
}

/** One at a time for each thread, whoever asks; threads never wait for others. */
const byThread: Scope<Named> = {
  reach: "server",
  claims: (named) => [{ lane: laneOf(named), access: "exclusive" }],
};

/** Together with each other, but not with what changes the thread. */
const readsThread: Scope<Named> = {
  reach: "server",
  claims: (named) => [{ lane: laneOf(named), access: "shared" }],
};

/** In the order of the connection: what is kept of threads, all together. */
const inTurn: Scope<unknown> = ordered(() => [{
  lane: "threads",
  access: "exclusive",
}]);

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
  "thread/read": readsThread,
  "thread/turns/list": readsThread,
  "thread/items/list": readsThread,
  "thread/items/read": readsThread,
  "thread/turns/items/list": readsThread,
  "thread/timeline/list": readsThread,
  "thread/searchOccurrences": readsThread,
  "thread/goal/get": readsThread,
  "thread/queue/list": readsThread,
  "thread/attachment/list": readsThread,
  "thread/backgroundTerminals/list": readsThread,
  "thread/memory/read": readsThread,
  "thread/name/set": byThread,
  "thread/metadata/update": byThread,
  "thread/memoryMode/set": byThread,
  "thread/readState/update": byThread,
  "thread/section/move": byThread,
  "thread/attachment/add": byThread,
  "thread/attachment/remove": byThread,
  "thread/goal/set": byThread,
  "thread/goal/clear": byThread,
  "thread/queue/add": byThread,
  "thread/queue/update": byThread,
  "thread/queue/delete": byThread,
  "thread/queue/reorder": byThread,
  "thread/queue/start": byThread,
  "thread/inject_items": byThread,
  "thread/settings/update": byThread,
  "turn/settings/update": byThread,
  "thread/increment_elicitation": byThread,
  "thread/decrement_elicitation": byThread,
  "thread/backgroundTerminals/clean": byThread,
  "thread/backgroundTerminals/terminate": byThread,
  "thread/prepareApprovedPlan": byThread,
  "thread/guardianReview": byThread,
  "thread/approveGuardianDeniedAction": byThread,
  "thread/attachmentOwner/list": inTurn,
  "threadSection/list": inTurn,
  "threadSection/create": inTurn,
  "threadSection/update": inTurn,
  "threadSection/delete": inTurn,
  "project/list": inTurn,
  "project/read": inTurn,
  "project/create": inTurn,
  "project/import": inTurn,
  "project/update": inTurn,
  "project/move": inTurn,
  "project/delete": inTurn,
  "memory/status": inTurn,
  "memory/reset": inTurn,
  "rollout/compress": inTurn,
  "thread/list": concurrent,
  "thread/search": concurrent,
  getConversationSummary: concurrent,
  "thread/sample": concurrent,
  "thread/sample/cancel": concurrent,
  "thread/prediction/request": concurrent,
  "thread/realtime/start": byThread,
  "thread/realtime/appendAudio": byThread,
  "thread/realtime/appendText": byThread,
  "thread/realtime/appendSpeech": byThread,
  "thread/realtime/stop": byThread,
  "thread/realtime/listVoices": concurrent,
} satisfies { readonly [M in MethodName]?: Scope<ParamsOf<M>> };

/** Names of the methods of threads. */
export type ThreadMethod = keyof typeof threadScopes;
