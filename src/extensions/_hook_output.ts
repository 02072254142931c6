import type { HookEventName, HookOutputEntry } from "../protocol/mod.ts";
import { hookEvents } from "./_hook_events.ts";
import { isTable, toTable, toText } from "./_json.ts";
import type { JsonTable } from "./_json.ts";
import type { ProgramResult } from "./_run_program.ts";

/** What a hook said. */
export interface HookReport {
  readonly status: "completed" | "failed" | "blocked" | "stopped";
  readonly entries: readonly HookOutputEntry[];
  /** What the model is to know. */
  readonly context: string | null;
  /** Why what it was asked about must not happen. */
  readonly blocked: string | null;
  /** Why everything is to end. */
  readonly stopped: string | null;
  /** What a tool is to be given in place of its input. */
  readonly input?: unknown;
}

/** Events whose plain output is for the model. */
const plainly: ReadonlySet<HookEventName> = new Set([
  "sessionStart",
  "userPromptSubmit",
  "subagentStart",
]);

/** Events that say something only as JSON. */
const onlyJson: ReadonlySet<HookEventName> = new Set(["stop", "subagentStop"]);

/** Events that a hook can keep from happening. */
const canBlock: ReadonlySet<HookEventName> = new Set([
  "userPromptSubmit",
  "preToolUse",
  "postToolUse",
  "permissionRequest",
  "stop",
  "subagentStop",
]);

/** A hook that said nothing of use. */
export function toFailure(reason: string): HookReport {
  return {
    status: "failed",
    entries: [{ kind: "error", text: reason }],
    context: null,
    blocked: null,
    stopped: null,
  };
}

/** What the end of a program means. */
export function toReport(
  event: HookEventName,
  { exitCode, stdout, stderr }: ProgramResult,
): HookReport {
  const { declared } = hookEvents[event];
  if (exitCode === 2 && canBlock.has(event)) {
    const reason = stderr.trim();
    return reason === ""
      ? toFailure(
        `${declared} hook exited with code 2 but did not write a blocking reason to stderr`,
      )
      : block(reason, []);
  }
  if (exitCode !== 0) return toFailure(`hook exited with code ${exitCode}`);
  const text = stdout.trim();
  if (text === "") return say([], null);
  if (/^[{[]/.test(text)) {
    let said: unknown;
    try {
      said = JSON.parse(text);
    } catch {
      return invalid(event);
    }
    return isTable(said) ? toJsonReport(event, said) : invalid(event);
  }
  if (onlyJson.has(event)) return invalid(event);
  return plainly.has(event)
    ? say([{ kind: "context", text }], text)
    : say([], null);
}

function toJsonReport(event: HookEventName, said: JsonTable): HookReport {
  const { declared } = hookEvents[event];
  const entries: HookOutputEntry[] = [];
  const warning = toText(said.systemMessage);
  if (warning !== null) entries.push({ kind: "warning", text: warning });
  if (said.continue === false) {
    const reason = toText(said.stopReason) ?? `${declared} hook ended the turn`;
    return {
      status: "stopped",
      entries: [...entries, { kind: "stop", text: reason }],
      context: null,
      blocked: null,
      stopped: reason,
    };
  }
  const specific = toTable(said.hookSpecificOutput);
  const refusal = findRefusal(event, said, specific);
  if (refusal?.unsupported !== undefined) return toFailure(refusal.unsupported);
  if (refusal !== undefined) {
    return refusal.reason === null
      ? toFailure(`${declared} hook blocked without a reason`)
      : block(refusal.reason, entries);
  }
  const context = toText(specific.additionalContext);
  if (context !== null) entries.push({ kind: "context", text: context });
  const report = say(entries, context);
  return event === "preToolUse" && isTable(specific.updatedInput)
    ? { ...report, input: specific.updatedInput }
    : report;
}

interface Refusal {
  readonly reason: string | null;
  readonly unsupported?: string;
}

/** Whether a hook refuses, in any of the words that there are for it. */
function findRefusal(
  event: HookEventName,
  said: JsonTable,
  specific: JsonTable,
): Refusal | undefined {
  if (event === "preToolUse") {
    const { permissionDecision: decision } = specific;
    if (decision === "deny") {
      return { reason: toText(specific.permissionDecisionReason) };
    }
    if (decision === "ask") {
      const reason =
        "PreToolUse hook returned unsupported permissionDecision:ask";
      return { reason: null, unsupported: reason };
    }
  }
  if (said.decision === "block" && canBlock.has(event)) {
    return { reason: toText(said.reason) };
  }
  return undefined;
}

function invalid(event: HookEventName): HookReport {
  const words = hookEvents[event].key.replaceAll("_", " ");
  const name = event === "stop" ? "stop hook" : words;
  return toFailure(`hook returned invalid ${name} JSON output`);
}

function say(
  entries: readonly HookOutputEntry[],
  context: string | null,
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
    status: "blocked",
    entries: [...entries, { kind: "feedback", text: reason }],
    context: null,
    blocked: reason,
    stopped: null,
  };
}
