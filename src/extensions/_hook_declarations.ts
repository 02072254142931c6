import type { HookEventName } from "../protocol/mod.ts";
import { type HookEvent, hookEvents } from "./_hook_events.ts";
import { isTable, toText } from "./_json.ts";
import type { JsonTable } from "./_json.ts";

/** What a hook runs. */
export type HookWork =
  | {
    readonly type: "command";
    readonly command: string;
    readonly isAsync: boolean;
  }
  | {
    readonly type: "mcp_tool";
    readonly server: string;
    readonly tool: string;
    readonly input: unknown;
  };

/** A hook as a file declares it. */
export interface HookDeclaration {
  readonly event: HookEventName;
  /** Its place in the file: `group:hook`. */
  readonly place: string;
  readonly matcher: string | null;
  readonly work: HookWork;
  readonly timeoutSec: number;
  readonly statusMessage: string | null;
  readonly additionalContextLimit: number | null;
}

/** What a file declares, and what of it was left out. */
export interface HookDeclarations {
  readonly hooks: readonly HookDeclaration[];
  /** Where something is declared, used or not. */
  readonly places: readonly Pick<HookDeclaration, "event" | "place">[];
  readonly warnings: readonly string[];
  /** Whether there is anything at all for an event. */
  readonly isUsed: boolean;
}

const kinds = ["command", "mcp_tool", "prompt", "agent"];

/**
 * Reads the hooks of a file: groups of them by event.
 *
 * @param events The table under `hooks`.
 * @param file Named in warnings.
 * @throws {Error} if it is broken.
 */
export function readHooks(events: JsonTable, file: string): HookDeclarations {
  const hooks: HookDeclaration[] = [];
  const places: { event: HookEventName; place: string }[] = [];
  const warnings: string[] = [];
  let isUsed = false;
  for (const [name, event] of Object.entries(hookEvents)) {
    const groups = toList(events[event.declared], event.declared);
    for (const [groupAt, group] of groups.entries()) {
      isUsed = true;
      if (!isTable(group)) {
        throw new Error(`${event.declared}: expected tables`);
      }
      const { matcher: said = null } = group;
      if (said !== null && typeof said !== "string") {
        throw new Error("`matcher` must be a string");
      }
      const list = toList(group.hooks, "hooks");
      const place = (at: number) => ({
        event: name as HookEventName,
        place: `${groupAt}:${at}`,
      });
      places.push(...list.keys().map(place));
      const matcher = event.isMatched ? said : null;
      const fault = matcher === null ? undefined : findFault(matcher);
      if (fault !== undefined) {
        warnings.push(
          `invalid matcher ${JSON.stringify(matcher)} in ${file}: ${fault}`,
        );
        continue;
      }
      for (const [at, hook] of list.entries()) {
        const work = toWork(hook);
        if (typeof work === "string") {
          warnings.push(toWarning(work, file));
          continue;
        }
        const table = hook as JsonTable;
        const terms = toTerms(event, table, warnings, file);
        hooks.push({
          ...place(at),
          matcher,
          work: mayBeAsync(event, work, warnings, file),
          statusMessage: toText(table.statusMessage),
          ...terms,
        });
      }
    }
  }
  return { hooks, places, warnings, isUsed };
}

/** What a hook runs, or the name of a kind that is left out. */
function toWork(hook: unknown): HookWork | "prompt" | "agent" | "empty" {
  if (!isTable(hook)) throw new Error("expected a hook");
  const { type } = hook;
  switch (type) {
    case "command": {
      const command = mustBeText(hook, "command");
      if (command.trim() === "") return "empty";
      return { type, command, isAsync: hook.async === true };
    }
    case "mcp_tool":
      return {
        type,
        server: mustBeText(hook, "server"),
        tool: mustBeText(hook, "tool"),
        input: hook.input ?? {},
      };
    case "prompt":
    case "agent":
      return type;
    case undefined:
      throw new Error("missing field `type`");
    default:
      throw new Error(
        `unknown variant \`${type}\`, expected one of ${
          kinds.map((kind) => `\`${kind}\``).join(", ")
        }`,
      );
  }
}

/** How long a hook may take, and how much it may say, as far as that counts. */
function toTerms(
  event: HookEvent,
  table: JsonTable,
  warnings: string[],
  file: string,
): Pick<HookDeclaration, "timeoutSec" | "additionalContextLimit"> {
  const { declared, maxTimeoutSec = Infinity, hasContext } = event;
  let timeoutSec = toSeconds(table.timeout ?? table.timeoutSec) ??
    event.timeoutSec;
  if (timeoutSec > maxTimeoutSec) {
    timeoutSec = maxTimeoutSec;
    warnings.push(
      `clamping ${declared} hook timeout to ${maxTimeoutSec}s in ${file}`,
    );
  }
  const limit = toCount(table.additionalContextLimit);
  if (limit === null || hasContext) {
    return { timeoutSec, additionalContextLimit: limit };
  }
  warnings.push(
    `ignoring additionalContextLimit for ${declared} hook in ${file}: ` +
      "this event cannot emit additionalContext",
  );
  return { timeoutSec, additionalContextLimit: null };
}

/** What has to be over before something else can go on is waited for. */
function mayBeAsync(
  { declared, isAwaited }: HookEvent,
  work: HookWork,
  warnings: string[],
  file: string,
): HookWork {
  if (work.type !== "command" || !work.isAsync || !isAwaited) return work;
  warnings.push(`running async ${declared} hook synchronously in ${file}`);
  return { ...work, isAsync: false };
}

function toWarning(kind: "prompt" | "agent" | "empty", file: string): string {
  return kind === "empty"
    ? `skipping empty hook command in ${file}`
    : `skipping ${kind} hook in ${file}: ${kind} hooks are not supported yet`;
}

/** Whether a matcher means something: everything, names, or a pattern. */
export function matches(matcher: string | null, subject: string): boolean {
  if (matcher === null || matcher === "" || matcher === "*") return true;
  if (/^[\w|]+$/.test(matcher)) return matcher.split("|").includes(subject);
  try {
    return toPattern(matcher).test(subject);
  } catch {
    return false;
  }
}

/** Patterns may begin with flags, as they do elsewhere: `(?i)`. */
function toPattern(matcher: string): RegExp {
  const [start = "", flags = ""] = /^\(\?([ims]+)\)/.exec(matcher) ?? [];
  return new RegExp(matcher.slice(start.length), flags);
}

function findFault(matcher: string): string | undefined {
  if (matcher === "*") return undefined;
  try {
    toPattern(matcher);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function toList(value: unknown, name: string): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new Error(`\`${name}\` must be a list`);
}

function mustBeText(table: JsonTable, key: string): string {
  const value = table[key];
  if (value === undefined) throw new Error(`missing field \`${key}\``);
  if (typeof value === "string") return value;
  throw new Error(`\`${key}\` must be a string`);
}

function toSeconds(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new Error("`timeout` must be a whole number of seconds");
  }
  return Math.max(value as number, 1);
}

function toCount(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  if (Number.isSafeInteger(value) && (value as number) >= 0) {
    return value as number;
  }
  throw new Error("`additionalContextLimit` must be a whole number of tokens");
}
