import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePatch, type Patch, PatchError, printPatch } from "./mod.ts";

/** Patches that can't be read, and what a model is told. */
const bad: readonly (readonly [patch: string, reason: string])[] = [
  [
    "*** Begin Patch\n*** Update File: f\n@@ class A\n@@ def f\n-x\n+y\n*** End Patch",
    "invalid hunk at line 4, Unexpected line found in update hunk: '@@ def f'. Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\n-one\n+1\n*** End Patch\nmore",
    "invalid patch: The last line of the patch must be '*** End Patch'",
  ],
  [
    "hi\n*** Begin Patch\n*** Update File: f\n@@\n-one\n+1\n*** End Patch",
    "invalid patch: The first line of the patch must be '*** Begin Patch'",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\nxyz\n-one\n+1\n*** End Patch",
    "invalid hunk at line 4, Unexpected line found in update hunk: 'xyz'. Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)",
  ],
  [
    "*** Begin Patch\n*** Update File: f\nxyz\n-one\n+1\n*** End Patch",
    "invalid hunk at line 3, Unexpected line found in update hunk: 'xyz'. Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@two\n-three\n+3\n*** End Patch",
    "invalid hunk at line 3, Unexpected line found in update hunk: '@@two'. Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\n*** End of File\n*** End Patch",
    "invalid hunk at line 4, Update hunk does not contain any lines",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n*** End of File\n*** End Patch",
    "invalid hunk at line 2, Update file hunk for path 'f' is empty",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\n-one\n+1\n*** Move to: g\n*** End Patch",
    "invalid hunk at line 6, Expected update hunk to start with a @@ context marker, got: '*** Move to: g'",
  ],
  [
    "*** Begin Patch\n*** Add File: n1\n+a\n\n+b\n*** End Patch",
    "invalid hunk at line 4, '' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
  [
    "*** Begin Patch\n*** Add File: n3\n+a\n b\n*** End Patch",
    "invalid hunk at line 4, 'b' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
  [
    "*** Begin Patch\n*** Delete File: f\n-x\n*** End Patch",
    "invalid hunk at line 3, '-x' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
  [
    "*** Begin Patch\n*** Environment ID: a\n*** Environment ID: b\n*** Add File: n4\n+a\n*** End Patch",
    "invalid patch: apply_patch environment_id cannot be specified more than once",
  ],
  [
    "*** Begin Patch\n*** Environment ID: \n*** Add File: n5\n+a\n*** End Patch",
    "invalid patch: apply_patch environment_id cannot be empty",
  ],
  [
    "*** Begin Patch\n*** Add File: n6\n+a\n*** Environment ID: a\n*** End Patch",
    "invalid hunk at line 4, '*** Environment ID: a' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\n-one\n+1\n*** End Patch\n*** Begin Patch\n*** Update File: f\n@@\n-two\n+2\n*** End Patch",
    "invalid patch: The last line of the patch must be '*** End Patch'",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\n one\n-two\n+2\nthree\n*** End Patch",
    "invalid hunk at line 7, Expected update hunk to start with a @@ context marker, got: 'three'",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n*** Foo\n@@\n-a\n+b\n*** End Patch",
    "invalid hunk at line 3, Unexpected line found in update hunk: '*** Foo'. Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n*** Foo\n*** End Patch",
    "invalid hunk at line 6, Expected update hunk to start with a @@ context marker, got: '*** Foo'",
  ],
  [
    "*** Begin Patch\n*** Update File: f\n@@\n-a\n+b\n*** End of File\n*** End of File\n*** End Patch",
    "invalid hunk at line 7, Expected update hunk to start with a @@ context marker, got: '*** End of File'",
  ],
  [
    "*** Begin Patch\n*** Add File: n\n+a\n\n*** End Patch",
    "invalid hunk at line 4, '' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
  [
    "*** Begin Patch\n*** Add File: n\n +a\n*** End Patch",
    "invalid hunk at line 3, '+a' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
  [
    "*** Begin Patch\n*** Delete File: f\n\n*** Add File: g\n+x\n*** End Patch",
    "invalid hunk at line 3, '' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
  [
    "*** Begin Patch\n*** Add File:\tsp\n+a\n*** End Patch",
    "invalid hunk at line 2, '*** Add File:\tsp' is not a valid hunk header. Valid hunk headers: '*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'",
  ],
];

for (const [patch, reason] of bad) {
  Deno.test(`parsePatch() refuses ${JSON.stringify(patch)}`, () => {
    assert.throws(() => parsePatch(patch), (error) => {
      assert.ok(error instanceof PatchError);
      assert.equal(error.message, reason);
      assert.equal(
        error.answer,
        `apply_patch verification failed: ${reason}`,
      );
      return true;
    });
  });
}

Deno.test("parsePatch() reads all operations in order", () => {
  const patch = parsePatch(
    "*** Begin Patch\n*** Environment ID: here\n*** Add File: a b\n+1\n+\n" +
      "*** Delete File: d\n*** Update File: u\n*** Move to: v\n@@ top\n x\n" +
      "-y\n+z\n*** End of File\n*** End Patch",
  );
  assert.deepEqual(patch, {
    environmentId: "here",
    operations: [
      { kind: "add", path: "a b", content: "1\n\n" },
      { kind: "delete", path: "d" },
      {
        kind: "update",
        path: "u",
        movePath: "v",
        hunks: [{
          anchor: "top",
          lines: [
            { sign: " ", text: "x" },
            { sign: "-", text: "y" },
            { sign: "+", text: "z" },
          ],
          isAtEnd: true,
        }],
      },
    ],
  });
});

Deno.test("parsePatch() takes a patch out of the quoting of a shell", () => {
  const patch = "*** Begin Patch\n*** Delete File: d\n*** End Patch";
  for (const tag of ["<<EOF", "<<'EOF'", '<<"EOF"']) {
    assert.deepEqual(
      parsePatch(`${tag}\n${patch}\nEOF`),
      parsePatch(patch),
    );
  }
});

Deno.test("parsePatch() takes a patch of no operations as it is", () => {
  assert.deepEqual(parsePatch("*** Begin Patch\n*** End Patch"), {
    environmentId: undefined,
    operations: [],
  });
});

const text = fc.string({ maxLength: 12 })
  .map((line) => line.replaceAll(/[\r\n]/g, ""));
const path = fc.stringMatching(/^[A-Za-z0-9_.\-/]{1,12}$/);
const hunk = fc.record({
  anchor: fc.option(fc.stringMatching(/^[a-z][a-z ]{0,8}[a-z]$/), {
    nil: undefined,
  }),
  lines: fc.array(
    fc.record({ sign: fc.constantFrom(" ", "-", "+"), text }),
    { minLength: 1, maxLength: 6 },
  ),
  isAtEnd: fc.boolean(),
});
const operation = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    path,
    content: fc.array(text, { maxLength: 4 })
      .map((lines) => lines.map((line) => `${line}\n`).join("")),
  }),
  fc.record({ kind: fc.constant("delete" as const), path }),
  fc.record({
    kind: fc.constant("update" as const),
    path,
    movePath: fc.option(path, { nil: undefined }),
    hunks: fc.array(hunk, { minLength: 1, maxLength: 4 }),
  }),
);
const patches: fc.Arbitrary<Patch> = fc.record({
  environmentId: fc.option(path, { nil: undefined }),
  operations: fc.array(operation, { maxLength: 4 }),
}) as fc.Arbitrary<Patch>;

Deno.test("parsePatch() undoes printPatch()", () => {
  fc.assert(fc.property(patches, (patch) => {
    // Generated objects have no prototype.
    assert.deepEqual(parsePatch(printPatch(patch)), structuredClone(patch));
  }));
});

Deno.test("parsePatch() gives a patch or a PatchError for any lines", () => {
  const line = fc.constantFrom(
    "*** Begin Patch",
    "*** End Patch",
    "*** Add File: a",
    "*** Update File: b",
    "*** Delete File: c",
    "*** Move to: d",
    "*** End of File",
    "*** Environment ID: e",
    "@@",
    "@@ f",
    " g",
    "-h",
    "+i",
    "",
    "j",
    "\0",
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
    try {
      parsePatch(lines.join("\n"));
    } catch (error) {
      assert.ok(error instanceof PatchError);
    }
  }));
});
