/**
 * The composition root: makes the services, fills the method tables with them,
 * and owns everything that has a lifetime. Nobody but `mod.ts` and the CLI
 * imports it. Beside this door there are three that decide what is loaded:
 * `create_app_server.ts` for programs that embed a server, `source_rooms.ts`
 * and `linked_rooms.ts` for the two entries of the command line.
 *
 * @module
 */
export type { AppServer } from "./app_server.ts";
export {
  type AppServerLimits,
  type AppServerOptions,
  type ConfigOptions,
  defaultLimits,
  type ThreadPolicy,
} from "./app_server_options.ts";
export { assembleAppServer } from "./assemble_app_server.ts";
export type { RoomsOnDemand } from "./rooms_on_demand.ts";
export { PRODUCT_VERSION, PROTOCOL_VERSION } from "./identity.ts";
