import assert from "node:assert/strict";
import fc from "fast-check";
import { RequestEncoder } from "./_encode_request.ts";
import { plain } from "./_model_server_test.ts";
import type { ModelRequest } from "./model.ts";
import type { ResponseItem } from "./response_item.ts";

const none = { reasoningContext: null };

function decode(
  encoder: RequestEncoder,
  request: ModelRequest,
): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(encoder.encode(request, none)));
}

const item = (text: string): ResponseItem => ({
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});

Deno.test("RequestEncoder writes the same text with and without memory", () => {
  // Long enough for every request to be remembered.
  const padding = item("ä".repeat(64 * 1024));
  const items = fc.array(fc.string({ unit: "binary" }).map(item), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      items,
      items,
      fc.nat(8),
      fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 4 }),
      (first, second, kept, keys) => {
        const encoder = new RequestEncoder();
        const histories = [
          [padding, ...first],
          [padding, ...first.slice(0, kept), ...second],
          [...first, padding],
          [padding, ...first, ...second],
        ];
        for (const [index, input] of histories.entries()) {
          const promptCacheKey = keys[index % keys.length]!;
          const request = { ...plain, input, promptCacheKey };
          const body = JSON.stringify(decode(encoder, request));
          const fresh = JSON.stringify(decode(new RequestEncoder(), request));
          // Said briefly: these are long.
          assert.ok(body === fresh, "differs from a fresh encoder");
          assert.ok(body.includes(JSON.stringify(input)), "lost input");
        }
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("RequestEncoder forgets the conversations that rest the longest", () => {
  const encoder = new RequestEncoder();
  const input = [item("x".repeat(70_000))];
  for (let round = 0; round < 2; round++) {
    for (let thread = 0; thread < 20; thread++) {
      const promptCacheKey = `thread ${thread}`;
      const body = decode(encoder, { ...plain, input, promptCacheKey });
      assert.equal(body["prompt_cache_key"], promptCacheKey);
      assert.deepEqual(body["input"], input);
    }
  }
});

Deno.test("RequestEncoder writes every field where there is something to say", () => {
  const body = JSON.parse(
    new TextDecoder().decode(
      new RequestEncoder().encode({
        ...plain,
        input: [],
        reasoning: { effort: "low" },
        text: { verbosity: "high" },
        serviceTier: "priority",
        parallelToolCalls: false,
      }, { reasoningContext: "all_turns" }),
    ),
  );
  assert.deepEqual(body, {
    model: "mock",
    stream: true,
    input: [],
    tools: [],
    tool_choice: "auto",
    parallel_tool_calls: false,
    reasoning: { effort: "low", context: "all_turns" },
    store: false,
    include: ["reasoning.encrypted_content"],
    service_tier: "priority",
    prompt_cache_key: "thread-1",
    text: { verbosity: "high" },
    client_metadata: { turn_id: "turn-1" },
  });
});

Deno.test("RequestEncoder asks for no thoughts of a model that has none", () => {
  const body = decode(new RequestEncoder(), { ...plain, reasoning: null });
  assert.equal(body["reasoning"], null);
  assert.deepEqual(body["include"], []);
});

Deno.test("RequestEncoder keeps ids that a provider can have given, and no other", () => {
  const ids = ["msg_1", "zz_1", "a b_c", "m", "msg_", "_1", "chatcmpl-1", ""];
  const input = ids.map((id) => ({ ...item("x"), id }) as ResponseItem);

  const sent = decode(new RequestEncoder(), { ...plain, input });

  const kept = (sent["input"] as { id?: string }[]).map(({ id }) => id);
  const none = undefined;
  assert.deepEqual(
    kept,
    ["msg_1", "zz_1", "a b_c", none, none, none, none, none],
  );
  assert.equal(input[3]?.id, "m");
});
