/**
 * The composition root: makes the services, fills the method tables with them,
 * and owns everything that has a lifetime. Nobody but `mod.ts` and the CLI
 * imports it.
 *
 * @module
 */
export {
  type AppServer,
  type AppServerLimits,
  type AppServerOptions,
  type ConfigOptions,
  createAppServer,
  defaultLimits,
} from "./create_app_server.ts";
export { PRODUCT_VERSION, PROTOCOL_VERSION } from "./identity.ts";
