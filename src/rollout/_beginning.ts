import { toPreview } from "./_preview.ts";
import { toItem } from "./_to_item.ts";
import type { SessionMeta } from "./record.ts";
import { parseLine, sniff } from "./_sniff.ts";

/** What the first lines of one file say, as far as lists show it. */
export class Beginning {
  /** Whose it is. */
  meta: SessionMeta | undefined;
  /** What the user said first; in a file before it, if it goes on from one. */
  preview: string | undefined;

  /** Takes the next line; false if no more are needed. */
  take(line: Uint8Array): boolean {
    const head = sniff(line);
    if (head?.type === "session_meta") {
      this.meta ??= parseLine(line)?.payload as SessionMeta | undefined;
      return true;
    }
    if (isUserMessage(head?.kind, head?.text)) {
      const item = toItem(parseLine(line)?.payload ?? {}, "item-1");
      if (item?.type === "userMessage") this.preview = toPreview(item.content);
    }
    return this.preview === undefined;
  }
}

/** Or may be one that was accepted; what becomes of it tells. */
function isUserMessage(kind = "", text = ""): boolean {
  return kind === "user_message" || kind === "task_started" ||
    (kind === "item_completed" && text.includes(`"type":"UserMessage"`));
}
