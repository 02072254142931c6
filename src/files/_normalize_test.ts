import assert from "node:assert/strict";
import fc from "fast-check";
import { workMs } from "../../tests/kit/work_time.ts";
import { normalize } from "./_normalize.ts";

Deno.test("normalize() resolves dots and slashes by name", () => {
  const cases = {
    "/": "/",
    "//": "/",
    "/..": "/",
    "/a": "/a",
    "/a/": "/a",
    "/a//b/./c/../d/": "/a/b/d",
    "/.a/..b/...": "/.a/..b/...",
    "/a/../../b": "/b",
    "/a/.": "/a",
    "/a/..": "/",
    "/\n/x": "/\n/x",
  };
  for (const [path, expected] of Object.entries(cases)) {
    assert.equal(normalize(path), expected, path);
  }
});

Deno.test("normalize() agrees with itself and with a plain walk", () => {
  const name = fc.constantFrom("a", "b.", ".c", ".", "..", "...", "", "\n");
  fc.assert(
    fc.property(fc.array(name, { maxLength: 8 }), (names) => {
      const path = `/${names.join("/")}`;
      const walked: string[] = [];
      for (const one of names) {
        if (one === "..") walked.pop();
        else if (one !== "" && one !== ".") walked.push(one);
      }
      assert.equal(normalize(path), `/${walked.join("/")}`);
      assert.equal(normalize(normalize(path)), normalize(path));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("normalize() leaves at once what no system takes", () => {
  const path = "/a".repeat(20_000_000);
  assert.ok(workMs(() => assert.equal(normalize(path), path)) < 1_000);
});
