import type { AppServer } from "./app_server.ts";
import type { AppServerOptions } from "./app_server_options.ts";
import { assembleAppServer } from "./assemble_app_server.ts";
import { linkedRooms } from "./linked_rooms.ts";

/**
 * Makes a server. It opens no port: give it channels with
 * {@linkcode AppServer.serve}, doors with {@linkcode AppServer.listen}, or
 * connect within the process.
 *
 * @throws {Error} if the home directory can't be used.
 *
 * @example Serve websockets on a free port of this machine
 * ```ts no-assert
 * import { createAppServer, listenWebSocket } from "@gangway/app-server";
 *
 * await using server = await createAppServer({
 *   access: { allowWrite: ["./work"] },
 * });
 * await using door = await listenWebSocket({ hostname: "127.0.0.1", port: 0 });
 * const served = server.listen(door); // ws://127.0.0.1:PORT is door.address
 * await door.close();
 * await served;
 * ```
 */
export function createAppServer(
  options: AppServerOptions = {},
): Promise<AppServer> {
  return assembleAppServer(linkedRooms, options);
}
