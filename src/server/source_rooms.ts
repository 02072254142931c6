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
  load: () => importSource("server/agent_side.ts"),
};

/** Where all rooms lie. */
const source = new URL("../", import.meta.url);

/**
 * Imports a file of the source tree, found when this is called.
 *
 * @param path Where it lies below `src/`.
 * @throws {Error} if the process may not read there; says what helps.
 */
// deno-lint-ignore no-explicit-any -- as `import()` of any string
export async function importSource(path: string): Promise<any> {
  if (source.protocol === "file:") await demandReading();
  // Worked out, so that nobody reads it beforehand.
  return await import(new URL(path, source).href);
}

async function demandReading(): Promise<void> {
  const path = decodeURIComponent(source.pathname);
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted" || Deno.build.standalone) return;
  throw new Error(
    `Reading "${path}" is not allowed, and more of Gangway must be loaded: ` +
      `add "--allow-read=${path}", or run "${path}cli/standalone.ts" instead`,
  );
}
