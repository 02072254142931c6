import type { Handlers } from "../rpc/mod.ts";
import { agendaHandlers } from "./agenda_methods.ts";
import { historyHandlers } from "./history_methods.ts";
import { archiveHandlers } from "./archive_methods.ts";
import type { ThreadMethod } from "./methods.ts";
import { openHandlers } from "./open_methods.ts";
import { organizerHandlers } from "./organizer_methods.ts";
import { realtimeHandlers } from "./realtime_methods.ts";
import type { Threads } from "./threads.ts";
import { turnHandlers } from "./turn_methods.ts";
import { workHandlers } from "./work_methods.ts";

/** What the methods of threads do; loaded with the first thread. */
export const threadHandlers: Handlers<Threads, ThreadMethod> = {
  ...openHandlers,
  ...archiveHandlers,
  ...turnHandlers,
  ...historyHandlers,
  ...organizerHandlers,
  ...agendaHandlers,
  ...workHandlers,
  ...realtimeHandlers,
};
