import assert from "node:assert/strict";
import { toOutput, toShownResult } from "./_tool_output.ts";
import { model } from "./_mcp_ground_test.ts";

const head = "Wall time: 0.0015 seconds\nOutput:";

Deno.test("toOutput: what is structured as JSON, the rest piece by piece", () => {
  assert.equal(
    toOutput({ content: [], structuredContent: { a: 1 } }, 1.5, model),
    `${head}\n{"a":1}`,
  );
  const content = [
    { type: "text", text: "one" },
    { type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" },
    { type: "image", data: "AA==", mimeType: "image/png" },
    { type: "audio", data: "AA==", mimeType: "audio/wav" },
    { type: "image", data: "AA==", mimeType: "text/html" },
    { type: "resource_link", uri: "x://y", name: "y" },
    { type: "text" },
    null,
  ];
  const text = (text: string) => ({ type: "input_text", text });
  assert.deepEqual(
    toOutput({ content, structuredContent: null }, 1.5, model),
    [
      text(head),
      text("one"),
      {
        type: "input_image",
        image_url: "data:image/png;base64,iVBORw0KGgo=",
        detail: "high",
      },
      text("A picture that can't be read is left out."),
      text("Sound is left out: nobody here can hear it."),
      text('{"type":"image","data":"AA==","mimeType":"text/html"}'),
      text('{"type":"resource_link","uri":"x://y","name":"y"}'),
      text('{"type":"text"}'),
      text("null"),
    ],
  );
});

Deno.test("toOutput: many pieces have no more room than one", () => {
  const piece = { type: "text", text: "x".repeat(3000) };
  const content = Array.from({ length: 1000 }, () => piece);
  const output = toOutput({ content }, 1.5, model);
  assert.ok(JSON.stringify(output).length < 6000);
  assert.deepEqual(output.at(-1), {
    type: "input_text",
    text: "…998 more pieces omitted…",
  });
});

Deno.test("toShownResult leaves results as they are, but for huge ones", () => {
  const content = [{ type: "text", text: "a" }];
  assert.deepEqual(toShownResult({ content, isError: true }), {
    content,
    structuredContent: null,
    _meta: null,
  });
  const shown = toShownResult({
    content,
    structuredContent: { all: "y".repeat(2_000_000) },
  });
  assert.equal(shown.structuredContent, null);
  assert.ok(JSON.stringify(shown).length < 1_100_000);
});
