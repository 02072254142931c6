import { RpcError } from "../protocol/mod.ts";

/** Refuses what no system call could take, in the words that clients know. */
export function refuseNul(path: string): void {
  if (!path.includes("\0")) return;
  throw RpcError.invalidRequest("file name contained an unexpected NUL byte");
}
