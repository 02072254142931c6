import { resolveHome } from "../config/mod.ts";
import type { AppServerOptions } from "../server/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { toAccessRules } from "./_access_rules.ts";
import { toConfigOptions } from "./_configuration_options.ts";
import type { Invocation } from "./command.ts";

/** How the server is set up that a command line asks for. */
export function toServerOptions(
  invocation: Invocation,
  log: Logger,
): AppServerOptions {
  return {
    home: resolveHome(Deno.env),
    config: toConfigOptions(invocation),
    access: toAccessRules(invocation),
    secrets: ["ws-token-file", "ws-shared-secret-file"]
      .map((name) => invocation.value(name))
      .filter((path) => path !== undefined),
    log,
  };
}
