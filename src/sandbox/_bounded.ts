import type { Bounds } from "../access/mod.ts";
import type { Confinement } from "./confinement.ts";
import { isWithin, outermost } from "./_paths.ts";

/** Nothing but the server's own rules. */
const free: Confinement = {
  reads: "all",
  writes: "all",
  hidden: [],
  shielded: [],
  network: true,
};

/**
 * What is left of a confinement within the server's own rules; without one,
 * the rules alone, and nothing if there are none either.
 */
export function toBounded(
  limits: Confinement | undefined,
  { read, write }: { read: Bounds; write: Bounds },
): Confinement | undefined {
  const isOpen = [read, write].every(({ allowed, denied }) =>
    allowed === "all" && denied.length === 0
  );
  if (isOpen) return limits;
  const { reads, writes, hidden, shielded, network } = limits ?? free;
  return {
    reads: intersect(reads, read.allowed),
    writes: intersect(writes, write.allowed),
    hidden: [...hidden, ...read.denied],
    shielded: [...shielded, ...write.denied],
    network,
  };
}

/** What lies in both, a tree being named by its root. */
function intersect(
  a: "all" | readonly string[],
  b: "all" | readonly string[],
): "all" | readonly string[] {
  if (a === "all") return b;
  if (b === "all") return a;
  return outermost([
    ...a.filter((path) => b.some((root) => isWithin(root, path))),
    ...b.filter((path) => a.some((root) => isWithin(root, path))),
  ]);
}
