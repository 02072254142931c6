import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type { Programs } from "../exec/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { checkStartable } from "./_check_startable.ts";
import { createHttpTransport } from "./_http_transport.ts";
import { ProgramTransport } from "./_program_transport.ts";
import type { Logins } from "./logins.ts";
import type { ServerConfig } from "./server_config.ts";

/** What servers are reached with. */
export interface WayOptions {
  readonly programs: Programs;
  readonly env: { get(name: string): string | undefined };
  /** Version that servers are told. */
  readonly version: string;
  readonly logins: Logins;
}

/**
 * Makes the way to a server. A program is started already: it comes up while the
 * SDK is loaded.
 *
 * @throws {Unstartable} if it can't even be tried.
 */
export async function createWay(
  config: ServerConfig,
  { cwd, log }: { readonly cwd: string; readonly log: Logger },
  { programs, env, version, logins }: WayOptions,
): Promise<Transport> {
  checkStartable(config, env);
  const { name, place } = config;
  if (place.kind === "program") {
    const way = new ProgramTransport({ name, place, cwd, programs, log });
    way.begin();
    return way;
  }
  const authProvider = await logins.provide(config);
  return await createHttpTransport(place, { env, version, authProvider });
}
