import assert from "node:assert/strict";
import { RpcError } from "./errors.ts";
import {
  decodeParams,
  gate,
  stripGangway,
  unknownMethod,
  validator,
} from "./validate.ts";

/** The whole refusal of some parameters. */
function refusal(method: string, params?: unknown): string {
  try {
    decodeParams(method, params);
  } catch (error) {
    assert.ok(error instanceof RpcError);
    assert.equal(error.code, -32600);
    return error.message;
  }
  return "accepted";
}

type Case = [method: string, params: unknown, message: string];

function checkAll(cases: Case[]): void {
  for (const [method, params, message] of cases) {
    assert.equal(
      refusal(method, params),
      `Invalid request: ${message}`,
      JSON.stringify(params),
    );
  }
}

Deno.test("decodeParams gives the very object back, unknown fields and all", () => {
  const params = { path: "/etc/hosts", unknown: [1, { two: 3 }] };
  assert.equal(decodeParams("fs/getMetadata", params), params);
});

Deno.test("decodeParams takes parameters that may be left out as empty", () => {
  for (const raw of [undefined, null, {}]) {
    assert.deepEqual(decodeParams("account/usage/read", raw), {});
  }
  checkAll([[
    "account/usage/read",
    { threadId: 5 },
    "invalid type: integer `5`, expected a string (at params.threadId)",
  ]]);
});

Deno.test("decodeParams says which parameter is missing", () => {
  checkAll([
    [
      "fs/getMetadata",
      undefined,
      "missing field `params` (at params, expected struct FsGetMetadataParams)",
    ],
    [
      "fs/getMetadata",
      null,
      "missing field `params` (at params, expected struct FsGetMetadataParams)",
    ],
    [
      "fs/getMetadata",
      {},
      "missing field `path` (at params.path, expected an absolute path)",
    ],
    [
      "initialize",
      { clientInfo: { name: "x" } },
      "missing field `version` (at params.clientInfo.version, expected a string)",
    ],
    [
      "command/exec",
      { command: ["true"], size: {} },
      "missing field `rows` (at params.size.rows, expected u16)",
    ],
    [
      "fs/copy",
      { destinationPath: "/b" },
      "missing field `sourcePath` (at params.sourcePath, expected an absolute path)",
    ],
  ]);
});

Deno.test("decodeParams says what came instead of what, and where", () => {
  const at = (text: string): string => `invalid type: ${text} (at params.path)`;
  checkAll([
    [
      "fs/getMetadata",
      { path: null },
      at("null, expected path string"),
    ],
    ["fs/getMetadata", { path: 5 }, at("integer `5`, expected path string")],
    ["fs/getMetadata", { path: -5 }, at("integer `-5`, expected path string")],
    [
      "fs/getMetadata",
      { path: 1.5 },
      at("floating point `1.5`, expected path string"),
    ],
    [
      "fs/getMetadata",
      { path: true },
      at("boolean `true`, expected path string"),
    ],
    ["fs/getMetadata", { path: [] }, at("sequence, expected path string")],
    ["fs/getMetadata", { path: {} }, at("map, expected path string")],
    [
      "fs/watch",
      { watchId: 5, path: "/" },
      "invalid type: integer `5`, expected a string (at params.watchId)",
    ],
    [
      "fs/copy",
      { sourcePath: "/a", destinationPath: "/b", recursive: null },
      "invalid type: null, expected a boolean (at params.recursive)",
    ],
    [
      "command/exec",
      { command: "x" },
      'invalid type: string "x", expected a sequence (at params.command)',
    ],
    [
      "command/exec",
      { command: ["a", 5] },
      "invalid type: integer `5`, expected a string (at params.command[1])",
    ],
    [
      "command/exec",
      { command: ["a"], cwd: 5 },
      "invalid type: integer `5`, expected path string (at params.cwd)",
    ],
    [
      "initialize",
      { clientInfo: 5 },
      "invalid type: integer `5`, expected struct ClientInfo (at params.clientInfo)",
    ],
    [
      "initialize",
      { clientInfo: { name: "x", version: "1" }, capabilities: 5 },
      "invalid type: integer `5`, expected struct InitializeCapabilities (at params.capabilities)",
    ],
    [
      "initialize",
      {
        clientInfo: { name: "x", version: "1" },
        capabilities: { extensions: [] },
      },
      "invalid type: sequence, expected a map (at params.capabilities.extensions)",
    ],
  ]);
});

Deno.test("decodeParams takes null for what may be null", () => {
  for (
    const [method, params] of [
      ["fs/remove", { path: "/a", recursive: null, force: null }],
      ["mock/experimentalMethod", { value: null }],
      ["command/exec", { command: ["a"], env: { A: null }, size: null }],
    ] as const
  ) assert.equal(decodeParams(method, params), params);
});

Deno.test("decodeParams keeps integers in their range", () => {
  const size = (rows: number): unknown => ({
    command: ["a"],
    size: { rows, cols: 1 },
  });
  checkAll([
    [
      "command/exec",
      size(70000),
      "invalid value: integer `70000`, expected u16 (at params.size.rows, from 0 to 65535)",
    ],
    [
      "command/exec",
      size(-1),
      "invalid value: integer `-1`, expected u16 (at params.size.rows, from 0 to 65535)",
    ],
    [
      "command/exec",
      size(1.5),
      "invalid type: floating point `1.5`, expected u16 (at params.size.rows)",
    ],
    [
      "command/exec",
      { command: ["a"], outputBytesCap: -1 },
      "invalid value: integer `-1`, expected usize (at params.outputBytesCap, from 0 to 18446744073709552000)",
    ],
    [
      "command/exec",
      { command: ["a"], timeoutMs: 1e30 },
      "invalid type: floating point `1e+30`, expected i64 (at params.timeoutMs)",
    ],
    [
      "command/exec",
      { command: ["a"], timeoutMs: "5" },
      'invalid type: string "5", expected i64 (at params.timeoutMs)',
    ],
    [
      "fs/readFile",
      { path: "/a", offset: 2 ** 53 },
      "invalid value: integer `9007199254740992`, expected usize (at params.offset, from 0 to 9007199254740991)",
    ],
  ]);
  // The largest number of 64 bits is how some clients say "no bound".
  const most = JSON.parse(
    '{"command":["a"],"timeoutMs":9223372036854775807,' +
      '"outputBytesCap":18446744073709551615}',
  );
  assert.equal(decodeParams("command/exec", most), most);
});

Deno.test("decodeParams wants absolute paths, and says what came", () => {
  const relative = (at: string, shown: string): string =>
    `AbsolutePathBuf deserialized without a base path (at ${at}, ` +
    `expected an absolute path, got ${shown})`;
  checkAll([
    ["fs/getMetadata", { path: "rel" }, relative("params.path", '"rel"')],
    ["fs/getMetadata", { path: "" }, relative("params.path", '""')],
    ["fs/getMetadata", { path: "~/x" }, relative("params.path", '"~/x"')],
    [
      "command/exec",
      {
        command: ["a"],
        sandboxPolicy: { type: "workspaceWrite", writableRoots: ["/a", "b"] },
      },
      relative("params.sandboxPolicy.writableRoots[1]", '"b"'),
    ],
  ]);
  // Where the reference takes a relative path, so do we.
  const params = { command: ["a"], cwd: "rel" };
  assert.equal(decodeParams("command/exec", params), params);
});

Deno.test("decodeParams lists the variants of enums and unions", () => {
  const policy = (sandboxPolicy: unknown): unknown => ({
    command: ["a"],
    sandboxPolicy,
  });
  checkAll([
    [
      "command/exec",
      policy({ type: "nope" }),
      "unknown variant `nope`, expected one of `dangerFullAccess`, `readOnly`, `externalSandbox`, `workspaceWrite` (at params.sandboxPolicy.type)",
    ],
    [
      "command/exec",
      policy({}),
      "missing field `type` (at params.sandboxPolicy.type, expected one of `dangerFullAccess`, `readOnly`, `externalSandbox`, `workspaceWrite`)",
    ],
    [
      "command/exec",
      policy({ type: null }),
      "invalid type: null, expected variant identifier (at params.sandboxPolicy.type)",
    ],
    [
      "command/exec",
      policy("readOnly"),
      'invalid type: string "readOnly", expected internally tagged enum SandboxPolicyDeserialize (at params.sandboxPolicy)',
    ],
    [
      "command/exec",
      policy({ type: "readOnly", networkAccess: null }),
      "invalid type: null, expected a boolean (at params.sandboxPolicy.networkAccess)",
    ],
    [
      "command/exec",
      policy({ type: "externalSandbox", networkAccess: "x" }),
      "unknown variant `x`, expected `restricted` or `enabled` (at params.sandboxPolicy.networkAccess)",
    ],
    [
      "command/exec",
      policy({ type: "externalSandbox", networkAccess: true }),
      "invalid type: boolean `true`, expected string or map (at params.sandboxPolicy.networkAccess, `restricted` or `enabled`)",
    ],
  ]);
});

Deno.test("decodeParams reports the first error of the document, then what is missing", () => {
  checkAll([
    [
      "fs/writeFile",
      { dataBase64: false, path: "rel" },
      "invalid type: boolean, expected a string (at params.dataBase64)",
    ],
    [
      "fs/writeFile",
      { path: "rel", dataBase64: false },
      'AbsolutePathBuf deserialized without a base path (at params.path, expected an absolute path, got "rel")',
    ],
    [
      "fs/copy",
      { recursive: 5 },
      "invalid type: integer `5`, expected a boolean (at params.recursive)",
    ],
  ]);
});

Deno.test("decodeParams refuses parameters that are no object", () => {
  checkAll([
    [
      "fs/getMetadata",
      "/",
      'invalid type: string "/", expected struct FsGetMetadataParams (at params)',
    ],
    [
      "fs/getMetadata",
      false,
      "invalid type: boolean `false`, expected struct FsGetMetadataParams (at params)",
    ],
  ]);
});

Deno.test("decodeParams fills the fields from an array in declared order", () => {
  assert.deepEqual(decodeParams("fs/getMetadata", ["/"]), { path: "/" });
  assert.deepEqual(decodeParams("fs/copy", ["/a", "/b", true]), {
    sourcePath: "/a",
    destinationPath: "/b",
    recursive: true,
  });
  assert.deepEqual(decodeParams("fs/remove", ["/a"]), { path: "/a" });
  assert.deepEqual(decodeParams("mock/experimentalMethod", []), {});
});

Deno.test("decodeParams refuses an array that is too short, too long or ill-typed", () => {
  checkAll([
    [
      "fs/getMetadata",
      [],
      "invalid length 0, expected struct FsGetMetadataParams with 1 element (at params, `path` is missing)",
    ],
    [
      "fs/writeFile",
      ["/a"],
      "invalid length 1, expected struct FsWriteFileParams with 2 elements (at params, `dataBase64` is missing)",
    ],
    [
      "fs/getMetadata",
      ["/", 1, 2],
      "invalid length 3, expected 1 element in sequence (at params)",
    ],
    [
      "process/spawn",
      ["true"],
      'invalid type: string "true", expected a sequence (at params.command)',
    ],
    [
      "fs/writeFile",
      ["/a", 5],
      "invalid type: integer, expected a string (at params.dataBase64)",
    ],
  ]);
});

Deno.test("decodeParams takes nothing, null or {} where there are no parameters", () => {
  for (const params of [undefined, null, {}]) {
    assert.equal(decodeParams("configRequirements/read", params), undefined);
  }
  checkAll([
    [
      "configRequirements/read",
      [],
      "invalid type: sequence, expected unit (at params)",
    ],
    [
      "configRequirements/read",
      { x: 1 },
      "invalid type: map, expected unit (at params)",
    ],
    [
      "configRequirements/read",
      "x",
      'invalid type: string "x", expected unit (at params)',
    ],
  ]);
});

Deno.test("decodeParams refuses names that only Object knows", () => {
  for (const name of ["constructor", "__proto__", "toString", ""]) {
    assert.equal(refusal(name, {}), unknownMethod(name).message);
  }
});

Deno.test("decodeParams does not mistake inherited fields for sent ones", () => {
  const params = JSON.parse('{"__proto__":{"path":"/a"}}');
  assert.equal(
    refusal("fs/getMetadata", params),
    "Invalid request: missing field `path` (at params.path, expected an absolute path)",
  );
});

Deno.test("decodeParams shortens what it repeats", () => {
  const word = "lorem ipsum ".repeat(1_000_000);
  assert.equal(
    refusal("fs/getMetadata", { path: word }),
    "Invalid request: AbsolutePathBuf deserialized without a base path " +
      "(at params.path, expected an absolute path, " +
      `got "${word.slice(0, 60)}…" (12000000 characters))`,
  );
  const cut = "x".repeat(59) + "😀".repeat(10);
  assert.equal(
    refusal("fs/getMetadata", { path: cut }),
    "Invalid request: AbsolutePathBuf deserialized without a base path " +
      "(at params.path, expected an absolute path, " +
      `got "${"x".repeat(59)}\uFFFD…" (79 characters))`,
  );
});

Deno.test("decodeParams never repeats contents or secrets", () => {
  const secret = "hunter2-hunter2";
  const refused: [string, unknown][] = [
    ["fs/writeFile", { path: secret.length, dataBase64: secret }],
    ["fs/writeFile", { dataBase64: [secret], path: "/a" }],
    ["fs/writeFile", { dataBase64: 123456789, path: "/a" }],
    ["command/exec/write", { processId: "p", deltaBase64: { secret } }],
    ["command/exec", { command: ["a"], env: secret }],
    ["command/exec", { command: ["a"], env: { TOKEN: [secret] } }],
    ["command/exec", { command: ["a"], env: { TOKEN: 123456789 } }],
    ["fs/getMetadata", { path: "sk-hunter2hunter2" }],
    ["fs/getMetadata", { path: "Bearer hunter2" }],
    ["fs/getMetadata", "eyJhbGciOiJIUzI1NiJ9.hunter2"],
    ["fs/getMetadata", "hunter2" + "0123456789abcdef".repeat(4)],
    ["command/exec", { command: ["a"], sandboxPolicy: "ghp_hunter2hunter2" }],
  ];
  for (const [method, params] of refused) {
    const message = refusal(method, params);
    assert.match(message, /^Invalid request: /);
    assert.doesNotMatch(message, /hunter2|123456789/);
  }
});

Deno.test("decodeParams shows an id, though it is long", () => {
  const id = "0199e7a1-7d1c-7e43-9a3c-7b1f1d5c2a10";
  assert.match(refusal("fs/getMetadata", { path: id }), new RegExp(id));
});

Deno.test("decodeParams quotes odd names in the place", () => {
  assert.equal(
    refusal("command/exec", { command: ["a"], env: { "A B": [] } }),
    "Invalid request: invalid type: sequence, expected a string " +
      '(at params.env["A B"])',
  );
});

Deno.test("gate refuses experimental methods and fields by name", () => {
  const cases: [string, unknown, string][] = [
    ["mock/experimentalMethod", {}, "mock/experimentalMethod"],
    ["process/spawn", {}, "process/spawn"],
    [
      "command/exec",
      { permissionProfile: "" },
      "command/exec.permissionProfile",
    ],
    ["thread/start", { dynamicTools: [] }, "thread/start.dynamicTools"],
    [
      "thread/start",
      { daybreakEnabled: false },
      "thread/start.daybreakEnabled",
    ],
    // In declared order, whatever the order of the document.
    [
      "thread/start",
      { dynamicTools: [], permissions: "x" },
      "thread/start.permissions",
    ],
    [
      "thread/start",
      { experimentalRawEvents: true },
      "thread/start.experimentalRawEvents",
    ],
    ["thread/list", { projectId: null }, "thread/list.projectId"],
  ];
  for (const [method, params, name] of cases) {
    assert.throws(
      () => gate(method, params, { experimentalApi: false }),
      new RpcError(-32600, `${name} requires experimentalApi capability`),
    );
    gate(method, params, { experimentalApi: true });
  }
});

Deno.test("gate lets through what is not used", () => {
  const cases: [string, unknown][] = [
    ["fs/readFile", { path: "/a" }],
    ["command/exec", { command: ["a"], permissionProfile: null }],
    ["thread/start", { dynamicTools: null, experimentalRawEvents: false }],
    ["thread/list", { includeAttachedThreads: false, parentThreadId: null }],
    ["no/such/method", { experimental: true }],
    ["thread/start", undefined],
  ];
  for (const [method, params] of cases) {
    gate(method, params, { experimentalApi: false });
  }
});

Deno.test("stripGangway takes our own fields away, and only those", () => {
  const params = { path: "/a", offset: 1, other: 2, length: "ill-typed" };
  assert.deepEqual(stripGangway("fs/readFile", params), {
    path: "/a",
    other: 2,
  });
  assert.equal(params.offset, 1);
});

Deno.test("stripGangway knows no methods of ours", () => {
  const name = "gangway/process/attach";
  assert.throws(() => stripGangway(name, { attachSecret: 5 }), {
    code: -32600,
    message: unknownMethod(name).message,
  });
  const [, list] = unknownMethod(name).message.split("expected");
  assert.ok(!list!.includes("gangway/"));
});

Deno.test("stripGangway gives back what has none of them", () => {
  for (const params of [{ path: "/a" }, ["/a"], null, undefined, "x"]) {
    assert.equal(stripGangway("fs/readFile", params), params);
  }
  const offset = { offset: 1 };
  assert.equal(stripGangway("fs/remove", offset), offset);
  assert.equal(stripGangway("no/such/method", offset), offset);
});

Deno.test("validator says what is wrong with a value", () => {
  const validate = validator("CancelRequestParams");
  assert.equal(validate({ id: "1" }), undefined);
  assert.equal(validate({ id: 1.5 }), undefined);
  assert.equal(
    validate({ id: null }),
    "invalid type: null, expected a string or f64 (at value.id)",
  );
  assert.equal(validator("Unfinished")({}), undefined);
});

Deno.test("validator knows no types but those of the contract", () => {
  assert.throws(
    () => validator("NoSuchType"),
    new RangeError('Unknown type "NoSuchType"'),
  );
  assert.throws(() => validator("toString"), RangeError);
});

Deno.test("decodeParams asks nothing of methods without parameters of their own", () => {
  const params = { unknown: 1 };
  assert.equal(decodeParams("modelProvider/list", params), params);
  assert.deepEqual(decodeParams("modelProvider/list", []), {});
  checkAll([
    [
      "modelProvider/list",
      "x",
      'invalid type: string "x", expected struct ModelProviderListParams (at params)',
    ],
    [
      "modelProvider/list",
      [1],
      "invalid length 1, expected 0 elements in sequence (at params)",
    ],
    [
      "userVerification/status",
      { unknown: 1 },
      "unknown field `unknown`, there are no fields (at params)",
    ],
    [
      "userVerification/cancel",
      { unknown: 1 },
      "unknown field `unknown`, expected `requestId` (at params)",
    ],
    [
      "modelProvider/config/write",
      { settings: { type: "gcp", providerId: "gcp", unknown: 1 } },
      "unknown field `unknown`, expected one of `providerId`, `projectId`, " +
      "`location`, `credentialFile` (at params.settings)",
    ],
  ]);
});

Deno.test("decodeParams takes an id as text or whole number", () => {
  const refused = "data did not match any variant of untagged enum RequestId " +
    "(at params.requestId, expected a string or i64, got ";
  checkAll([
    [
      "thread/sample/cancel",
      { requestId: 1.5 },
      `${refused}floating point \`1.5\`)`,
    ],
    [
      "userVerification/cancel",
      { requestId: true },
      `${refused}boolean \`true\`)`,
    ],
  ]);
});

Deno.test("decodeParams reads choices, and what has variants, of any JSON", () => {
  const start = (sandbox: unknown): unknown => ({ sandbox });
  const exec = (sandboxPolicy: unknown): unknown => ({
    command: ["a"],
    sandboxPolicy,
  });
  const choices = "`read-only`, `workspace-write`, `danger-full-access`";
  const kinds =
    "`dangerFullAccess`, `readOnly`, `externalSandbox`, `workspaceWrite`";
  checkAll([
    [
      "thread/start",
      start({}),
      `invalid value: map, expected map with a single key (at params.sandbox, one of ${choices})`,
    ],
    [
      "thread/start",
      start({ x: 1 }),
      `unknown variant \`x\`, expected one of ${choices} (at params.sandbox)`,
    ],
    [
      "thread/start",
      { approvalPolicy: { granular: "x" } },
      'invalid type: string "x", expected struct variant (at params.approvalPolicy.granular)',
    ],
    [
      "thread/start",
      { multiAgentMode: { custom: 5 } },
      "invalid type: integer `5`, expected a string (at params.multiAgentMode.custom)",
    ],
    [
      "command/exec",
      exec([]),
      `missing field \`type\` (at params.sandboxPolicy.type, expected one of ${kinds})`,
    ],
    [
      "command/exec",
      exec(["x"]),
      `unknown variant \`x\`, expected one of ${kinds} (at params.sandboxPolicy.type)`,
    ],
    [
      "command/exec",
      exec({ type: 5 }),
      "invalid value: integer `5`, expected variant index 0 <= i < 4 " +
      `(at params.sandboxPolicy.type, one of ${kinds})`,
    ],
    [
      "thread/goal/set",
      { threadId: "t", tokenBudget: "x" },
      'invalid type: string "x", expected i64 (at params.tokenBudget)',
    ],
  ]);
});

Deno.test("decodeParams looks at the elements of an array before their number", () => {
  checkAll([
    [
      "threadSection/create",
      { name: "n", appearance: ["x"] },
      "invalid length 1, expected struct ThreadSectionAppearance with 2 elements " +
      "(at params.appearance, an object is taken)",
    ],
    [
      "thread/items/list",
      { threadId: "t", deferOutput: ["x"] },
      'invalid type: string "x", expected a boolean (at params.deferOutput.commandExecution)',
    ],
    [
      "thread/shellCommand",
      Array(40).fill("x"),
      'invalid type: string "x", expected i64 (at params.timeoutMs)',
    ],
  ]);
});
