import type { HookEventName } from "../protocol/mod.ts";
import { hookEvents } from "./_hook_events.ts";
import { isTable, toText } from "./_json.ts";
import type { JsonTable } from "./_json.ts";

/** What a hook answered as JSON, once every field of it makes sense. */
export interface HookAnswer {
  /** False if everything is to end. */
  readonly goesOn: boolean;
  /** Why it is to end. */
  readonly stopReason: string | null;
  /** Whether its output is not to be shown. */
  readonly isQuiet: boolean;
  /** For the user. */
  readonly warning: string | null;
  readonly decision: "approve" | "block" | null;
  readonly reason: string | null;
  /** What only this event has. */
  readonly specific: JsonTable;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => value === null || typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isAnything: Check = () => true;
const isOneOf = (...words: string[]): Check => (value) =>
  value === null || words.includes(value as string);

const everywhere: Readonly<Record<string, Check>> = {
  continue: isFlag,
  stopReason: isText,
  suppressOutput: isFlag,
  systemMessage: isText,
};
const blocking = { decision: isOneOf("block"), reason: isText };
const speaking = { hookSpecificOutput: isSpecific({}) };

/** The fields that an answer to an event may have; an unknown one spoils it. */
const fields: Readonly<
  Partial<Record<HookEventName, Readonly<Record<string, Check>>>>
> = {
  sessionStart: { ...everywhere, ...speaking },
  subagentStart: { ...everywhere, ...speaking },
  userPromptSubmit: { ...everywhere, ...blocking, ...speaking },
  preToolUse: {
    ...everywhere,
    decision: isOneOf("approve", "block"),
    reason: isText,
    hookSpecificOutput: isSpecific({
      permissionDecision: isOneOf("allow", "deny", "ask"),
      permissionDecisionReason: isText,
      updatedInput: isAnything,
    }),
  },
  permissionRequest: {
    ...everywhere,
    hookSpecificOutput: isSpecific({ decision: isPermission }, false),
  },
  postToolUse: {
    ...everywhere,
    ...blocking,
    hookSpecificOutput: isSpecific({ updatedMCPToolOutput: isAnything }),
  },
  preCompact: everywhere,
  postCompact: everywhere,
  stop: { ...everywhere, ...blocking },
  subagentStop: { ...everywhere, ...blocking },
  interrupt: { systemMessage: isText },
};

/** Names of events, as answers tell which one they are for. */
const declaredNames: ReadonlySet<unknown> = new Set(
  Object.values(hookEvents).map(({ declared }) => declared),
);

/** Reads what a hook answered; nothing if it is not what the event allows. */
export function readAnswer(
  event: HookEventName,
  said: unknown,
): HookAnswer | undefined {
  const allowed = fields[event];
  if (allowed === undefined || !isTable(said) || !fits(said, allowed)) {
    return undefined;
  }
  return {
    goesOn: said.continue !== false,
    stopReason: toWords(said.stopReason),
    isQuiet: said.suppressOutput === true,
    warning: toWords(said.systemMessage),
    decision: said.decision as HookAnswer["decision"] ?? null,
    reason: toWords(said.reason),
    specific: isTable(said.hookSpecificOutput) ? said.hookSpecificOutput : {},
  };
}

/** A text as it is, if there is something in it. */
export function toWords(value: unknown): string | null {
  return toText(value) === null ? null : value as string;
}

function isSpecific(
  more: Readonly<Record<string, Check>>,
  hasContext = true,
): Check {
  const allowed = {
    hookEventName: (value: unknown) => declaredNames.has(value),
    ...hasContext && { additionalContext: isText },
    ...more,
  };
  return (value) =>
    value === null ||
    isTable(value) && "hookEventName" in value && fits(value, allowed);
}

function isPermission(value: unknown): boolean {
  return value === null || isTable(value) &&
      (value.behavior === "allow" || value.behavior === "deny") &&
      fits(value, {
        behavior: isAnything,
        message: isText,
        interrupt: isFlag,
        updatedInput: isAnything,
        updatedPermissions: isAnything,
      });
}

function fits(
  table: JsonTable,
  allowed: Readonly<Record<string, Check>>,
): boolean {
  return Object.entries(table).every(([key, value]) =>
    Object.hasOwn(allowed, key) && allowed[key]!(value)
  );
}
