/**
 * Starts programs on this machine: pipes, terminals, process groups and their
 * end. It knows nothing of who asked or why.
 *
 * @module
 */
export { createLauncher, type ThreadLauncher } from "./create_launcher.ts";
export { createSpawner, type CreateSpawnerOptions } from "./create_spawner.ts";
export { findProgram, type ProgramQuery } from "./find_program.ts";
export { openGlibc } from "./open_glibc.ts";
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
