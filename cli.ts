#!/usr/bin/env -S deno run --no-prompt --allow-env --allow-read --allow-write --allow-net --allow-run --allow-sys=hostname,osRelease
/**
 * The command line of Gangway: `gangway app-server`, `gangway call` and more;
 * `gangway --help` tells.
 *
 * ```sh
 * deno run -A cli.ts app-server --listen ws://127.0.0.1:0
 * ```
 *
 * @module
 */
import { main } from "./src/cli/mod.ts";
import { importSource, sourceRooms } from "./src/server/source_rooms.ts";

if (import.meta.main) {
  Deno.exit(
    await main(Deno.args, {
      rooms: sourceRooms,
      loadOthers: () => importSource("cli/other_commands.ts"),
    }),
  );
}
