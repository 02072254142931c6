import type { MethodName } from "../protocol/mod.ts";

/**
 * Methods of the contract that this server does not offer yet: each answers
 * -32601 `METHOD is not supported yet`. The compiler holds this list against
 * the tables, so a method is in exactly one of the two. It is the backlog.
 */
export const unfinished = [] as const satisfies readonly MethodName[];

/** Name of a method that is not offered yet. */
export type UnfinishedMethod = typeof unfinished[number];

/** Name of a method that some table must hold. */
export type FinishedMethod = Exclude<
  MethodName,
  UnfinishedMethod | "initialize"
>;
