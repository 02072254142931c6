import { builtInInstructions } from "../agent/mod.ts";
import { isKnown, type ResponseItem } from "../model/mod.ts";
import {
  RpcError,
  type ThreadSampleParams,
  type ThreadSampleResponse,
  toThreadId,
} from "../protocol/mod.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

const MAX_PROMPT_BYTES = 4000;

/**
 * Asks the model of a thread something on the side: it sees the conversation,
 * can call nothing, and nothing of it becomes part of the thread.
 *
 * @throws {RpcError} if the thread is not where the client thinks it is.
 */
export async function sample(
  threads: Threads,
  params: ThreadSampleParams,
  { signal }: { readonly signal: AbortSignal },
): Promise<ThreadSampleResponse> {
  const { prompt, expectedTurnId, effort } = params;
  const thread = threads.find(toSourceId(params.threadId));
  if (thread === undefined) {
    throw RpcError.invalidRequest("thread/sample requires a loaded source");
  }
  const bytes = new TextEncoder().encode(prompt).length;
  if (prompt === "" || expectedTurnId === "" || bytes > MAX_PROMPT_BYTES) {
    throw RpcError.invalidRequest(
      "thread/sample requires expectedTurnId and a prompt of at most " +
        `${MAX_PROMPT_BYTES} bytes`,
    );
  }
  if (thread.view.ephemeral) {
    throw RpcError.invalidRequest(
      "sample source must be a persistent root thread",
    );
  }
  await checkSource(thread, params);
  const { settings, models, agent } = thread;
  await agent.recall();
  const facts = models.facts(settings.model);
  const strength = effort ?? settings.effort ?? facts.defaultEffort;
  const events = models.model(settings.modelProvider).stream({
    model: settings.model,
    input: [
      toMessage("developer", builtInInstructions),
      ...agent.history,
      toMessage("user", prompt),
    ],
    tools: [],
    parallelToolCalls: false,
    reasoning: strength === null ? {} : { effort: strength },
    promptCacheKey: thread.threadId,
    clientMetadata: params.responsesapiClientMetadata ?? {},
    headers: {},
  }, { signal });
  const texts: string[] = [];
  try {
    for await (const event of events) {
      if (event.type === "itemDone") texts.push(...toTexts(event.item));
      if (event.type !== "completed") continue;
      return {
        sourceTurnId: expectedTurnId,
        responseId: event.responseId,
        text: texts.length === 0 ? null : texts.join(""),
        inputTokens: event.usage?.inputTokens ?? null,
        cachedInputTokens: event.usage?.cachedInputTokens ?? null,
        outputTokens: event.usage?.outputTokens ?? null,
      };
    }
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw RpcError.internal(`thread/sample failed: ${reason}`, error);
  }
  throw RpcError.internal("thread/sample failed: the answer broke off");
}

async function checkSource(
  thread: Thread,
  { expectedTurnId, allowInProgressTurn }: ThreadSampleParams,
): Promise<void> {
  if (!thread.isIdle && allowInProgressTurn !== true) {
    throw RpcError.invalidRequest("sample source must be idle");
  }
  const latest = thread.turn?.turnId ?? (await thread.past.ids()).at(-1);
  if (latest === expectedTurnId) return;
  throw RpcError.invalidRequest(
    "sample source turn must be the latest finished turn",
  );
}

function toSourceId(text: string): string {
  try {
    return toThreadId(text);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw RpcError.invalidRequest(error.message.replace(/^.*?id: /, ""));
  }
}

function toMessage(role: "developer" | "user", text: string): ResponseItem {
  return { type: "message", role, content: [{ type: "input_text", text }] };
}

function toTexts(item: ResponseItem): string[] {
  if (!isKnown(item) || item.type !== "message") return [];
  return item.content.flatMap((part) =>
    "text" in part && typeof part.text === "string" ? [part.text] : []
  );
}
