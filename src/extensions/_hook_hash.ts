import type { HookDeclaration } from "./_hook_declarations.ts";
import { hookEvents } from "./_hook_events.ts";

/**
 * What a person trusts when they trust a hook: all that decides what would run
 * and when. The same text as other implementations use, so that trust given in
 * one holds in the other.
 */
export async function toHookHash(hook: HookDeclaration): Promise<string> {
  const { event, matcher, work, timeoutSec, statusMessage } = hook;
  const said = {
    event_name: hookEvents[event].key,
    hooks: [{
      ...work.type === "command"
        ? { async: work.isAsync, command: work.command }
        : { server: work.server, tool: work.tool, input: work.input },
      type: work.type,
      timeout: timeoutSec,
      ...statusMessage !== null && { statusMessage },
    }],
    ...matcher !== null && { matcher },
  };
  return await hash(new TextEncoder().encode(toCanonical(said)));
}

/** A digest as trust is written down. */
export async function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256:${new Uint8Array(digest).toHex()}`;
}

/** JSON with the keys of every object sorted. */
function toCanonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, one) =>
      typeof one === "object" && one !== null && !Array.isArray(one)
        ? Object.fromEntries(
          Object.entries(one).sort(([a], [b]) => a < b ? -1 : 1),
        )
        : one,
  );
}
