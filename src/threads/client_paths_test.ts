import assert from "node:assert/strict";
import { ClientPaths } from "./client_paths.ts";

const paths = new ClientPaths({
  home: "/codex",
  cwd: () => "/work/here",
  access: undefined,
});

Deno.test("ClientPaths.resolve() makes paths absolute, by name only", () => {
  const home = Deno.env.get("HOME");
  for (
    const [path, whole] of [
      [undefined, "/work/here"],
      ["", "/work/here"],
      ["/a/../b/./c//d/", "/b/c/d"],
      ["../x", "/work/x"],
      ["rel", "/work/here/rel"],
      ["/../..", "/"],
      ["a~/~", "/work/here/a~/~"],
      ["~", home],
      ["~/x", `${home}/x`],
      ["~x", "/work/here/~x"],
    ]
  ) assert.equal(paths.resolve(path), whole, `of ${path}`);
});

Deno.test("ClientPaths.resolveRollout() counts from the home", () => {
  assert.equal(paths.resolveRollout("x"), "/codex/x");
  assert.equal(paths.resolveRollout("../x"), "/codex/../x");
  assert.equal(paths.resolveRollout("/x"), "/x");
});
