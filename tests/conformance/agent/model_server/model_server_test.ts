import assert from "node:assert/strict";
import { ModelServer } from "./model_server.ts";
import type { ScriptEntry } from "./script.ts";

async function ask(server: ModelServer, body: unknown = {}): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/responses`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  return await response.text();
}

/** The types of the events in a stream. */
function typesIn(stream: string): string[] {
  return [...stream.matchAll(/^event: (.*)$/gm)].map(([, type = ""]) => type);
}

async function say(...script: ScriptEntry[]): Promise<string> {
  await using server = new ModelServer();
  server.script.push(...script);
  return await ask(server);
}

Deno.test("ModelServer says a text as added, deltas, done and completed", async () => {
  const stream = await say({ items: [{ text: "ab", deltas: ["a", "b"] }] });
  assert.deepEqual(typesIn(stream), [
    "response.created",
    "response.output_item.added",
    "response.output_text.delta",
    "response.output_text.delta",
    "response.output_item.done",
    "response.completed",
  ]);
  assert.ok(stream.includes('"content":[{"type":"output_text","text":"ab"}]'));
  assert.ok(stream.includes('"total_tokens":120'));
});

Deno.test("ModelServer says each kind of item", async () => {
  const stream = await say({
    created: false,
    completed: false,
    items: [
      { reasoning: ["think"], raw: ["r"], encrypted: "E" },
      { call: "f", args: { a: 1 }, call_id: "c1" },
      { custom: "p", input: "i", call_id: "c2", deltas: ["i"] },
      { local_shell: ["ls"], call_id: "c3" },
      { web_search: "q" },
      { event: { type: "own" } },
      { line: ": comment\n\n" },
    ],
  });
  assert.deepEqual(typesIn(stream), [
    "response.output_item.added",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.delta",
    "response.reasoning_text.delta",
    "response.output_item.done",
    "response.output_item.added",
    "response.output_item.done",
    "response.output_item.added",
    "response.custom_tool_call_input.delta",
    "response.output_item.done",
    "response.output_item.done",
    "response.output_item.added",
    "response.output_item.done",
    "own",
  ]);
  assert.ok(stream.includes(String.raw`"arguments":"{\"a\":1}"`));
  assert.ok(stream.endsWith(": comment\n\n"));
});

Deno.test("ModelServer ends a stream as the script says", async () => {
  const failed = await say({ fail: { code: "x", message: "m" } });
  assert.deepEqual(typesIn(failed), ["response.created", "response.failed"]);
  const cut = await say({ incomplete: "max_output_tokens" });
  assert.deepEqual(typesIn(cut), ["response.created", "response.incomplete"]);
});

Deno.test("ModelServer takes the first entry that fits, then says done", async () => {
  await using server = new ModelServer();
  server.script.push(
    { when: "apple", json: "for apple" },
    { json: "first" },
    { when: "pear", repeat: true, json: "pears" },
  );
  assert.equal(await ask(server, "plum"), '"first"');
  assert.equal(await ask(server, "pear"), '"pears"');
  assert.equal(await ask(server, "pear"), '"pears"');
  assert.equal(await ask(server, "apple"), '"for apple"');
  assert.ok((await ask(server, "plum")).includes('"text":"done"'));
  assert.deepEqual(
    server.requestsTo().map(({ body }) => body),
    ["plum", "pear", "pear", "apple", "plum"],
  );
});

Deno.test("ModelServer holds an answer at a gate until it is opened", async () => {
  await using server = new ModelServer();
  server.script.push({ items: [{ gate: "g" }, { text: "after" }] });
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/responses`, {
    method: "POST",
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream())
    .getReader();
  const { value = "" } = await reader.read();
  assert.deepEqual(typesIn(value), ["response.created"]);
  server.gates.open("g");
  let rest = "";
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    rest += value;
  }
  assert.ok(rest.includes('"delta":"after"'));
});

Deno.test("ModelServer breaks the connection on drop", async () => {
  await assert.rejects(say({ items: [{ text: "a" }, { drop: true }] }));
});

Deno.test("ModelServer answers routes, the last of a list for ever", async () => {
  await using server = new ModelServer({
    "GET /x": [{ status: 401, body: { a: 1 } }, { body: "plain" }],
  });
  const get = async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/x`);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await get(), [401, '{"a":1}']);
  assert.deepEqual(await get(), [200, "plain"]);
  assert.deepEqual(await get(), [200, "plain"]);
});

Deno.test("ModelServer stops while an answer stalls", async () => {
  const server = new ModelServer();
  server.script.push({ items: [{ stall: true }] });
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/responses`, {
    method: "POST",
  });
  await server[Symbol.asyncDispose]();
  await assert.rejects(response.text());
});
