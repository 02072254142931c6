import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types";
import assert from "node:assert/strict";
import { until } from "../../tests/kit/until.ts";
import { silentLogger } from "../telemetry/mod.ts";
import { Connection } from "./connection.ts";
import type { ServerConfig } from "./server_config.ts";

/** A server whose lists of tools are answered by the test. */
class FakeServer implements Transport {
  /** What it answers to an introduction, and to who reads. */
  readonly #introduction: object;
  readonly #contents: object;
  protocolVersion?: string;
  onclose?: () => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  /** Ids of the questions for tools. */
  readonly asked: unknown[] = [];
  /** Ids of the questions that were taken back. */
  readonly cancelled: unknown[] = [];

  constructor(
    { introduction = {}, contents = { contents: [] } }: {
      introduction?: object;
      contents?: object;
    } = {},
  ) {
    this.#introduction = introduction;
    this.#contents = contents;
  }

  setProtocolVersion(version: string): void {
    this.protocolVersion = version;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    const { id, method, params } = message as {
      id?: number;
      method?: string;
      params?: { requestId?: number };
    };
    if (method === "notifications/cancelled") {
      this.cancelled.push(params?.requestId);
    }
    if (method === "resources/read") {
      this.say({ id, result: this.#contents });
    }
    if (method === "tools/list") this.asked.push(id);
    if (method === "initialize") {
      this.say({
        id,
        result: {
          protocolVersion: "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "fake", version: "1" },
          ...this.#introduction,
        },
      });
    }
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.onclose?.();
    return Promise.resolve();
  }

  say(message: object): void {
    this.onmessage?.({ jsonrpc: "2.0", ...message } as JSONRPCMessage);
  }

  /** Opens a connection to it, without waiting for that. */
  open(signal = new AbortController().signal): Promise<Connection> {
    return Connection.open({
      config: () =>
        ({ disabledTools: new Set() }) as Partial<ServerConfig> as ServerConfig,
      transport: this,
      version: "1",
      log: silentLogger,
      elicit: () => Promise.resolve({ action: "decline" }),
    }, signal);
  }

  /** Answers the last question for tools. */
  list(name: string): void {
    this.say({ id: this.asked.at(-1), result: { tools: [{ name }] } });
  }
}

Deno.test("Connection asks for tools that change again and again once at a time, and has the last ones", async () => {
  const server = new FakeServer();
  const opening = server.open();
  const asked = (times: number) =>
    until("a question for tools", () => server.asked.length === times);
  await asked(1);
  server.list("first");
  await using connection = await opening;
  const names = () => connection.tools.map(({ name }) => name);
  const change = () =>
    server.say({ method: "notifications/tools/list_changed" });
  assert.deepEqual(names(), ["first"]);
  for (let times = 0; times < 100; times++) change();
  await asked(2);
  server.list("between");
  await asked(3);
  server.list("last");
  await until("the last tools", () => names()[0] === "last");
  assert.equal(server.asked.length, 3);
  change();
  await asked(4);
});

Deno.test("Connection takes back what was not answered, and nothing else", async () => {
  const server = new FakeServer();
  const controller = new AbortController();
  const opening = server.open(controller.signal);
  await until("a question for tools", () => server.asked.length === 1);
  server.list("first");
  await using connection = await opening;
  const { signal } = controller;
  assert.deepEqual(await connection.read("x", { signal }), []);
  const open = connection.listPage("resources/list", undefined, signal);
  controller.abort(new Error("enough"));
  await assert.rejects(open, { message: "enough" });
  assert.deepEqual(server.cancelled, [3]);
});

/** Opens a connection to a server that is asked for its tools. */
async function openAsked(
  server: FakeServer,
  answer: object,
): Promise<Connection> {
  const opening = server.open();
  await until("a question for tools", () => server.asked.length === 1);
  server.say({ id: server.asked[0], ...answer });
  return await opening;
}

Deno.test("Connection takes servers of any version", async () => {
  const server = new FakeServer({
    introduction: { protocolVersion: "1999-12-31" },
  });
  await using connection = await openAsked(server, {
    result: { tools: [{ name: "old" }] },
  });
  assert.deepEqual(connection.tools, [{ name: "old" }]);
  assert.equal(server.protocolVersion, "1999-12-31");
});

Deno.test("Connection asks for tools whether a server says that it has any or not", async () => {
  const introduction = { capabilities: {} };
  const silent = new FakeServer({ introduction });
  await using connection = await openAsked(silent, {
    result: { tools: [{ name: "unsaid" }] },
  });
  assert.deepEqual(connection.tools, [{ name: "unsaid" }]);
  const unknown = { error: { code: -32601, message: "Method not found" } };
  const without = new FakeServer({ introduction });
  await using none = await openAsked(without, unknown);
  assert.deepEqual(none.tools, []);
  await assert.rejects(openAsked(new FakeServer(), unknown), {
    name: "McpFailure",
    message: "Mcp error: -32601: Method not found",
  });
});

Deno.test("Connection.read() refuses what are no contents", async () => {
  const server = new FakeServer({ contents: {} });
  await using connection = await openAsked(server, { result: { tools: [] } });
  const { signal } = new AbortController();
  await assert.rejects(connection.read("x", { signal }), {
    name: "McpFailure",
    message: "Unexpected response type",
  });
});

Deno.test("Connection.open() tells with what error a server answered its introduction", async () => {
  const server = new class extends FakeServer {
    override send(message: JSONRPCMessage): Promise<void> {
      const { id } = message as { id?: number };
      const error = { code: -32000, message: "no", data: { why: 1 } };
      if (id !== undefined) this.say({ id, error });
      return Promise.resolve();
    }
  }();
  await assert.rejects(server.open(), {
    name: "Unwelcome",
    message: "JSON-RPC error: -32000: no",
  });
});
