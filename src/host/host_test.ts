import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { Access, type AccessRules } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import type { Context } from "../rpc/mod.ts";
import { Environments } from "./environments.ts";
import type { Host } from "./host.ts";
import { hostHandlers as handlers } from "./handlers.ts";
import { toZip } from "./_zip.ts";

/** None of these methods looks at who asks. */
const context = undefined as unknown as Context;

async function createHost(
  { rules = {}, hasChatgpt = false }: {
    rules?: AccessRules;
    hasChatgpt?: boolean;
  } = {},
): Promise<Host> {
  const known: Omit<Host, "programs" | "gauges"> = {
    name: "box",
    installationId: "id-1",
    env: { get: (name) => name === "SHELL" ? "/usr/bin/zsh" : undefined },
    access: await Access.create(rules),
    cwd: "/home/a b/ü",
    hasChatgpt: () => Promise.resolve(hasChatgpt),
    environments: new Environments({
      dial: () => Promise.reject(new Error("Nobody is there")),
      onChange: () => {},
    }),
  };
  return known as Host; // the rest is for server/diagnostics
}

/** What a call is refused with. */
async function refusalOf(call: () => unknown): Promise<unknown[]> {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof RpcError, String(error));
    return [error.code, error.message, error.data];
  }
  assert.fail("Expected a refusal");
}

Deno.test("environment/*: this machine is ready, others are unknown", async () => {
  const host = await createHost();
  const info = (environmentId: string) =>
    handlers["environment/info"](host, { environmentId }, context);
  const status = (environmentId: string) =>
    handlers["environment/status"](host, { environmentId }, context);
  assert.deepEqual(await info("local"), {
    shell: { name: "zsh", path: "/usr/bin/zsh" },
    cwd: "file:///home/a%20b/%C3%BC",
  });
  assert.deepEqual(await status("local"), { status: "ready" });
  assert.deepEqual(await status("moon"), {
    status: "unknown",
    error: "unknown environment id `moon`",
  });
  assert.deepEqual(await refusalOf(() => info("moon")), [
    -32600,
    "unknown environment id `moon`",
    undefined,
  ]);
});

Deno.test("environment/*: one that can't be reached is added, and told about", async () => {
  const host = await createHost();
  await using _ = host.environments;
  const environmentId = "box";
  const params = { environmentId, execServerUrl: "ws://h" };
  assert.deepEqual(
    handlers["environment/add"](host, params, context),
    {},
  );
  const error = "exec-server connection attempt failed: failed to connect to " +
    "exec-server websocket `ws://h`: IO error: Nobody is there";
  assert.deepEqual(
    await refusalOf(() =>
      handlers["environment/info"](host, { environmentId }, context)
    ),
    [-32603, `failed to get info for environment \`box\`: ${error}`, undefined],
  );
  assert.deepEqual(
    await handlers["environment/status"](host, { environmentId }, context),
    { status: "disconnected", error },
  );
});

Deno.test("remoteControl/*: is known, and stays off", async () => {
  const off = {
    status: "disabled",
    serverName: "box",
    installationId: "id-1",
    environmentId: null,
  };
  const host = await createHost();
  const signedIn = await createHost({ hasChatgpt: true });
  assert.deepEqual(
    handlers["remoteControl/status/read"](host, undefined, context),
    off,
  );
  assert.deepEqual(
    await handlers["remoteControl/disable"](signedIn, {}, context),
    off,
  );
  const needsAccount = "remote control requires ChatGPT authentication";
  const unsupported = "remote control is not supported by this server";
  const needsEnabling =
    "remote control pairing requires remote control to be enabled";
  const cases: [() => unknown, string][] = [
    [() => handlers["remoteControl/disable"](host, {}, context), needsAccount],
    [() => handlers["remoteControl/enable"](host, {}, context), needsAccount],
    [
      () => handlers["remoteControl/enable"](signedIn, {}, context),
      unsupported,
    ],
    [
      () =>
        handlers["remoteControl/client/list"](
          host,
          { environmentId: "e" },
          context,
        ),
      needsAccount,
    ],
    [
      () =>
        handlers["remoteControl/client/revoke"](
          signedIn,
          { environmentId: "e", clientId: "c" },
          context,
        ),
      unsupported,
    ],
    [
      () => handlers["remoteControl/pairing/start"](host, {}, context),
      needsEnabling,
    ],
    [
      () =>
        handlers["remoteControl/pairing/status"](
          host,
          { pairingCode: "x" },
          context,
        ),
      needsEnabling,
    ],
    [
      () => handlers["remoteControl/pairing/status"](host, {}, context),
      "remoteControl/pairing/status requires pairingCode or manualPairingCode",
    ],
  ];
  for (const [call, message] of cases) {
    assert.deepEqual(await refusalOf(call), [-32600, message, undefined]);
  }
});

Deno.test("userVerification/*: can't be done, and nonsense is told apart", async () => {
  const host = await createHost();
  const unavailable =
    "User verification is not available in this build or account.";
  assert.deepEqual(
    handlers["userVerification/status"](host, {}, context),
    {
      credentialId: null,
      unavailableReason: "providerUnavailable",
      unavailableMessage: unavailable,
    },
  );
  assert.deepEqual(
    handlers["userVerification/cancel"](host, { requestId: 1 }, context),
    {},
  );
  const refused = [-32603, unavailable, {
    type: "unavailable",
    reason: "providerUnavailable",
  }];
  const verify = (
    challenge: string,
    title = "t",
    description = "",
  ) =>
    refusalOf(() =>
      handlers["userVerification/verify"](
        host,
        { challenge, title, description },
        context,
      )
    );
  const longest = "A".repeat(5462); // 4096 bytes
  assert.deepEqual(await verify("YQ"), refused);
  assert.deepEqual(await verify(longest, "t".repeat(256)), refused);
  const invalid = [-32602, "Invalid verification challenge or display text.", {
    type: "invalidRequest",
    reason: "invalidParams",
  }];
  assert.deepEqual(await verify(""), invalid);
  assert.deepEqual(await verify("YQ=="), invalid);
  assert.deepEqual(await verify("Y"), invalid);
  assert.deepEqual(await verify(`${longest}AA`), invalid);
  assert.deepEqual(await verify("YQ", ""), invalid);
  assert.deepEqual(await verify("YQ", "ü".repeat(129)), invalid);
  assert.deepEqual(await verify("YQ", "t", "d".repeat(4097)), invalid);
  for (
    const method of [
      "userVerification/enroll",
      "userVerification/delete",
    ] as const
  ) {
    assert.deepEqual(
      await refusalOf(() => handlers[method](host, {}, context)),
      refused,
    );
  }
});

Deno.test("feedback/save: a report and its files, where nothing was, within the rules", async () => {
  const directory = await Deno.realPath(await Deno.makeTempDir());
  try {
    const open = await createHost();
    const savePath = `${directory}/report.zip`;
    const log = `${directory}/a.log`;
    await Deno.writeTextFile(log, "a line\n");
    const params = {
      savePath,
      classification: "bug",
      reason: "It broke",
      extraLogFiles: [log],
    };
    const saved = await handlers["feedback/save"](open, params, context);
    assert.ok("savedPath" in saved);
    assert.equal(saved.savedPath, savePath);
    assert.match(saved.threadId, /^no-active-thread-[0-9a-f-]{36}$/);
    const zip = await Deno.readTextFile(savePath);
    for (const part of ["report.json", "It broke", "1-a.log", "a line\n"]) {
      assert.ok(zip.includes(part), part);
    }
    if (Deno.build.os !== "windows") {
      assert.equal((await Deno.stat(savePath)).mode! & 0o777, 0o600);
    }
    const save = (host: Host, change: Partial<typeof params>) =>
      refusalOf(() =>
        handlers["feedback/save"](host, { ...params, ...change }, context)
      );
    assert.deepEqual(await save(open, {}), [
      -32603,
      "failed to save feedback: feedback save path already exists",
      undefined,
    ]);
    assert.deepEqual(await save(open, { savePath: "relative.zip" }), [
      -32600,
      "feedback savePath must be an absolute host path",
      undefined,
    ]);
    const other = `${directory}/other.zip`;
    const noWrite = await createHost({ rules: { denyWrite: [directory] } });
    const noRead = await createHost({ rules: { denyRead: [log] } });
    for (const host of [noWrite, noRead]) {
      const [code] = await save(host, { savePath: other });
      assert.equal(code, -32603);
    }
    const [code] = await save(open, {
      savePath: other,
      extraLogFiles: [directory],
    });
    assert.equal(code, -32603);
    await assert.rejects(Deno.stat(other), Deno.errors.NotFound);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("feedback/upload: nothing leaves the machine", async () => {
  const host = await createHost();
  const [code] = await refusalOf(() =>
    handlers["feedback/upload"](host, { classification: "bug" }, context)
  );
  assert.equal(code, -32603);
});

/** Milliseconds that something takes where nothing comes in between. */
function timeOf(work: () => unknown): number {
  const times = Array.from({ length: 10 }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}

Deno.test("toZip: who else is served does not wait for large files", () => {
  const bytes = new Uint8Array(8 * 1024 * 1024);
  const needed = timeOf(() => crc32(bytes));
  const ms = timeOf(() => toZip([{ name: "large", bytes }]));
  assert.ok(ms < 10 * needed + 5, `${ms} ms where ${needed} ms are needed`);
});

Deno.test("toZip: what stands in it is found by its directory", async () => {
  const entries = [
    { name: "é.txt", bytes: new TextEncoder().encode("123456789") },
    { name: "empty", bytes: new Uint8Array() },
  ];
  const zip = new Uint8Array(
    await new Blob(toZip(entries)).arrayBuffer(),
  );
  const view = new DataView(zip.buffer);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const end = zip.length - 22;
  assert.equal(u32(end), 0x06054b50);
  assert.equal(u16(end + 10), 2);
  const found = [];
  let at = u32(end + 16);
  for (let entry = 0; entry < 2; entry++) {
    assert.equal(u32(at), 0x02014b50);
    const length = u16(at + 28);
    const name = new TextDecoder().decode(
      zip.subarray(at + 46, at + 46 + length),
    );
    const local = u32(at + 42);
    assert.equal(u32(local), 0x04034b50);
    const start = local + 30 + u16(local + 26) + u16(local + 28);
    found.push({
      name,
      sum: u32(at + 16),
      text: new TextDecoder().decode(zip.subarray(start, start + u32(at + 24))),
    });
    at += 46 + length;
  }
  assert.equal(at, end);
  assert.deepEqual(found, [
    { name: "é.txt", sum: 0xcbf43926, text: "123456789" },
    { name: "empty", sum: 0, text: "" },
  ]);
});
