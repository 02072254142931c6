import assert from "node:assert/strict";
import fc from "fast-check";
import { createLogger } from "../telemetry/mod.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import { loadConfig } from "./load_config.ts";
import type { LoadConfigOptions } from "./load_config_options.ts";
import {
  isTable,
  mergeTables,
  type TomlTable,
  type TomlValue,
} from "./toml.ts";

/** Files of a home, of /etc, or both, in a directory that goes away. */
async function load(
  files: Record<string, string | Uint8Array>,
  options: Partial<LoadConfigOptions> = {},
): Promise<{ config: Config; root: string }> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/home`);
    await Deno.mkdir(`${root}/etc`);
    for (const [path, content] of Object.entries(files)) {
      await Deno.writeFile(
        `${root}/${path}`,
        typeof content === "string"
          ? new TextEncoder().encode(content)
          : content,
      );
    }
    const config = await loadConfig({
      home: `${root}/home`,
      etc: `${root}/etc`,
      ...options,
    });
    return { config, root };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The warnings of a user's file, with its path as `P`. */
async function warningsOf(text: string | Uint8Array): Promise<unknown> {
  const { config, root } = await load({ "home/config.toml": text });
  return JSON.parse(
    JSON.stringify(config.warnings).replaceAll(`${root}/home/config.toml`, "P"),
  );
}

async function refusal(
  files: Record<string, string>,
  options: Partial<LoadConfigOptions> = {},
): Promise<string> {
  try {
    await load(files, options);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replace(/\/\S*?\/(home|etc)\//, "$1/");
  }
  throw new Error("was accepted");
}

Deno.test("loadConfig() without files gives an empty configuration", async () => {
  const { config } = await load({});
  assert.deepEqual({ ...config.effective }, {});
  assert.deepEqual([config.warnings, config.requirements], [[], null]);
  assert.deepEqual(
    (await loadConfig({ home: "/nonexistent", etc: "/nonexistent" })).warnings,
    [],
  );
});

Deno.test("loadConfig() puts the layers over each other", async () => {
  const { config } = await load({
    "etc/config.toml":
      'model = "system"\nreview_model = "system"\n[tui]\na = 1\nb = [1, 2]',
    "home/config.toml":
      'model = "user"\nservice_tier = "user"\n[tui]\nb = [3]\nc = "c"',
    "etc/managed_config.toml": 'service_tier = "managed"',
  }, {
    overrides: {
      assignments: ['model="flag"', "service_tier=flag", "tui.d.e=1979-05-27"],
      enable: ["goals", "memories"],
      disable: ["memories"],
    },
  });
  assert.deepEqual(JSON.parse(JSON.stringify(config.effective)), {
    model: "flag",
    review_model: "system",
    service_tier: "managed",
    tui: { a: 1, b: [3], c: "c", d: { e: "1979-05-27" } },
    features: { goals: true, memories: false },
  });
  assert.equal(config.get("tui.d.e"), "1979-05-27");
  assert.equal(config.get(["features", "goals"]), true);
  assert.deepEqual(config.warnings, []);
});

for (
  const [text, message, start, end = start] of [
    ["model = 5", "invalid type: integer `5`, expected a string", [1, 9]],
    [
      "model = true",
      "invalid type: boolean `true`, expected a string",
      [1, 9],
      [1, 12],
    ],
    [
      "model = 1e3",
      "invalid type: floating point `1000.0`, expected a string",
      [1, 9],
      [1, 11],
    ],
    ["model = nan", "invalid type: floating point `NaN`, expected a string", [
      1,
      9,
    ], [1, 11]],
    ['model = ["a"]', "invalid type: sequence, expected a string", [1, 9], [
      1,
      13,
    ]],
    ["model = {a=1}", "invalid type: map, expected a string", [1, 9], [1, 13]],
    ["[model]\nx=1", "invalid type: map, expected a string", [1, 1], [1, 7]],
    ["x = [1,\n  9223372036854775808]", "u64 value was too large", [2, 3], [
      2,
      21,
    ]],
    ["sandbox_mode = 5", "wanted string or table", [1, 16]],
    [
      'sandbox_mode = "bogus"',
      "unknown variant `bogus`, expected one of `read-only`, `workspace-write`, `danger-full-access`",
      [1, 16],
      [1, 22],
    ],
    [
      'history.persistence = "x"',
      "unknown variant `x`, expected `save-all` or `none`",
      [1, 23],
      [1, 25],
    ],
    [
      "[sandbox_workspace_write]\nnetwork_access = 1",
      "invalid type: integer `1`, expected a boolean",
      [2, 18],
    ],
    [
      '[sandbox_workspace_write]\nwritable_roots = "/a"',
      'invalid type: string "/a", expected a sequence',
      [2, 18],
      [2, 21],
    ],
    [
      'model_context_window = "a\\n\\"q\\u0001é"',
      'invalid type: string "a\\n\\"q\\u{1}é", expected i64',
      [1, 24],
      [1, 38],
    ],
    [
      "project_doc_max_bytes = -1",
      "invalid value: integer `-1`, expected usize",
      [1, 25],
      [1, 26],
    ],
    [
      "mcp_oauth_callback_port = 70000",
      "invalid value: integer `70000`, expected u16",
      [1, 27],
      [1, 31],
    ],
    ["mcp_servers = 5", "invalid type: integer `5`, expected a map", [1, 15]],
    [
      "[mcp_servers.a]\nargs = 5",
      "invalid type: integer `5`, expected a sequence",
      [2, 8],
    ],
    ["[mcp_servers.a]", "invalid transport", [1, 1], [1, 15]],
    ["[features]\nbogus = 5", "invalid type: integer `5`, expected a boolean", [
      2,
      9,
    ]],
    [
      "approval_policy={granular={rules=true}}",
      "missing field `sandbox_approval`",
      [1, 27],
      [1, 38],
    ],
    ["log_dir = 5", "invalid type: integer `5`, expected path string", [1, 11]],
    ["sandbox_mode = 1\nmodel = 5", "wanted string or table", [1, 16]],
    ["bogus = 1\nmodel = 5", "invalid type: integer `5`, expected a string", [
      2,
      9,
    ]],
    [
      "= bad toml",
      "unquoted keys cannot be empty, expected letters, numbers, `-`, `_`",
      [1, 1],
    ],
    ['model = "x', 'invalid basic string, expected `"`', [1, 11]],
    [
      'a = "é";',
      "unexpected key or value, expected newline, `#`",
      [1, 8],
    ],
  ] as [string, string, [number, number], [number, number]?][]
) {
  Deno.test(`configWarning tells what is wrong in ${JSON.stringify(text)}`, async () => {
    const details = `P:${start[0]}:${start[1]}: ${message}`;
    assert.deepEqual(await warningsOf(text), [{
      summary: "Invalid configuration; using defaults.",
      details,
      path: "P",
      range: {
        start: { line: start[0], column: start[1] },
        end: { line: end[0], column: end[1] },
      },
    }]);
  });
}

for (
  const [text, details] of [
    ['model_provider = "nope"', "Model provider `nope` not found"],
    [
      'profile = "p"',
      'legacy `profile = "p"` config is no longer supported; use `--profile p` with `p.config.toml` instead',
    ],
    [
      new Uint8Array([0xff]),
      "Failed to read config file P: invalid utf-8 sequence of 1 bytes from index 0",
    ],
  ] as const
) {
  Deno.test(`configWarning without a place: ${details}`, async () => {
    assert.deepEqual(await warningsOf(text), [
      { summary: "Invalid configuration; using defaults.", details },
    ]);
  });
}

Deno.test("configWarning about a config.toml that is no file", async () => {
  const home = await Deno.makeTempDir();
  await Deno.mkdir(`${home}/config.toml`);
  const { warnings } = await loadConfig({ home, etc: home + "/none" });
  await Deno.remove(home, { recursive: true });
  assert.deepEqual(warnings, [{
    summary: "Invalid configuration; using defaults.",
    details:
      `Failed to read config file ${home}/config.toml: path \`${home}/config.toml\` is not a file`,
  }]);
});

Deno.test("loadConfig() leaves out a broken user's file as a whole", async () => {
  const { config } = await load({
    "etc/config.toml": 'review_model = "system"',
    "home/config.toml": 'review_model = "user"\nmodel = 5',
  }, { overrides: { assignments: ["service_tier=x"] } });
  assert.deepEqual({ ...config.effective }, {
    review_model: "system",
    service_tier: "x",
  });
  assert.equal(config.warnings.length, 1);
});

Deno.test("loadConfig() writes its warnings to the log", async () => {
  const lines: string[] = [];
  const log = createLogger({ write: (line) => lines.push(line), now: () => 0 });
  const { root } = await load({ "home/config.toml": "model = 5" }, { log });
  assert.deepEqual(lines, [
    "1970-01-01T00:00:00.000Z ERROR gangway: Invalid configuration; using defaults. " +
    `${root}/home/config.toml:1:9: invalid type: integer \`5\`, expected a string\n`,
  ]);
});

Deno.test("loadConfig() forgives a wrong value that a later layer replaces", async () => {
  const { config } = await load(
    { "home/config.toml": "model = 5", "etc/config.toml": "review_model = 5" },
    { overrides: { assignments: ["model=x", "review_model=y"] } },
  );
  assert.deepEqual([config.get("model"), config.warnings], ["x", []]);
});

Deno.test("loadConfig() accepts what the reference accepts", async () => {
  assert.deepEqual(
    await warningsOf(`
      model = 1979-05-27
      approval_policy = { granular = { rules = true, sandbox_approval = true, mcp_elicitations = false } }
      model_provider = "own"
      notify = ["a"]
      [features]
      goals = true
      multi_agent_v2 = { enabled = true }
      [model_providers.own]
      name = "Own"
      [mcp_servers."a.b"]
      command = "x"
      startup_timeout_sec = 1.5
      [projects."/a/b"]
      trust_level = "trusted"
      [[skills.config]]
      path = "/x"
      enabled = true
      [tui.whatever]
      x = 1
    `),
    [],
  );
  assert.deepEqual(await warningsOf('\ufeffmodel = "x"\r\n'), []);
});

Deno.test("configWarning counts the keys that nobody knows and lists three", async () => {
  const { config, root } = await load({
    "etc/config.toml": "zz = 1",
    "home/config.toml":
      'zz = 1\naa.b = 1\n[features]\nbogus = true\n[mcp_servers."x.y"]\ncommand = "c"\nfoo = 1',
  }, { overrides: { assignments: ["bb.c=1"] } });
  assert.deepEqual(config.warnings, [{
    summary:
      "Codex is ignoring 6 unrecognized configuration settings. Check for typos or deprecated settings.\n" +
      "  session-flags: `bb` is ignored.\n" +
      `  system (${root}/etc/config.toml): \`zz\` is ignored.\n` +
      `  user (${root}/home/config.toml): \`aa\` is ignored.\n` +
      "  ... and 3 more ignored settings.",
    details: null,
  }]);
  assert.deepEqual(await warningsOf("zz10 = 1\nzz1 = 1"), [{
    summary:
      "Codex is ignoring 2 unrecognized configuration settings. Check for typos or deprecated settings.\n" +
      "  user (P): `zz1` is ignored.\n  user (P): `zz10` is ignored.",
    details: null,
  }]);
  assert.deepEqual(await warningsOf("[sandbox_workspace_write]\nx = 1"), [{
    summary:
      "Codex is ignoring 1 unrecognized configuration setting. Check for typos or deprecated settings.\n" +
      "  user (P): `sandbox_workspace_write.x` is ignored.",
    details: null,
  }]);
});

Deno.test("loadConfig() refuses what the command line or an administrator has wrong", async () => {
  const flag = (...assignments: string[]) =>
    refusal({}, { overrides: { assignments } });
  assert.equal(
    await flag("model=5"),
    "invalid type: integer `5`, expected a string\nin `model`",
  );
  assert.equal(
    await flag("model"),
    "error parsing -c overrides: Invalid override (missing '='): model",
  );
  assert.equal(
    await flag("=5"),
    "error parsing -c overrides: Empty key in override: =5",
  );
  assert.equal(
    await flag("model=a", "model.x=1"),
    "invalid type: map, expected a string\nin `model`",
  );
  assert.equal(
    await flag("model_provider=nope"),
    "Model provider `nope` not found",
  );
  assert.equal(
    await refusal({}, { overrides: { enable: ["bogus"] } }),
    "Unknown feature flag: bogus",
  );
  assert.equal(
    await refusal({ "etc/config.toml": "model=5" }),
    "etc/config.toml:1:7: invalid type: integer `5`, expected a string",
  );
  assert.equal(
    await refusal({ "etc/managed_config.toml": "= 5" }),
    "etc/managed_config.toml:1:1: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`",
  );
  assert.equal(
    await refusal({
      "etc/config.toml": "model_provider=5",
      "home/config.toml": "model=5",
    }),
    "etc/config.toml:1:16: invalid type: integer `5`, expected a string",
  );
});

Deno.test("loadConfig() in strict mode refuses a user's file that is not right", async () => {
  const strict = (text: string) =>
    refusal({ "home/config.toml": text }, { strict: true });
  assert.equal(
    await strict("model=5"),
    "home/config.toml:1:7: invalid type: integer `5`, expected a string",
  );
  assert.equal(
    await strict("[tui]\n[sandbox_workspace_write]\nfoo = 1"),
    "home/config.toml:3:1: unknown configuration field `sandbox_workspace_write.foo`",
  );
  assert.equal(
    await refusal({ "home/config.toml": "yy=1" }, {
      strict: true,
      overrides: { assignments: ["zz=1"] },
    }),
    "unknown configuration field `zz` in -c/--config override",
  );
});

Deno.test("loadConfig() takes values of the command line as TOML, else as text", async () => {
  const { config } = await load({}, {
    overrides: {
      assignments: [
        ' tui.a = "a b" ',
        "tui.b=a=b",
        'tui.c="abc',
        "tui.d=",
        "tui.e=[1, 'x']",
        "tui.f=[1",
        "tui.g=tru",
        "tui.h=true",
        'tui.i="x" # note',
        "tui.j=1.5",
        "tui.k=0x11",
        "__proto__.polluted=1",
      ],
    },
  });
  assert.deepEqual({ ...config.effective.tui as object }, {
    a: "a b",
    b: "a=b",
    c: "abc",
    d: "",
    e: [1, "x"],
    f: "[1",
    g: "tru",
    h: true,
    i: "x",
    j: 1.5,
    k: 17,
  });
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

/** Everything in a table that is no table itself, by path. */
function leavesOf(table: TomlTable, path: string[] = []): [string, string][] {
  return Object.entries(table).flatMap(([key, value]) =>
    isTable(value)
      ? leavesOf(value, [...path, key])
      : [[JSON.stringify([...path, key]), JSON.stringify(value)]]
  );
}

Deno.test("mergeTables() keeps all of the upper table and what it does not touch of the lower", () => {
  const { table } = fc.letrec<
    { table: TomlTable; value: string | TomlTable | string[] }
  >((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      tie("table"),
      fc.array(fc.string()),
    ),
    table: fc.dictionary(
      fc.constantFrom("a", "b", "c", "__proto__"),
      tie("value"),
    ) as fc.Arbitrary<TomlTable>,
  }));
  fc.assert(fc.property(table, table, (below, above) => {
    const before = JSON.stringify([below, above]);
    const merged = new Map(leavesOf(mergeTables(below, above)));
    assert.equal(JSON.stringify([below, above]), before);
    const upper = new Map(leavesOf(above));
    for (const [path, value] of upper) assert.equal(merged.get(path), value);
    for (const [path, value] of leavesOf(below)) {
      const parts = JSON.parse(path) as string[];
      let there: TomlValue | undefined = above;
      for (const part of parts) {
        there = isTable(there) && Object.hasOwn(there, part)
          ? there[part]
          : isTable(there)
          ? undefined
          : there;
      }
      if (there === undefined) assert.equal(merged.get(path), value);
      else assert.equal(merged.get(path), upper.get(path));
    }
    assert.equal(merged.size <= upper.size + leavesOf(below).length, true);
  }));
});
