import assert from "node:assert/strict";
import fc from "fast-check";
import { fromFileUrl, toFileUrl } from "./_file_url.ts";

Deno.test("toFileUrl: a path is a URL, and back", () => {
  assert.equal(toFileUrl("/a b/c%d/#e?"), "file:///a%20b/c%25d/%23e%3F");
  assert.equal(toFileUrl("/"), "file:///");
  const name = fc.string({ unit: "grapheme", minLength: 1 })
    .filter((text) => !text.includes("/"));
  fc.assert(fc.property(fc.array(name), (names) => {
    const path = `/${names.join("/")}`;
    assert.equal(fromFileUrl(toFileUrl(path)), path);
    assert.equal(new URL(toFileUrl("/x")).pathname, "/x");
  }));
});

Deno.test("fromFileUrl: what means no path is none", () => {
  for (const url of ["http://h/a", "file://host/a", "a", "file:///%zz"]) {
    assert.equal(fromFileUrl(url), undefined);
  }
  assert.equal(fromFileUrl("/a b"), "/a b");
});
