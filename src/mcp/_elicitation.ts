import type {
  McpElicitationOrigin,
  McpServerElicitationRequestParams,
  McpServerElicitationRequestResponse,
} from "../protocol/mod.ts";
import type { Elicitation } from "./caller.ts";

/** How a question of a server is put to clients. */
export function toQuestion(
  asked: Elicitation,
  origin: McpElicitationOrigin,
): McpServerElicitationRequestParams {
  const { message } = asked;
  const _meta = asked._meta ?? null;
  if (asked.mode === "url") {
    const { url, elicitationId } = asked;
    return { ...origin, mode: "url", _meta, message, url, elicitationId };
  }
  const { requestedSchema } = asked as {
    requestedSchema:
      (McpServerElicitationRequestParams & { mode: "form" })["requestedSchema"];
  };
  return { ...origin, mode: "form", _meta, message, requestedSchema };
}

/** Whether a client's answer is one; it may be anything. */
export function isAnswer(
  answer: unknown,
): answer is McpServerElicitationRequestResponse {
  const action = (answer as { action?: unknown } | null | undefined)?.action;
  return action === "accept" || action === "decline" || action === "cancel";
}
