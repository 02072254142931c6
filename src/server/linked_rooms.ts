import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/**
 * Rooms that are known beforehand to whoever reads the imports: a bundler,
 * `deno compile`, `deno cache`, and a process that may read nothing of its own
 * source. Deno looks at every file that could be imported before it runs the
 * first: that is the price, see `source_rooms.ts`.
 */
export const linkedRooms: RoomsOnDemand = {
  load: () => import("./agent_side.ts"),
};
