import type { ResponseItem } from "../model/mod.ts";
import { RpcError, type ThreadBackgroundTerminal } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { toAllowance } from "./_denied_action.ts";
import { forgetMemories } from "./_forget_memories.ts";
import { toPageSize } from "./_history_page.ts";
import { toInjectedItems } from "./_injected_items.ts";
import { sample } from "./_sample.ts";
import { applyChanges, changeRunningTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** What a client does with a loaded thread beside its turns. */
export const workHandlers: Handlers<
  Threads,
  | "thread/inject_items"
  | "thread/settings/update"
  | "turn/settings/update"
  | "thread/increment_elicitation"
  | "thread/decrement_elicitation"
  | "thread/backgroundTerminals/clean"
  | "thread/backgroundTerminals/list"
  | "thread/backgroundTerminals/terminate"
  | "thread/prepareApprovedPlan"
  | "thread/sample"
  | "thread/sample/cancel"
  | "thread/prediction/request"
  | "thread/guardianReview"
  | "thread/approveGuardianDeniedAction"
  | "thread/memory/read"
  | "memory/status"
  | "memory/reset"
  | "rollout/compress"
> = {
  "thread/inject_items"(threads, { threadId, items }) {
    const thread = threads.get(threadId);
    remember(thread, ...toInjectedItems(items));
    return {};
  },
  "thread/settings/update"(threads, { threadId, ...changes }, { afterReply }) {
    const thread = threads.get(threadId);
    applyChanges(threads, thread, changes, afterReply);
    // Whoever opens it again finds it so, even if no turn comes before.
    thread.journal.appendSettings(threadId, thread.settings, thread.config);
    return {};
  },
  "turn/settings/update"(threads, { threadId, ...changes }) {
    const thread = threads.get(threadId);
    const { approvalsReviewer, environments } = changes;
    const { model, effort, summary, serviceTier } = changes;
    const isOfModel = (approvalsReviewer ?? environments) == null ||
      [model, effort, summary, serviceTier].some((one) => one != null);
    if (
      isOfModel && thread.config.get("features.step_model_switching") !== true
    ) {
      throw RpcError.invalidRequest(
        "turn settings updates require the step_model_switching feature",
      );
    }
    const isApplied = changeRunningTurn(thread, changes);
    return { status: isApplied ? "applied" : "targetUnavailable" };
  },
  "thread/increment_elicitation"(threads, { threadId }) {
    return countElicitations(threads, threadId, 1);
  },
  "thread/decrement_elicitation"(threads, { threadId }) {
    return countElicitations(threads, threadId, -1);
  },
  "thread/backgroundTerminals/clean"(threads, { threadId }) {
    threads.get(threadId).toolbox.terminals.clean();
    return {};
  },
  "thread/backgroundTerminals/list"(threads, { threadId, cursor, limit }) {
    const all = threads.get(threadId).toolbox.terminals.list();
    return toTerminalPage(all, cursor, limit);
  },
  "thread/backgroundTerminals/terminate"(threads, { threadId, processId }) {
    const flaw = findFlawOfNumber(processId);
    if (flaw !== undefined) {
      throw RpcError.invalidRequest(
        `invalid background terminal process id: ${flaw}`,
      );
    }
    const { toolbox } = threads.get(threadId);
    return { terminated: toolbox.terminals.terminate(processId) };
  },
  "thread/prepareApprovedPlan"(threads, params) {
    const { threadId, markdown, attachmentPath } = params;
    const thread = threads.get(threadId);
    if (attachmentPath != null && !attachmentPath.startsWith("/")) {
      throw RpcError.invalidParams(
        "`attachmentPath` must be absolute on the app server",
      );
    }
    if (markdown.trim() === "") {
      throw RpcError.invalidRequest("The approved plan is empty.");
    }
    remember(thread, toMessage("user", toPlanText(markdown, attachmentPath)));
    return { prompt: "Implement the plan." };
  },
  async "thread/sample"(threads, params, { parked, signal }) {
    return await parked(sample(threads, params, { signal }));
  },
  "thread/sample/cancel"(_threads, { requestId }, { cancelRequest }) {
    cancelRequest(requestId as string | number);
    return {};
  },
  "thread/prediction/request"() {
    throw RpcError.methodNotFound(
      "thread/prediction/request is not implemented yet",
    );
  },
  "thread/guardianReview"(threads, { threadId }) {
    threads.get(threadId);
    // Calls were judged when they were made; none is judged in hindsight.
    throw RpcError.invalidRequest(
      "expected a completed plaintext exec_command, apply_patch, " +
        "request_permissions, or MCP call with a nonempty call ID",
    );
  },
  "thread/approveGuardianDeniedAction"(threads, { threadId, event }) {
    const text = toAllowance(event);
    remember(threads.get(threadId), toMessage("developer", text));
    return {};
  },
  "thread/memory/read"(threads, { threadId }) {
    threads.get(threadId);
    return { summary: null };
  },
  "memory/status"(_threads, { minConsolidatedThreads }) {
    const least = minConsolidatedThreads ?? 20;
    if (least < 1 || least > 4096) {
      throw RpcError.invalidParams(
        "minConsolidatedThreads must be between 1 and 4096",
      );
    }
    // Nothing is ever summed up here, so nothing is ever waited for.
    return { v2ConsolidatedThreads: 0, v2Ready: true };
  },
  async "memory/reset"(threads) {
    await forgetMemories(threads.home);
    return {};
  },
  "rollout/compress"() {
    return {}; // rollouts are read compressed, and written plain
  },
};

/** Lets the model know something from its next look on. */
function remember(thread: Thread, ...items: readonly ResponseItem[]): void {
  thread.journal.defer(
    ...items.map((payload) => ({ type: "response_item" as const, payload })),
  );
  thread.agent.add(...items);
}

function toMessage(role: "developer" | "user", text: string): ResponseItem {
  return {
    type: "message",
    id: `msg_${crypto.randomUUID()}`,
    role,
    content: [{ type: "input_text", text }],
  };
}

function toPlanText(markdown: string, path: string | null | undefined): string {
  const place = path == null ? "" : `\n\nIt also lies in the file ${path}.`;
  return `<approved_plan>\n${markdown}\n</approved_plan>\n\nThis is the plan that \
I agreed to.${place}`;
}

function countElicitations(
  threads: Threads,
  threadId: string,
  change: 1 | -1,
): { count: number; paused: boolean } {
  const thread = threads.get(threadId);
  const agenda = threads.agenda(thread)!;
  const count = agenda.elicitations + change;
  if (count < 0) {
    throw RpcError.invalidRequest(
      "out-of-band elicitation count is already zero",
    );
  }
  agenda.elicitations = count;
  return { count, paused: count > 0 };
}

function toTerminalPage(
  all: readonly ThreadBackgroundTerminal[],
  cursor: string | null | undefined,
  limit: number | null | undefined,
): { data: ThreadBackgroundTerminal[]; nextCursor: string | null } {
  const flaw = cursor == null ? undefined : findFlawOfNumber(cursor);
  if (flaw !== undefined) {
    throw RpcError.invalidRequest(`invalid cursor: ${flaw}`);
  }
  const from = Number(cursor ?? 0);
  const to = from + toPageSize(limit);
  return {
    data: all.slice(from, to),
    nextCursor: to < all.length ? String(to) : null,
  };
}

/** What is wrong with a text that should be a number without a sign. */
function findFlawOfNumber(text: string): string | undefined {
  if (text === "") return "cannot parse integer from empty string";
  return /^\d{1,15}$/.test(text) ? undefined : "invalid digit found in string";
}
