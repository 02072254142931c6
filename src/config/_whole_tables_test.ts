import assert from "node:assert/strict";
import { fillUp } from "./_whole_tables.ts";

Deno.test("fillUp leaves alone what nobody set", () => {
  assert.deepEqual({ ...fillUp({ tui: null, hooks: null, model: "a" }) }, {
    tui: null,
    hooks: null,
    model: "a",
  });
});

Deno.test("fillUp fills named tables, optional ones and lists of them", () => {
  const filled = fillUp({
    permissions: { p: { network: { enabled: true } } },
    agents: { max_depth: 2, reviewer: { description: "Reviews" } },
    hooks: {
      Stop: [{
        hooks: [{ type: "command", command: "true" }, { type: "prompt" }],
      }],
    },
  });
  const { permissions, agents, hooks } = JSON.parse(JSON.stringify(filled));
  assert.equal(permissions.p.network.enabled, true);
  assert.equal(permissions.p.network.proxy_url, null);
  assert.equal(permissions.p.filesystem, null);
  assert.deepEqual(agents, {
    max_depth: 2,
    reviewer: {
      config_file: null,
      description: "Reviews",
      nickname_candidates: null,
    },
  });
  assert.deepEqual(hooks.PreToolUse, []);
  assert.deepEqual(hooks.Stop, [{
    matcher: null,
    hooks: [
      {
        type: "command",
        command: "true",
        commandWindows: null,
        timeout: null,
        statusMessage: null,
        async: false,
      },
      { type: "prompt" },
    ],
  }]);
});

Deno.test("fillUp fills tables that are always there, below what is set", () => {
  const { tui } = JSON.parse(JSON.stringify(fillUp({
    tui: { animations: false, keymap: { vim_search: { next: "n" } } },
  })));
  assert.equal(tui.animations, false);
  assert.equal(tui.show_tooltips, true);
  assert.deepEqual(tui.keymap.vim_search, {
    backward: null,
    forward: null,
    next: "n",
    previous: null,
  });
  assert.equal(tui.keymap.pager.close, null);
  assert.deepEqual(tui.rendering, {
    lists: true,
    math: true,
    mermaid: true,
    tables: true,
  });
});

Deno.test("fillUp takes keys with the names of an object's own for what they are", () => {
  const named = JSON.parse('{"__proto__":{"network":{}},"constructor":{}}');
  const { permissions } = fillUp({ permissions: named });
  assert.deepEqual(Object.keys(permissions as object), [
    "__proto__",
    "constructor",
  ]);
});
