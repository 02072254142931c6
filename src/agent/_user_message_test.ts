import assert from "node:assert/strict";
import { toContent } from "./_user_message.ts";

Deno.test("toContent shows what a client left out, and keeps what it said", () => {
  const byteRange = { start: 0, end: 1 };
  assert.deepEqual(
    toContent([
      { type: "text", text: "a" },
      { type: "text", text: "b", text_elements: [{ byteRange }] },
      {
        type: "text",
        text: "c",
        text_elements: [{ byteRange, placeholder: "@c" }],
      },
      { type: "image", url: "data:image/png;base64,AA==" },
      { type: "localImage", path: "/a.png", detail: "low" },
      { type: "mention", name: "m", path: "app://m" },
    ]),
    [
      { type: "text", text: "a", text_elements: [] },
      {
        type: "text",
        text: "b",
        text_elements: [{ byteRange, placeholder: null }],
      },
      {
        type: "text",
        text: "c",
        text_elements: [{ byteRange, placeholder: "@c" }],
      },
      { type: "image", url: "data:image/png;base64,AA==", detail: null },
      { type: "localImage", path: "/a.png", detail: "low" },
      { type: "mention", name: "m", path: "app://m" },
    ],
  );
});
