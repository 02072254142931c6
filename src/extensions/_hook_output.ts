import type { HookEventName, HookOutputEntry } from "../protocol/mod.ts";
import { type HookAnswer, readAnswer, toWords } from "./_hook_answer.ts";
import { hookEvents } from "./_hook_events.ts";
import { findFault, isGiven } from "./_hook_fault.ts";
import { isTable } from "./_json.ts";

/** What a hook said. */
export interface HookReport {
  readonly status: "completed" | "failed" | "blocked" | "stopped";
  readonly entries: readonly HookOutputEntry[];
  /** What the model is to know. */
  readonly context: string | null;
  /** Why what it was asked about must not happen, or what is to be done yet. */
  readonly blocked: string | null;
  /** Why everything is to end; may be empty. */
  readonly stopped: string | null;
  /** What a tool is to be given in place of its input. */
  readonly input?: unknown;
  /** Whether people need not be asked. */
  readonly isAllowed?: boolean;
}

/** How what a hook runs came to its end. */
export interface HookEnd {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Events that a program keeps from happening by its exit code alone. */
const refusedByCode: ReadonlyMap<HookEventName, string> = new Map([
  ["userPromptSubmit", "a blocking reason"],
  ["preToolUse", "a blocking reason"],
  ["permissionRequest", "a denial reason"],
  ["postToolUse", "feedback"],
  ["stop", "a continuation prompt"],
  ["subagentStop", "a continuation prompt"],
]);

/** Events whose plain output is for the model. */
const plainly: ReadonlySet<HookEventName> = new Set([
  "sessionStart",
  "subagentStart",
  "userPromptSubmit",
]);

/** Events that are only told of: what their hooks write is nobody's. */
const unheard: ReadonlySet<HookEventName> = new Set([
  "preModelRequest",
  "postModelRequest",
  "sessionEnd",
]);

/** Events of which a failure is told in the hook's own words. */
const outspoken: ReadonlySet<HookEventName> = new Set([
  ...unheard,
  "preCompact",
  "postCompact",
]);

/** What answers that make no sense are called, where the name is not usual. */
const answerNames: Partial<Record<HookEventName, string>> = {
  preToolUse: "pre-tool-use",
  postToolUse: "post-tool-use",
  permissionRequest: "permission-request",
  preCompact: "PreCompact hook",
  postCompact: "PostCompact hook",
  stop: "stop hook",
  subagentStop: "subagent stop hook",
  interrupt: "interrupt hook",
};

/** A hook that said nothing of use. */
export function toFailure(
  reason: string,
  entries: readonly HookOutputEntry[] = [],
): HookReport {
  return {
    ...said([...entries, { kind: "error", text: reason }]),
    status: "failed",
  };
}

/** What the end of a hook means. */
export function toReport(event: HookEventName, end: HookEnd): HookReport {
  const { exitCode, stdout, stderr } = end;
  const asked = refusedByCode.get(event);
  if (exitCode === 2 && asked !== undefined) {
    const reason = stderr.trim();
    const { declared } = hookEvents[event];
    return reason !== "" ? block(reason, []) : toFailure(
      `${declared} hook exited with code 2 but did not write ${asked} to stderr`,
    );
  }
  if (exitCode !== 0) return toFault(event, end);
  const text = stdout.trim();
  if (text === "" || unheard.has(event)) return said([]);
  if (/^[{[]/.test(text)) {
    const answer = readAnswer(event, parse(text));
    return answer === undefined ? invalid(event) : toAnswered(event, answer);
  }
  if (event === "stop" || event === "subagentStop") return invalid(event);
  if (event === "interrupt") {
    return toFailure("Interrupt hook returned non-JSON stdout");
  }
  return plainly.has(event)
    ? said([{ kind: "context", text }], text)
    : said([]);
}

function toFault(event: HookEventName, end: HookEnd): HookReport {
  const { exitCode, stderr } = end;
  const words = outspoken.has(event) ? stderr.trim() : "";
  if (words !== "") return toFailure(words);
  if (event === "preModelRequest" || event === "postModelRequest") {
    return { ...said([]), status: "failed" };
  }
  if (exitCode !== null) return toFailure(`hook exited with code ${exitCode}`);
  return toFailure(
    outspoken.has(event)
      ? "hook process terminated without an exit code"
      : "hook exited without a status code",
  );
}

function toAnswered(event: HookEventName, answer: HookAnswer): HookReport {
  const { declared } = hookEvents[event];
  const { specific, warning, reason } = answer;
  const entries: HookOutputEntry[] = [];
  if (warning !== null) entries.push({ kind: "warning", text: warning });
  const fault = findFault(event, answer);
  if (fault !== undefined) {
    return toFailure(`${declared} hook returned ${fault}`, entries);
  }
  const context = typeof specific.additionalContext === "string" &&
      specific.additionalContext !== ""
    ? specific.additionalContext
    : null;
  if (context !== null) entries.push({ kind: "context", text: context });
  // Who has an agent started can't be told to stop by a hook of the agent.
  if (!answer.goesOn && event !== "subagentStart") {
    return stop(event, answer, entries, context);
  }
  if (event === "permissionRequest") return toPermission(answer, entries);
  const denied = specific.permissionDecision === "deny"
    ? toWords(specific.permissionDecisionReason)
    : null;
  const refusal = denied ?? (answer.decision === "block" ? reason : null);
  if (refusal !== null) return { ...block(refusal, entries), context };
  return {
    ...said(entries, context),
    ...event === "preToolUse" && isGiven(specific.updatedInput) &&
      { input: specific.updatedInput },
  };
}

function toPermission(
  { specific }: HookAnswer,
  entries: readonly HookOutputEntry[],
): HookReport {
  const { decision } = specific;
  if (!isTable(decision)) return said(entries);
  return decision.behavior === "allow"
    ? { ...said(entries), isAllowed: true }
    : block(
      toWords(decision.message) ?? "PermissionRequest hook denied approval",
      entries,
    );
}

/** Everything is to end; after a tool that means: its output is not told. */
function stop(
  event: HookEventName,
  { reason, stopReason }: HookAnswer,
  entries: readonly HookOutputEntry[],
  context: string | null,
): HookReport {
  const { declared } = hookEvents[event];
  const isNamed = event === "postToolUse" || event === "preCompact" ||
    event === "postCompact";
  const text = stopReason ??
    (isNamed ? `${declared} hook stopped execution` : null);
  return {
    status: "stopped",
    entries: text === null ? entries : [...entries, { kind: "stop", text }],
    context,
    blocked: null,
    stopped: (event === "postToolUse" ? reason : null) ?? text ?? "",
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(event: HookEventName): HookReport {
  const name = answerNames[event] ??
    hookEvents[event].key.replaceAll("_", " ");
  return toFailure(`hook returned invalid ${name} JSON output`);
}

function said(
  entries: readonly HookOutputEntry[],
  context: string | null = null,
): HookReport {
  return {
    status: "completed",
    entries,
    context,
    blocked: null,
    stopped: null,
  };
}

function block(
  reason: string,
  entries: readonly HookOutputEntry[],
): HookReport {
  return {
    ...said([...entries, { kind: "feedback", text: reason }]),
    status: "blocked",
    blocked: reason,
  };
}
