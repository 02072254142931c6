import type { NotificationOf } from "../client/mod.ts";
import type { NotificationName } from "../protocol/mod.ts";
import { ExecEvents } from "./_exec_events.ts";
import { ExecProgress, toPlain } from "./_exec_progress.ts";
import type { ExecSetup } from "./_exec_setup.ts";
import type { ExecEvent } from "./exec_event.ts";
import { print, printError } from "./output.ts";

/** Where it is said how a turn goes. */
export interface ExecReport {
  /** The session is there. */
  begin(session: ExecSetup): Promise<void>;
  /** The server told something. */
  take(notification: NotificationOf<NotificationName>): Promise<void>;
  /** The turn has ended; this was the last message, if there was one. */
  end(lastMessage: string | undefined): Promise<void>;
}

/** Events on standard output, one per line. */
export function toEventReport(): ExecReport {
  const events = new ExecEvents();
  const write = async (lines: readonly ExecEvent[]): Promise<void> => {
    if (lines.length === 0) return;
    await print(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  };
  return {
    begin: ({ threadId }) =>
      write([{ type: "thread.started", thread_id: threadId }]),
    take: (notification) => write(events.take(notification)),
    end: async () => {},
  };
}

/** Progress on standard error, and the last message on standard output. */
export function toTextReport(
  { hasColors }: { hasColors: boolean },
): ExecReport {
  const progress = new ExecProgress({ hasColors });
  const tell = async (text: string): Promise<void> => {
    if (text !== "") await printError(text);
  };
  return {
    begin: (session) => tell(progress.begin(session)),
    take: (notification) => tell(progress.take(notification)),
    end: async (message) => {
      await tell(progress.end());
      if (message === undefined) return;
      const isSeen = Deno.stdout.isTerminal();
      await print(`${isSeen ? toPlain(message) : message}\n`);
    },
  };
}
