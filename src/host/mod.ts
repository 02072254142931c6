/**
 * This machine as others reach for it: a place where threads work, what git and
 * the system tell of it, remote control (known, and off), the person in front
 * of it, and what that person says about the product.
 *
 * @module
 */
export type { Host } from "./host.ts";
export type { Environment, EnvironmentView } from "./environment.ts";
export { Environments, type EnvironmentsOptions } from "./environments.ts";
