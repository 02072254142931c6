import { Files } from "../files/mod.ts";
import type { Ground, Place } from "./_place.ts";
import { toObject } from "./_place.ts";
import { reword } from "./_wording.ts";

/** Hooks that this server has too, in the order in which they are written. */
const events = [
  "PreToolUse",
  "PermissionRequest",
  "PostToolUse",
  "PreCompact",
  "PostCompact",
  "SessionStart",
  "SessionEnd",
  "UserPromptSubmit",
  "SubagentStart",
  "SubagentStop",
  "Stop",
];

/** Events that happen to nothing that a matcher could name. */
const unmatched = new Set(["UserPromptSubmit", "Stop"]);

/** What a group and a hook may say: what says more would do less here. */
const groupKeys = new Set(["matcher", "hooks"]);
const hookKeys = new Set([
  "type",
  "command",
  "timeout",
  "statusMessage",
  "async",
]);

/** Paths below the other agent's hooks, in quotes or with quoted beginnings. */
const scriptPaths = [
  /"(?:[^"\s]*\/)?\.claude\/hooks\/([^"$`]+)"/g,
  /'(?:[^'\s]*\/)?\.claude\/hooks\/([^']+)'/g,
  /(?<![^\s"'=;&|(])(?:"?[^\s"']*"?\/)?\.claude\/hooks\/([\w./-]+)/g,
];

/** Hooks of a place, by their events. */
export interface FoundHooks {
  readonly groups: Readonly<Record<string, readonly object[]>>;
  /** Where what they start lies. */
  readonly scripts: string;
  /** Where it goes. */
  readonly targetScripts: string;
}

/** The hooks that the other agent's settings have and this server can run. */
export async function findHooks(
  place: Place,
  ground: Ground,
): Promise<FoundHooks> {
  const scripts = `${place.settings}/hooks`;
  const targetScripts = `${place.target}/hooks`;
  const groups: Record<string, object[]> = {};
  const files = ["settings.json", "settings.local.json"];
  const tables = await Promise.all(
    files.map((file) => ground.readObject(`${place.settings}/${file}`)),
  );
  if (tables.some((one) => one?.disableAllHooks === true)) {
    return { groups, scripts, targetScripts };
  }
  for (const table of tables) {
    for (const event of events) {
      const found = [toObject(table?.hooks)?.[event] ?? []].flat()
        .flatMap((group) => toGroup(event, toObject(group), targetScripts));
      if (found.length > 0) (groups[event] ??= []).push(...found);
    }
  }
  return { groups, scripts, targetScripts };
}

/** Writes them, and what they start. */
export async function writeHooks(
  { groups, scripts, targetScripts }: FoundHooks,
  path: string,
  ground: Ground,
): Promise<void> {
  await ground.write(
    path,
    `${JSON.stringify({ hooks: groups }, null, 2)}\n`,
  );
  if (!await ground.has(scripts) || await ground.has(targetScripts)) return;
  await new Files(ground.access).copy(scripts, targetScripts, {
    recursive: true,
  });
}

function toGroup(
  event: string,
  group: Record<string, unknown> | undefined,
  scripts: string,
): object[] {
  if (group === undefined || !hasOnly(group, groupKeys)) return [];
  const found = Array.isArray(group.hooks) ? group.hooks : [];
  const hooks = found.flatMap((hook) => toHook(toObject(hook), scripts));
  if (hooks.length === 0) return [];
  const isMatched = typeof group.matcher === "string" && !unmatched.has(event);
  return [{ ...isMatched && { matcher: group.matcher }, hooks }];
}

function toHook(
  hook: Record<string, unknown> | undefined,
  scripts: string,
): object[] {
  if (hook === undefined || !hasOnly(hook, hookKeys)) return [];
  const { type, command, timeout, statusMessage } = hook;
  if ((type ?? "command") !== "command" || hook.async === true) return [];
  if (typeof command !== "string" || command.trim() === "") return [];
  const seconds = typeof timeout === "string" ? Number(timeout) : timeout;
  const isWhole = Number.isSafeInteger(seconds) && seconds as number >= 0;
  return [{
    type: "command",
    command: toMoved(command, scripts),
    ...isWhole && { timeout: seconds },
    ...typeof statusMessage === "string" && {
      statusMessage: reword(statusMessage),
    },
  }];
}

/** A command that starts what was moved where it is now. */
function toMoved(command: string, scripts: string): string {
  let moved = command;
  for (const path of scriptPaths) {
    moved = moved.replace(path, (_, name: string) => {
      const quoted = `${scripts}/${name}`.replaceAll("'", `'\\''`);
      return `'${quoted}'`;
    });
  }
  return moved;
}

function hasOnly(value: object, keys: ReadonlySet<string>): boolean {
  return Object.keys(value).every((key) => keys.has(key));
}
