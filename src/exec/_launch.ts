import { RpcError } from "../protocol/mod.ts";
import type { Confinable, Confined } from "../sandbox/mod.ts";
import type { Order } from "./order.ts";

/**
 * Decides how a command is started: as it stands, or confined to what its
 * policy lets it touch.
 *
 * @throws {RpcError} if the policy can't be enforced.
 */
export function toLaunch(
  { words, sandboxPolicy, permissionProfile }: Order,
  plain: Confinable,
): Promise<Confined> {
  if (
    words.noun === "process" || sandboxPolicy?.type === "dangerFullAccess" ||
    sandboxPolicy?.type === "externalSandbox"
  ) return Promise.resolve(plain);
  const what = permissionProfile ?? sandboxPolicy?.type ?? "readOnly";
  return Promise.reject(RpcError.internal(
    `failed to spawn command: no sandbox for "${what}" is available`,
  ));
}
