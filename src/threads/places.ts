import type { Place } from "../agent/mod.ts";
import type { Machine } from "../tools/mod.ts";

/** The places beside this machine that threads can be set to work in. */
export interface Places {
  /** Their ids, in order. */
  readonly ids: readonly string[];
  /** The one with an id. */
  find(id: string): (Place & Machine) | undefined;
}
