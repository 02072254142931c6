import type { MethodName, ParamsOf } from "../protocol/mod.ts";
import { concurrent, type Handlers, ordered, type Scope } from "../rpc/mod.ts";
import type { Threads } from "./threads.ts";

/** One at a time for each thread, whoever asks; threads never wait for others. */
const byThread: Scope<{ threadId: string }> = {
  reach: "server",
  claims: ({ threadId }) => [{
    lane: `thread:${threadId.toLowerCase()}`,
    access: "exclusive",
  }],
};

/** Together with each other, but not with what changes the thread. */
const readsThread: Scope<{ threadId: string }> = {
  reach: "server",
  claims: ({ threadId }) => [{
    lane: `thread:${threadId.toLowerCase()}`,
    access: "shared",
  }],
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

/** What they do; loaded with the first thread. */
export async function loadThreadHandlers(): Promise<
  Handlers<Threads, ThreadMethod>
> {
  const [
    open,
    turns,
    history,
    organizer,
    agenda,
    work,
    realtime,
  ] = await Promise.all([
    import("./open_methods.ts"),
    import("./turn_methods.ts"),
    import("./history_methods.ts"),
    import("./organizer_methods.ts"),
    import("./agenda_methods.ts"),
    import("./work_methods.ts"),
    import("./realtime_methods.ts"),
  ]);
  return {
    ...open.openHandlers,
    ...turns.turnHandlers,
    ...history.historyHandlers,
    ...organizer.organizerHandlers,
    ...agenda.agendaHandlers,
    ...work.workHandlers,
    ...realtime.realtimeHandlers,
  };
}
