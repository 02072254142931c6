/**
 * Confines commands: what a policy means, and the ways to enforce it on this
 * machine. What can't be enforced is refused, never run without.
 *
 * @module
 */
export {
  type Backend,
  type Confinable,
  type Confined,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
export { InvalidPermission } from "./permission.ts";
export type { Grant, ReadConfig, Wish } from "./policies.ts";
export { realPlace } from "./_real_path.ts";
export {
  tellProfile,
  type ToldEntry,
  type ToldPlace,
  type ToldProfile,
} from "./told_profile.ts";
export { createSandbox } from "./create_sandbox.ts";
export type { Sandbox, SandboxOptions, SandboxWarning } from "./sandbox.ts";
