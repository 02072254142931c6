import assert from "node:assert/strict";
import { type JsonValue, RpcError } from "../protocol/mod.ts";
import { toInjectedItems } from "./_injected_items.ts";

Deno.test("toInjectedItems(): known items stay as they are, messages get an id, unknown kinds are left out", () => {
  const message = {
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: "hi" }],
  };
  const call = {
    type: "function_call",
    name: "f",
    arguments: "{}",
    call_id: "c",
    extra: 1,
  };
  const [first, ...rest] = toInjectedItems([
    message,
    call,
    { type: "of_the_future", a: 1 },
    { ...message, id: "mine" },
  ]);
  const { id, ...said } = first!;
  assert.match(id!, /^msg_[0-9a-f-]{36}$/);
  assert.deepEqual(said, message);
  assert.deepEqual(rest, [call, { ...message, id: "mine" }]);
});

Deno.test("toInjectedItems(): says which item is wrong, and how", () => {
  const cases: [JsonValue[], string][] = [
    [[], "items must not be empty"],
    [
      [1],
      "items[0] is not a valid response item: invalid type: integer `1`, expected internally tagged enum ResponseItem",
    ],
    [
      [null],
      "items[0] is not a valid response item: invalid type: null, expected internally tagged enum ResponseItem",
    ],
    [
      ["x"],
      'items[0] is not a valid response item: invalid type: string "x", expected internally tagged enum ResponseItem',
    ],
    [
      [{ type: "other" }, {}],
      "items[1] is not a valid response item: missing field `type`",
    ],
    [
      [{ type: "message" }],
      "items[0] is not a valid response item: missing field `role`",
    ],
    [
      [{ type: "message", role: "user", content: "str" }],
      'items[0] is not a valid response item: invalid type: string "str", expected a sequence',
    ],
    [
      [{ type: "function_call" }],
      "items[0] is not a valid response item: missing field `name`",
    ],
    [
      [{ type: true }],
      "items[0] is not a valid response item: invalid type: boolean `true`, expected variant identifier",
    ],
  ];
  for (const [items, message] of cases) {
    assert.throws(
      () => toInjectedItems(items),
      RpcError.invalidRequest(message),
    );
  }
});
