import assert from "node:assert/strict";
import { fillPlaceholders } from "./_hook_placeholders.ts";

const facts = { session_id: "s", tool_input: { command: "ls", n: 1 } };

Deno.test("fillPlaceholders gives a field as it is, or in a text", () => {
  assert.deepEqual(
    fillPlaceholders({
      whole: "${tool_input}",
      within: ["${tool_input.command}", { deep: "<${tool_input.n}>" }],
      text: "x ${session_id} y ${tool_input}",
      left: "$x {y} ${ $${session_id}",
      other: 5,
    }, facts),
    {
      whole: { command: "ls", n: 1 },
      within: ["ls", { deep: "<1>" }],
      text: 'x s y {"command":"ls","n":1}',
      left: "$x {y} ${ $s",
      other: 5,
    },
  );
});

for (const name of ["nope", "session_id.x", "tool_input.toString"]) {
  Deno.test(`fillPlaceholders refuses \${${name}}`, () => {
    assert.throws(() => fillPlaceholders([`\${${name}}`], facts), {
      message: `hook input placeholder \`\${${name}}\` was not found`,
    });
  });
}
