import assert from "node:assert/strict";
import { until } from "../../tests/kit/until.ts";
import { Config } from "../config/mod.ts";
import {
  fixture,
  Ground,
  plain,
  settings,
  THREAD_ID,
} from "./_mcp_ground_test.ts";
import type { ThreadServers } from "./thread_servers.ts";

const never = new AbortController().signal;

/** Starts them, and waits until all have come up or failed. */
async function openAll(
  ground: Ground,
  thread: ThreadServers = ground.open(),
): Promise<ThreadServers> {
  thread.start();
  await Promise.all(thread.servers.map((one) => one.settled()));
  return thread;
}

function callFailure(tool: string, reason: string): string {
  return "Wall time: T seconds\nOutput:\ntool call error: tool call failed " +
    `for \`faulty/${tool}\`\n\nCaused by:\n    ${reason}`;
}

Deno.test("ThreadServers starts a server of the SDK, tells how far it is, and has its tools", async () => {
  await using ground = await Ground.create({
    "re-al": fixture("mcp_stdio_server.ts"),
  });
  const thread = ground.open();
  assert.deepEqual(ground.news, []);
  await openAll(ground, thread);
  thread.start();
  await thread.settled(never);
  const about = { threadId: THREAD_ID, name: "re-al" };
  const fine = { error: null, failureReason: null };
  assert.deepEqual(ground.news.slice(0, 2), [
    { ...about, status: "starting", ...fine },
    { ...about, status: "ready", ...fine },
  ]);
  const names = thread.tools().map(({ namespace, name }) =>
    [namespace, name].join(" ")
  );
  assert.deepEqual(names, [
    " list_mcp_resources",
    " list_mcp_resource_templates",
    " read_mcp_resource",
    "mcp__re_al ask",
    "mcp__re_al cancelled",
    "mcp__re_al echo",
    "mcp__re_al fail",
    "mcp__re_al grow",
    "mcp__re_al steps",
    "mcp__re_al wait",
    "mcp__re_al write",
  ]);
  const echo = thread.tools().find(({ name }) => name === "echo")!;
  assert.deepEqual(echo.spec({ settings: settings(), model: undefined! }), {
    type: "namespace",
    name: "mcp__re_al",
    description: "Handle with care.",
    tools: [{
      type: "function",
      name: "echo",
      description: "Echoes",
      strict: false,
      parameters: { type: "object", properties: {} },
    }],
  });
  const output = await ground.call(thread, "echo", { a: 1 });
  assert.equal(
    plain(output),
    'Wall time: T seconds\nOutput:\n{"input":{"a":1}}',
  );
  assert.deepEqual(ground.stage.item, {
    type: "mcpToolCall",
    id: "c1",
    server: "re-al",
    tool: "echo",
    status: "completed",
    arguments: { a: 1 },
    appContext: null,
    mcpAppUi: null,
    pluginId: null,
    readOnlyHint: true,
    result: {
      content: [{ type: "text", text: 'echo {"a":1}' }],
      structuredContent: { input: { a: 1 } },
      _meta: { of: "c1" },
    },
    error: null,
    durationMs: 0,
  });
});

Deno.test("ThreadServers: progress, errors, questions, cancellation and new tools of a server", async (t) => {
  await using ground = await Ground.create({
    real: fixture("mcp_stdio_server.ts"),
  });
  const { stage } = ground;
  const thread = await openAll(ground);
  await t.step("progress is told, and comes before the end", async () => {
    await ground.call(thread, "steps");
    const at = stage.told.map(([what]) => what);
    assert.deepEqual(at, [
      "started",
      "item/mcpToolCall/progress",
      "item/mcpToolCall/progress",
      "completed",
    ]);
    assert.deepEqual(stage.told[2]![1], {
      threadId: THREAD_ID,
      turnId: "turn",
      itemId: "c1",
      message: "step 2",
    });
  });
  await t.step("a result that is an error", async () => {
    const output = await ground.call(thread, "fail");
    assert.equal(plain(output), "Wall time: T seconds\nOutput:\nit failed");
    assert.equal(output.isSuccess, false);
    assert.deepEqual(
      [stage.item["status"], stage.item["error"], stage.item["result"]],
      ["failed", null, {
        content: [{ type: "text", text: "it failed" }],
        structuredContent: null,
        _meta: null,
      }],
    );
  });
  await t.step(
    "a question is put to people, the answer goes back",
    async () => {
      stage.answer = () => ({ action: "accept", content: { colour: "blue" } });
      const output = await ground.call(thread, "ask");
      assert.match(
        plain(output),
        /\{"action":"accept","content":\{"colour":"blue"\}\}$/,
      );
      assert.deepEqual(stage.told.at(-2), ["mcpServer/elicitation/request", {
        threadId: THREAD_ID,
        turnId: "turn",
        serverName: "real",
        mode: "form",
        _meta: null,
        message: "Which colour?",
        requestedSchema: {
          type: "object",
          properties: { colour: { type: "string" } },
        },
      }, "waitingOnApproval"]);
    },
  );
  for (const answer of [{ action: "maybe" }, null, 7]) {
    await t.step(`an answer that is none declines: ${answer}`, async () => {
      stage.answer = () => answer;
      const output = await ground.call(thread, "ask");
      assert.match(plain(output), /\n\{"action":"decline"\}$/);
    });
  }
  await t.step("nobody is asked where nobody may be", async () => {
    stage.answer = () => assert.fail();
    const granular = {
      sandbox_approval: true,
      rules: true,
      mcp_elicitations: false,
    };
    for (const approvalPolicy of ["never", { granular }] as const) {
      const output = await ground.call(thread, "ask", {}, {
        settings: settings({ approvalPolicy }),
      });
      assert.match(plain(output), /\n\{"action":"decline"\}$/);
    }
  });
  await t.step(
    "an interrupted call is complete, and its server hears of it",
    async () => {
      const controller = new AbortController();
      const called = ground.call(thread, "wait", {}, {
        signal: controller.signal,
      });
      await until(
        "the call",
        () => stage.told.at(-1)?.[0] === "item/mcpToolCall/progress",
      );
      controller.abort(new DOMException("Interrupted", "AbortError"));
      await assert.rejects(called, { name: "AbortError" });
      assert.deepEqual(stage.item["error"], {
        message: "MCP tool call was interrupted",
      });
      const output = await until("the server heard of it", async () => {
        const output = plain(await ground.call(thread, "cancelled"));
        return /Interrupted/.test(output) && output;
      });
      assert.match(output, /AbortError: Interrupted/);
    },
  );
  await t.step(
    "tools that come later are there for the next response",
    async () => {
      await ground.call(thread, "grow");
      await until(
        "the new tool",
        () => thread.tools().some(({ name }) => name === "grown"),
      );
    },
  );
  await t.step("resources are read by models", async () => {
    const read = async (name: string, input: unknown) =>
      plain(await ground.call(thread, name, input));
    assert.deepEqual([
      await read("list_mcp_resources", {}),
      await read("list_mcp_resources", { server: "real" }),
      await read("list_mcp_resources", { server: "other" }),
      await read("list_mcp_resources", { cursor: "1" }),
      await read("list_mcp_resource_templates", {}),
      await read("read_mcp_resource", { server: "real", uri: "real://a" }),
      await read("read_mcp_resource", { server: "real", uri: "real://b" }),
    ], [
      '{"resources":[{"server":"real","uri":"real://a","name":"a","mimeType":"text/plain"}]}',
      '{"server":"real","resources":[{"server":"real","uri":"real://a","name":"a","mimeType":"text/plain"}]}',
      "unknown MCP server 'other'",
      "cursor can only be used when a server is specified",
      '{"resourceTemplates":[{"server":"real","uriTemplate":"real://{x}","name":"x"}]}',
      '{"server":"real","uri":"real://a","contents":[{"uri":"real://a","text":"an a"}]}',
      "resources/read failed: resources/read failed for `real` (real://b): " +
      "Mcp error: -32002: no such resource",
    ]);
  });
});

Deno.test("ThreadServers tells why servers can't be started, and keeps no turn from beginning", async () => {
  await using ground = await Ground.create({
    dead: fixture("mcp_faulty_server.js", "dead"),
    missing: { command: "no-such-program-anywhere" },
    off: { command: "no-such-program-anywhere", enabled: false },
    silent: {
      ...fixture("mcp_faulty_server.js", "silent"),
      startup_timeout_sec: 5,
    },
    fine: fixture("mcp_faulty_server.js", "fine"),
  }, { config: { mcp_optional_startup_grace_ms: 100 } });
  const thread = ground.open();
  await thread.settled(never);
  assert.ok(thread.find("silent")!.isStarting);
  // Nobody waits twice: timers fire in the order of their times.
  let isOver = false;
  const over = setTimeout(() => isOver = true, 90);
  await thread.settled(never);
  clearTimeout(over);
  assert.ok(!isOver);
  assert.ok(thread.find("silent")!.isStarting);
  await Promise.all(thread.servers.map((one) => one.settled()));
  const ends = ground.news.filter(({ status }) => status !== "starting")
    .map(({ name, status, error }) => [name, status, error])
    .sort((a, b) => a[0]! < b[0]! ? -1 : 1);
  const start = (name: string) =>
    `MCP client for \`${name}\` failed to start: MCP startup failed: `;
  assert.deepEqual(ends, [
    [
      "dead",
      "failed",
      start("dead") + "handshaking with MCP server failed: " +
      "connection closed: initialize response: " +
      "connection closed: initialize response",
    ],
    ["fine", "ready", null],
    [
      "missing",
      "failed",
      start("missing") + "No such file or directory (os error 2)",
    ],
    [
      "silent",
      "failed",
      "MCP client for `silent` timed out after 5 seconds. Add or adjust " +
      "`startup_timeout_sec` in your config.toml:\n[mcp_servers.silent]\n" +
      "startup_timeout_sec = XX",
    ],
  ]);
  assert.deepEqual(
    thread.servers.map(({ name, status }) => [name, status]),
    [
      ["dead", "failed"],
      ["fine", "connected"],
      ["missing", "failed"],
      ["off", "disabled"],
      ["silent", "failed"],
    ],
  );
  await assert.doesNotReject(thread.required());
});

Deno.test("ThreadServers tells in the same words of a server that ends, whenever that is", async () => {
  const lines = ["exit 3", "sleep 0.1; exit 3", "read x; exit 3", "kill -9 $$"];
  await using ground = await Ground.create(
    Object.fromEntries(
      lines.map((line, at) => [
        `s${at}`,
        { command: "sh", args: ["-c", line] },
      ]),
    ),
  );
  await openAll(ground);
  const reason = "connection closed: initialize response";
  assert.deepEqual(
    ground.news.flatMap(({ name, error }) =>
      error === null ? [] : [
        error.replace(name, "NAME"),
      ]
    ),
    Array(lines.length).fill(
      "MCP client for `NAME` failed to start: MCP startup failed: " +
        `handshaking with MCP server failed: ${reason}: ${reason}`,
    ),
  );
});

Deno.test("ThreadServers.required fails with the servers that must be there", async () => {
  await using ground = await Ground.create({
    fine: { ...fixture("mcp_faulty_server.js", "fine"), required: true },
    gone: { command: "no-such-program-anywhere", required: true },
  });
  const thread = ground.open();
  await assert.rejects(thread.required(), {
    name: "McpFailure",
    message: "required MCP servers failed to initialize: " +
      "gone: No such file or directory (os error 2)",
  });
  assert.deepEqual(ground.news, []); // there is no thread that it could be of
  thread.start();
  assert.deepEqual(
    ground.news.map(({ name, status }) => [name, status]).sort(),
    [
      ["fine", "ready"],
      ["fine", "starting"],
      ["gone", "failed"],
      ["gone", "starting"],
    ],
  );
});

Deno.test("ThreadServers waits for a server longer than a timer can", async () => {
  for (const startup_timeout_sec of [3_000_000, 1e300, Infinity]) {
    await using ground = await Ground.create({
      fine: {
        ...fixture("mcp_faulty_server.js", "fine"),
        startup_timeout_sec,
      },
    }, { config: { mcp_optional_startup_grace_ms: 1e300 } });
    const thread = ground.open();
    await thread.settled(never);
    assert.equal(thread.find("fine")!.status, "connected");
  }
});

Deno.test("ThreadServers: an interrupt ends the wait for servers", async () => {
  await using ground = await Ground.create({
    silent: fixture("mcp_faulty_server.js", "silent"),
  }, { config: { mcp_optional_startup_grace_ms: 3_600_000 } });
  const thread = ground.open();
  const controller = new AbortController();
  const settled = thread.settled(controller.signal);
  controller.abort();
  await settled;
  assert.ok(thread.find("silent")!.isStarting);
});

for (const mode of ["flood", "garbage", "pages"]) {
  Deno.test(`ThreadServers gets along with a server of ${mode}`, async () => {
    await using ground = await Ground.create({
      faulty: fixture("mcp_faulty_server.js", mode),
    });
    const thread = await openAll(ground);
    assert.equal(
      plain(await ground.call(thread, "fine")),
      "Wall time: T seconds\nOutput:\nfine",
    );
  });
}

Deno.test("ThreadServers: a server that dies within a call fails it, and stays gone until a reload", async () => {
  await using ground = await Ground.create({
    faulty: fixture("mcp_faulty_server.js", "fine"),
  });
  const thread = await openAll(ground);
  const died = plain(await ground.call(thread, "die"));
  assert.equal(died, callFailure("die", "Transport closed"));
  const after = plain(await ground.call(thread, "fine"));
  assert.equal(after, callFailure("fine", "Transport closed"));
  assert.equal(thread.find("faulty")!.status, "failed");
  thread.reload(ground.config);
  await thread.find("faulty")!.settled();
  const again = plain(await ground.call(thread, "fine"));
  assert.equal(again, "Wall time: T seconds\nOutput:\nfine");
});

Deno.test("ThreadServers: huge results are cut for models and for clients; an endless one costs the connection", async () => {
  await using ground = await Ground.create({
    faulty: fixture("mcp_faulty_server.js", "fine"),
  });
  const thread = await openAll(ground);
  const huge = plain(await ground.call(thread, "huge"));
  assert.ok(huge.length < 5000, `${huge.length} characters`);
  assert.match(huge, /truncated/);
  const { result } = ground.stage.item as {
    result: { content: [{ text: string }] };
  };
  assert.ok(result.content[0].text.length < 1_100_000);
  assert.match(result.content[0].text, /^The result is too large to be kept/);
  const endless = plain(await ground.call(thread, "endless"));
  assert.equal(endless, callFailure("endless", "Transport closed"));
});

Deno.test("ThreadServers: a call that takes too long fails; the time of a question does not count", async () => {
  await using ground = await Ground.create({
    faulty: { ...fixture("mcp_faulty_server.js"), tool_timeout_sec: 0.3 },
    real: { ...fixture("mcp_stdio_server.ts"), tool_timeout_sec: 4 },
  });
  const thread = await openAll(ground);
  const silent = plain(await ground.call(thread, "silent"));
  assert.equal(
    silent,
    callFailure("silent", "timed out awaiting tools/call after 300ms"),
  );
  ground.stage.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, 4500));
    return { action: "accept", content: {} };
  };
  const asked = plain(await ground.call(thread, "ask"));
  assert.match(asked, /\{"action":"accept","content":\{\}\}$/);
});

Deno.test("ThreadServers gives a program few variables of the server's, and those it is to have", async () => {
  await using ground = await Ground.create({
    faulty: {
      ...fixture("mcp_faulty_server.js", "fine"),
      env: { GIVEN: "1", LANG: "xx" },
      env_vars: ["WANTED", "ABSENT", { name: "ALSO" }],
    },
  }, {
    environment: {
      PATH: Deno.env.get("PATH")!,
      HOME: Deno.env.get("HOME")!,
      LANG: "C",
      SECRET: "s",
      WANTED: "w",
      ALSO: "a",
    },
  });
  const thread = await openAll(ground);
  const { output } = await ground.call(thread, "environment");
  const text = (output as { text: string }[])[1]!.text;
  assert.deepEqual(JSON.parse(text), {
    PATH: Deno.env.get("PATH"),
    HOME: Deno.env.get("HOME"),
    LANG: "xx",
    GIVEN: "1",
    WANTED: "w",
    ALSO: "a",
  });
});

Deno.test("ThreadServers.reload keeps what is as it was, starts what is new, ends what is gone", async () => {
  const stays = fixture("mcp_faulty_server.js", "fine");
  await using ground = await Ground.create({ stays, goes: stays });
  const thread = await openAll(ground);
  const [goes, stayed] = thread.servers;
  ground.news.length = 0;
  thread.reload(
    new Config({
      effective: {
        mcp_servers: {
          comes: stays,
          stays: { ...stays, disabled_tools: ["die"] },
        },
      },
    }),
  );
  await Promise.all(thread.servers.map((one) => one.settled()));
  assert.deepEqual(
    ground.news.map(({ name, status }) => [name, status]),
    [["comes", "starting"], ["stays", "ready"], ["comes", "ready"]],
  );
  assert.equal(thread.find("stays"), stayed);
  const tools = thread.tools().filter(({ namespace }) =>
    namespace === "mcp__stays"
  ).map(({ name }) => name);
  assert.deepEqual(tools, ["endless", "environment", "fine", "huge", "silent"]);
  await until("the end of the old one", () => goes!.connection!.isClosed);
  await thread[Symbol.asyncDispose]();
  assert.equal(ground.programs.size, 0);
});

Deno.test("ThreadServers leaves no program behind, also of a server that won't end", async () => {
  await using ground = await Ground.create({
    stubborn: fixture("mcp_faulty_server.js", "stubborn"),
    silent: fixture("mcp_faulty_server.js", "silent"),
  });
  const thread = ground.open();
  thread.start();
  await thread.find("stubborn")!.settled();
  assert.equal(ground.programs.size, 2);
  await thread[Symbol.asyncDispose]();
  assert.equal(ground.programs.size, 0);
  const { status } = ground.news.at(-1)!;
  assert.equal(status, "ready"); // nobody hears of a start that was broken off
});

Deno.test("ThreadServers starts nothing once it is disposed", async () => {
  await using ground = await Ground.create({
    fine: { ...fixture("mcp_faulty_server.js", "fine"), required: true },
  });
  const thread = ground.open();
  const required = thread.required();
  await thread[Symbol.asyncDispose]();
  await required;
  thread.start();
  await thread.settled(never);
  await assert.rejects(thread.find("fine")!.connected(), {
    name: "McpFailure",
    message: "MCP startup was cancelled",
  });
  assert.equal(ground.programs.size, 0);
  assert.deepEqual(ground.news, []);
});

Deno.test("ThreadServers has the servers of plugins, and says whose they are", async () => {
  await using ground = await Ground.create({}, {
    brought: [{
      pluginId: "demo@mp",
      pluginName: "demo",
      name: "real",
      table: fixture("mcp_stdio_server.ts"),
    }],
  });
  const thread = ground.open();
  await thread.filled;
  await openAll(ground, thread);
  assert.deepEqual(
    ground.news.map(({ name, status }) => [name, status]),
    [["real", "starting"], ["real", "ready"]],
  );
  const echo = thread.tools().find(({ name }) => name === "echo")!;
  const spec = echo.spec({ settings: settings(), model: undefined! });
  assert.equal(
    (spec as { tools: { description: string }[] }).tools[0]!.description,
    "Echoes. It came with the plugin `demo`.",
  );
  ground.stage.answer = () => ({
    action: "accept",
    _meta: { persist: "always" },
  });
  await ground.call(thread, "write");
  assert.equal(ground.stage.item["pluginId"], "demo@mp");
  assert.deepEqual(ground.written, [{
    edits: [{
      keyPath:
        '"plugins"."demo@mp"."mcp_servers"."real"."tools"."write"."approval_mode"',
      value: "approve",
      mergeStrategy: "upsert",
    }],
  }]);
  const { data } = await ground.servers.list({ threadId: THREAD_ID });
  assert.deepEqual(
    data.map(({ name, pluginId }) => [name, pluginId]),
    [["real", "demo@mp"]],
  );
  assert.equal(
    data[0]!.tools["echo"]!.description,
    "Echoes. It came with the plugin `demo`.",
  );
});

Deno.test("McpServers.prepareReload reads the configuration with what a thread was opened with", async () => {
  await using ground = await Ground.create({});
  const requested = { "mcp_servers.mine": { command: "c" } };
  const wished = { sandbox: "read-only" } as const;
  ground.config = new Config({ requested, wished });
  ground.open();
  const go = await ground.servers.prepareReload();
  go();
  assert.deepEqual(ground.asked, [{
    cwd: ground.home,
    overrides: requested,
    wished,
  }]);
});
