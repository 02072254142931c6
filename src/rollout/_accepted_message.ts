import type { ThreadItem, UserInput } from "../protocol/mod.ts";
import type { OpenPayload } from "./record.ts";

/** What was said, as a record keeps it from when it was accepted. */
interface Accepted {
  readonly message_id: string;
  readonly client_id: string | null;
  readonly input: readonly UserInput[];
}

/**
 * The message that a record accepted: a turn's own, or one said while it ran.
 * It counts where no item came of it, because the server died before that.
 */
export function toAcceptedMessage(
  payload: OpenPayload,
): ThreadItem | undefined {
  const accepted = findAccepted(payload);
  if (accepted === undefined) return undefined;
  return {
    type: "userMessage",
    id: accepted.message_id,
    clientId: accepted.client_id,
    content: accepted.input.map((part) =>
      part.type === "text"
        ? { ...part, text_elements: part.text_elements ?? [] }
        : part
    ),
    startedAtMs: null,
    completedAtMs: null,
  };
}

/** Whether a record accepted a message. */
export function hasAcceptedMessage(payload: OpenPayload): boolean {
  return findAccepted(payload) !== undefined;
}

function findAccepted(payload: OpenPayload): Accepted | undefined {
  const { gangway } = payload;
  if (typeof gangway !== "object" || gangway === null) return undefined;
  const { message_id, client_id, input } = gangway as Record<string, unknown>;
  if (typeof message_id !== "string" || !Array.isArray(input)) return undefined;
  if (input.length === 0) return undefined;
  return {
    message_id,
    client_id: typeof client_id === "string" ? client_id : null,
    input,
  };
}
