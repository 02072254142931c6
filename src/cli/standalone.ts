/**
 * The command line of Gangway with every room it may ever need linked in: what
 * JSR offers, what `deno compile` makes a binary of, and what to run where the
 * process may not read its own source. `cli.ts` is the same and starts faster.
 *
 * @module
 */
import { linkedRooms } from "../server/linked_rooms.ts";
import { main } from "./main.ts";

if (import.meta.main) {
  Deno.exit(
    await main(Deno.args, {
      rooms: linkedRooms,
      loadOthers: () => import("./other_commands.ts"),
    }),
  );
}
