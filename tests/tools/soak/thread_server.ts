/**
 * A server for the soak of threads: lets go of threads soon, and tells what its
 * heap holds. Arguments: home, milliseconds until a thread is let go of. Prints
 * its address; then for each line that it reads what its memory is, as JSON.
 *
 * @module
 */
import { createAppServer, listenWebSocket } from "../../../mod.ts";

const [home, idleUnloadMs] = Deno.args as [string, string];
const write = (text: string): void => {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
};
await using server = await createAppServer({
  home,
  limits: { idleUnloadMs: Number(idleUnloadMs) },
});
await using door = await listenWebSocket({ hostname: "127.0.0.1", port: 0 });
const served = server.listen(door);
write(door.address);
for await (const _line of Deno.stdin.readable) {
  (globalThis as { gc?: () => void }).gc?.();
  write(JSON.stringify(Deno.memoryUsage()));
}
await door.close();
await served;
