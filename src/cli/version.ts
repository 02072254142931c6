import { PRODUCT_VERSION, PROTOCOL_VERSION } from "../server/mod.ts";
import { print } from "./output.ts";

/**
 * Prints which protocol version is spoken and which Gangway speaks it. The
 * former stands first and in the words of the protocol's other implementation,
 * because clients take the first version number that they find.
 */
export async function printVersion(): Promise<void> {
  await print(`codex-cli ${PROTOCOL_VERSION} (gangway ${PRODUCT_VERSION})\n`);
}
