import { Client } from "../client/mod.ts";
import {
  assembleAppServer,
  PROTOCOL_VERSION,
  type RoomsOnDemand,
} from "../server/mod.ts";
import { ServerLog } from "./_server_log.ts";
import { toServerOptions } from "./_server_options.ts";
import type { Invocation } from "./command.ts";
import { print } from "./output.ts";

/** Prints what the configuration demands, and serves nobody. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  await using serverLog = new ServerLog();
  await using server = await assembleAppServer(
    rooms,
    toServerOptions(invocation, serverLog.log),
  );
  await using client = await Client.connect({ channel: server.connect() });
  const configRequirements = await client.request("configRequirements/read");
  await print(
    `${
      JSON.stringify({ appServerVersion: PROTOCOL_VERSION, configRequirements })
    }\n`,
  );
  return 0;
}
