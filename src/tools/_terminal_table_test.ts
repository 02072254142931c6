import assert from "node:assert/strict";
import type { Terminal } from "./_terminal.ts";
import { TerminalTable } from "./_terminal_table.ts";

/** A command that does nothing but end when it is told to. */
function fake(id: string, usedAt: number, exitCode?: number): Terminal {
  const over = Promise.withResolvers<void>();
  const terminal = {
    item: { id: `c${id}`, processId: id, cwd: "/" },
    usedAt,
    exitCode,
    over: over.promise,
    terminate() {
      this.exitCode ??= -1;
      over.resolve();
    },
  };
  return terminal as unknown as Terminal;
}

function fill(change: (n: number) => Partial<Terminal> = () => ({})) {
  const table = new TerminalTable();
  const all = Array.from(
    { length: 64 },
    (_, n) => Object.assign(fake(String(n), n), change(n)),
  );
  for (const one of all) table.add(one, "sleep");
  return { table, all };
}

Deno.test("TerminalTable gives up the command that nobody used for longest", () => {
  const { table, all } = fill();
  table.add(fake("new", 99), "sleep");
  assert.equal(all[0]!.exitCode, -1);
  assert.equal(table.find("0"), undefined);
  assert.equal(table.list().length, 64);
});

Deno.test("TerminalTable gives up one that is over before one that runs", () => {
  const { table, all } = fill((n) => n === 40 ? { exitCode: 0 } as never : {});
  table.add(fake("new", 99), "sleep");
  assert.equal(table.find("40"), undefined);
  assert.equal(all[0]!.exitCode, undefined);
});

Deno.test("TerminalTable keeps those that were used last, even if they are over", () => {
  const { table, all } = fill((n) => n === 63 ? { exitCode: 0 } as never : {});
  table.add(fake("new", 99), "sleep");
  assert.notEqual(table.find("63"), undefined);
  assert.equal(all[0]!.exitCode, -1);
});

Deno.test("TerminalTable gives no number twice", () => {
  const table = new TerminalTable();
  const ids = Array.from({ length: 2000 }, () => table.reserve());
  assert.equal(new Set(ids).size, 2000);
  for (const id of ids) assert.match(id, /^[1-9]\d{3,4}$/);
});
