import assert from "node:assert/strict";
import fc from "fast-check";
import { RpcError } from "../protocol/mod.ts";
import { until } from "../../tests/kit/until.ts";
import { Budget } from "./_budget.ts";
import { ScriptedInput } from "./_scripted_spawner_test.ts";
import { Stdin } from "./_stdin.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function setUp({ maxBytes = 100, shared = 1000 } = {}) {
  const input = new ScriptedInput();
  const budget = new Budget(shared);
  const stdin = new Stdin(input, maxBytes, budget);
  const gate = Promise.withResolvers<void>();
  return { input, budget, stdin, gate };
}

Deno.test("Stdin.write() gives the program every byte, in order, then its end", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ maxLength: 9000 }), { maxLength: 20 }),
    fc.boolean(),
    async (texts, isSlow) => {
      const { input, stdin, gate, budget } = setUp({
        maxBytes: 1e7,
        shared: 1e7,
      });
      if (isSlow) input.gate = gate.promise;
      for (const text of texts) {
        stdin.write(encode(text));
        if (text.length % 3 === 0) await Promise.resolve();
      }
      stdin.close();
      stdin.close();
      gate.resolve();
      await until("it is closed", () => input.isClosed, { everyMs: 0 });
      assert.equal(input.written.join(""), texts.join(""));
      assert.ok(budget.take(1e7), "all of the memory was given back");
    },
  ));
});

Deno.test("Stdin.write() above its bound takes nothing and says so; there is room again once something was read", async () => {
  const { input, stdin, gate } = setUp();
  input.gate = gate.promise;
  stdin.write(encode("a".repeat(60)));
  assert.throws(() => stdin.write(encode("b".repeat(41))), {
    name: "RpcError",
    code: -32001,
    message: "stdin is full: of 100 bytes that may wait for the program to " +
      "read them, 60 do; nothing of deltaBase64 was written",
  });
  stdin.write(encode("c".repeat(40)));
  gate.resolve();
  const all = "a".repeat(60) + "c".repeat(40);
  await until("it was read", () => input.written.join("") === all);
  await until("there is room", () => {
    try {
      stdin.write(encode("d".repeat(100)));
      return true;
    } catch {
      return false;
    }
  });
});

Deno.test("Stdin.write() shares memory with other programs", () => {
  const { input, budget, stdin } = setUp({ shared: 50 });
  input.gate = new Promise(() => {});
  const other = new Stdin(input, 100, budget);
  stdin.write(encode("a".repeat(30)));
  assert.throws(() => other.write(encode("a".repeat(30))), /all programs/);
  stdin[Symbol.dispose]();
  other.write(encode("a".repeat(50)));
});

Deno.test("Stdin.write() gathers small writes while they wait", async () => {
  const { input, stdin, gate } = setUp({ maxBytes: 1e6, shared: 1e6 });
  input.gate = gate.promise;
  for (let at = 0; at < 100_000; at++) stdin.write(encode("x"));
  stdin.close();
  gate.resolve();
  await until("it is closed", () => input.isClosed);
  assert.equal(input.written.join("").length, 100_000);
  assert.ok(input.written.length < 10, `${input.written.length} writes`);
});

Deno.test("Stdin.write() after close() is refused", () => {
  const { stdin } = setUp();
  stdin.close();
  assert.throws(
    () => stdin.write(encode("")),
    RpcError.invalidRequest("stdin is already closed"),
  );
});

Deno.test("Stdin.write() to a program that does not read any more is taken and dropped", async () => {
  const { input, budget, stdin } = setUp();
  input.write = () => Promise.reject(new Deno.errors.BrokenPipe("gone"));
  stdin.write(encode("a".repeat(50)));
  await until("it is noticed", () => {
    const isFree = budget.take(1000);
    if (isFree) budget.give(1000);
    return isFree;
  });
  for (let at = 0; at < 10; at++) stdin.write(encode("a".repeat(50)));
  stdin.close();
  assert.throws(() => stdin.write(encode("a")), /already closed/);
});
