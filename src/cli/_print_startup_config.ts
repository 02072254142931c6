import { Client } from "../client/mod.ts";
import { type AppServer, PROTOCOL_VERSION } from "../server/mod.ts";
import { print } from "./output.ts";

/** Prints what the configuration demands, and starts nothing. */
export async function printStartupConfig(
  create: () => Promise<AppServer>,
): Promise<number> {
  await using server = await create();
  await using client = await Client.connect({ channel: server.connect() });
  const configRequirements = await client.request("configRequirements/read");
  await print(
    `${
      JSON.stringify({ appServerVersion: PROTOCOL_VERSION, configRequirements })
    }\n`,
  );
  return 0;
}
