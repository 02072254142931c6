/**
 * The composition root: makes the services, fills the method tables with them,
 * and owns everything that has a lifetime. Nobody but `mod.ts` and the CLI
 * imports it. Beside this door there are three that decide what is loaded:
 * `create_app_server.ts` for programs that embed a server, `source_rooms.ts`
 * and `linked_rooms.ts` for the two entries of the command line.
 *
 * @module
 */
export {
  type AppServer,
  type AppServerLimits,
  type AppServerOptions,
  assembleAppServer,
  type ConfigOptions,
  defaultLimits,
  type ThreadPolicy,
} from "./assemble_app_server.ts";
export type { RoomsOnDemand } from "./rooms_on_demand.ts";
export { PRODUCT_VERSION, PROTOCOL_VERSION } from "./identity.ts";
