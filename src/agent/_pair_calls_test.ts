import assert from "node:assert/strict";
import fc from "fast-check";
import type { ResponseItem } from "../model/mod.ts";
import { pairCalls } from "./_pair_calls.ts";

const call = (id: string): ResponseItem => ({
  type: "function_call",
  name: "f",
  arguments: "",
  call_id: id,
});
const output = (id: string): ResponseItem => ({
  type: "function_call_output",
  call_id: id,
  output: "o",
});
const custom = (id: string): ResponseItem => ({
  type: "custom_tool_call",
  name: "g",
  input: "",
  call_id: id,
});
const customOutput = (id: string): ResponseItem => ({
  type: "custom_tool_call_output",
  call_id: id,
  output: "o",
});
const shell = (id: string): ResponseItem => ({
  type: "local_shell_call",
  call_id: id,
});
const said: ResponseItem = { type: "message", role: "user", content: [] };

Deno.test("pairCalls gives a whole conversation back as it is", () => {
  const items = [
    said,
    call("1"),
    custom("2"),
    customOutput("2"),
    output("1"),
    shell("3"),
    output("3"),
  ];
  assert.equal(pairCalls(items), items);
});

Deno.test("pairCalls answers what was cut off, and drops answers to nothing", () => {
  const items = [
    output("0"),
    call("1"),
    custom("1"),
    shell("3"),
    said,
    output("1"),
    output("1"),
  ];
  assert.deepEqual(pairCalls(items), [
    call("1"),
    custom("1"),
    {
      type: "custom_tool_call_output",
      id: "ctco_1",
      call_id: "1",
      output: "aborted",
    },
    shell("3"),
    {
      type: "function_call_output",
      id: "fco_3",
      call_id: "3",
      output: "aborted",
    },
    said,
    output("1"),
  ]);
});

Deno.test("pairCalls makes every conversation whole, and only once", () => {
  const ids = fc.constantFrom("1", "2", "3");
  const makers = fc.constantFrom(
    call,
    output,
    custom,
    customOutput,
    shell,
    () => said,
  );
  const items = fc.array(fc.tuple(makers, ids).map(([make, id]) => make(id)), {
    maxLength: 12,
  });
  fc.assert(fc.property(items, (history) => {
    const whole = pairCalls(history);
    assert.equal(pairCalls(whole), whole);
    const open: string[] = [];
    for (const item of whole) {
      const { call_id } = item as { call_id?: string };
      if (item.type.endsWith("_call")) {
        open.push(`${item.type === "custom_tool_call" ? "c" : "f"}${call_id}`);
      } else if (item.type.endsWith("_output")) {
        const at = open.indexOf(
          `${item.type.startsWith("custom") ? "c" : "f"}${call_id}`,
        );
        assert.ok(at >= 0);
        open.splice(at, 1);
      }
    }
    assert.deepEqual(open, []);
  }));
});
