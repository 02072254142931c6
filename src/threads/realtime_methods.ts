import {
  RpcError,
  type ThreadRealtimeListVoicesResponse,
} from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Threads } from "./threads.ts";

type RealtimeMethod =
  | "thread/realtime/start"
  | "thread/realtime/appendAudio"
  | "thread/realtime/appendText"
  | "thread/realtime/appendSpeech"
  | "thread/realtime/stop"
  | "thread/realtime/listVoices";

/** Conversations by voice need a service that this server does not speak to. */
export const realtimeHandlers: Handlers<Threads, RealtimeMethod> = {
  "thread/realtime/start": refuse,
  "thread/realtime/appendAudio": refuse,
  "thread/realtime/appendText": refuse,
  "thread/realtime/appendSpeech": refuse,
  "thread/realtime/stop"(threads, { threadId: asked }, { afterReply }) {
    const thread = threads.get(asked);
    const { threadId } = thread;
    // There is none, which is what whoever stops it wants to hear.
    afterReply(() =>
      thread.publish("thread/realtime/closed", {
        threadId,
        reason: "requested",
      })
    );
    return {};
  },
  "thread/realtime/listVoices": listVoices,
};

function refuse(threads: Threads, { threadId }: { threadId: string }): never {
  const thread = threads.get(threadId);
  throw RpcError.invalidRequest(
    `thread ${thread.threadId} does not support realtime conversation`,
  );
}

/** The voices that clients offer, whether or not anybody speaks. */
function listVoices(): ThreadRealtimeListVoicesResponse {
  return {
    voices: {
      v1: [
        "juniper",
        "maple",
        "spruce",
        "ember",
        "vale",
        "breeze",
        "arbor",
        "sol",
        "cove",
      ],
      v2: [
        "alloy",
        "ash",
        "ballad",
        "coral",
        "echo",
        "sage",
        "shimmer",
        "verse",
        "marin",
        "cedar",
      ],
      v3: [
        "juniper",
        "maple",
        "spruce",
        "ember",
        "vale",
        "breeze",
        "arbor",
        "sol",
        "cove",
        "aube",
        "bubbie",
        "haetsal",
        "hanul",
        "himari",
        "leher",
        "miko",
        "neer",
        "porto",
        "rindo",
        "rio",
        "rivage",
        "selva",
        "sonna",
        "tinta",
        "viola",
      ],
      defaultV1: "cove",
      defaultV2: "marin",
    },
  };
}
