/** A process that writes into a catalog until it is killed or has written enough. */
import { toId, toRow } from "./_test_home.ts";
import { openCatalog } from "./mod.ts";
import { silentLogger } from "../telemetry/mod.ts";

const [home = "", first = "0", count = "0"] = Deno.args;
let ids = Number(first) + 500_000;
const catalog = await openCatalog({
  home,
  log: silentLogger,
  nextId: () => toId(++ids),
});
const output = Deno.stdout.writable.getWriter();
for (let n = 0; n < Number(count); n++) {
  const id = toId(Number(first) + n);
  catalog.threads.upsert(toRow(id));
  // Reaches the disk before it is told: what is told must be there later.
  catalog.queues.add({
    threadId: id,
    input: [{ type: "text", text: id }],
    clientUserMessageId: id,
  });
  catalog.goals.set({ threadId: id, objective: id });
  await output.write(new TextEncoder().encode(`${n}\n`));
}
await catalog.close();
await output.close();
