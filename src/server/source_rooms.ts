import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/**
 * Rooms that are found in the source tree when they are asked for, and not
 * before. `deno run` otherwise looks at every file that a server might ever
 * need, some 400 more, before the first one runs: a third of the whole start
 * (docs/performance.md).
 *
 * The process must be allowed to read its source.
 */
export const sourceRooms: RoomsOnDemand = {
  async load() {
    if (source.protocol === "file:") await demandReading();
    // Worked out, so that nobody reads it beforehand.
    return await import(new URL("server/agent_side.ts", source).href);
  },
};

/** Where all rooms lie. */
const source = new URL("../", import.meta.url);

async function demandReading(): Promise<void> {
  const path = decodeURIComponent(source.pathname);
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted" || Deno.build.standalone) return;
  throw new Error(
    `Reading "${path}" is not allowed, and more of Gangway must be loaded: ` +
      `add "--allow-read=${path}", or run "${path}cli/standalone.ts" instead`,
  );
}
