import { LiveSandbox } from "./_live_sandbox.ts";
import type { Sandbox, SandboxOptions } from "./sandbox.ts";

/**
 * Makes the sandbox of a server. It looks for a backend when the first command
 * needs one.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  return new LiveSandbox(options);
}
