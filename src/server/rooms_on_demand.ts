/**
 * How the agent's side of a server is found when it is first asked for: a
 * choice of who starts the server, see `linked_rooms.ts` and `source_rooms.ts`.
 */
export interface RoomsOnDemand {
  /** Loads it; later calls give the same. */
  load(): Promise<typeof import("./agent_side.ts")>;
}
