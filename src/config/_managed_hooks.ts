import type { JsonValue } from "../protocol/mod.ts";
import { hookEvents } from "./_hook_events.ts";
import type { ConfigTable, ConfigValue } from "./config.ts";

/**
 * The hooks that an administrator demands, as clients are told of them: all
 * events, and every field of a hook.
 *
 * @throws {RangeError} if something else stands where a hook should.
 */
export function toManagedHooks(table: ConfigTable): JsonValue {
  return {
    managedDir: table.managed_dir ?? null,
    windowsManagedDir: table.windows_managed_dir ?? null,
    ...Object.fromEntries(
      hookEvents.map((name) => [name, toList(table[name]).map(toGroup)]),
    ),
  };
}

function toGroup(value: ConfigValue): JsonValue {
  const { matcher = null, hooks } = toTable(value);
  return { matcher, hooks: toList(hooks).map(toHook) };
}

function toHook(value: ConfigValue): JsonValue {
  const hook = toTable(value);
  const { type, timeout: timeoutSec = null, statusMessage = null } = hook;
  switch (type) {
    case "command": {
      const { command, commandWindows = null, async = false } = hook;
      const { additionalContextLimit = null } = hook;
      return {
        type,
        command: mustBeText(command),
        commandWindows,
        timeoutSec,
        async,
        statusMessage,
        additionalContextLimit,
      };
    }
    case "mcp_tool": {
      const { server, tool, input = {} } = hook;
      return {
        type,
        server: mustBeText(server),
        tool: mustBeText(tool),
        input,
        timeoutSec,
        statusMessage,
      };
    }
    case "prompt":
    case "agent":
      return { type };
    default:
      throw new RangeError("`hooks` has one of a type that there is not");
  }
}

function toList(value: ConfigValue | undefined): readonly ConfigValue[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new RangeError("`hooks` has something else where a list should be");
}

function toTable(value: ConfigValue): ConfigTable {
  if (typeof value === "object" && !Array.isArray(value)) return value;
  throw new RangeError("`hooks` has something else where a table should be");
}

function mustBeText(value: ConfigValue | undefined): string {
  if (typeof value === "string") return value;
  throw new RangeError("`hooks` has one that does not say what it runs");
}
