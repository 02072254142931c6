/**
 * Starts programs on this machine: pipes, terminals, process groups and their
 * end. It knows nothing of who asked or why.
 *
 * @module
 */
export { SpawnError, TerminalUnavailable } from "./spawn_error.ts";
export type {
  Child,
  Exit,
  Input,
  Launcher,
  LaunchOrder,
  LaunchResult,
  Output,
  Spawner,
  SpawnOptions,
  TerminalSize,
} from "./spawner.ts";
