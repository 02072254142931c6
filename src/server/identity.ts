/**
 * Version of the protocol that is spoken: clients look for it in the user
 * agent, in `cliVersion` and in `--version` (docs/compatibility.md).
 */
export const PROTOCOL_VERSION = "0.169.0";

/** Version of Gangway itself. */
export const PRODUCT_VERSION = "0.1.0";
