import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types";
import assert from "node:assert/strict";
import { until } from "../../tests/kit/until.ts";
import { silentLogger } from "../telemetry/mod.ts";
import { Connection } from "./connection.ts";
import type { ServerConfig } from "./server_config.ts";

/** A server whose lists of tools are answered by the test. */
class FakeServer implements Transport {
  onclose?: () => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  /** Ids of the questions for tools. */
  readonly asked: unknown[] = [];
  /** Ids of the questions that were taken back. */
  readonly cancelled: unknown[] = [];

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
    if (method === "resources/read") this.say({ id, result: {} });
    if (method === "tools/list") this.asked.push(id);
    if (method === "initialize") {
      this.say({
        id,
        result: {
          protocolVersion: "2025-06-18",
          capabilities: { tools: {} },
          serverInfo: { name: "fake", version: "1" },
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

  /** Answers the last question for tools. */
  list(name: string): void {
    this.say({ id: this.asked.at(-1), result: { tools: [{ name }] } });
  }
}

Deno.test("Connection asks for tools that change again and again once at a time, and has the last ones", async () => {
  const server = new FakeServer();
  const opening = Connection.open({
    config: () =>
      ({ disabledTools: new Set() }) as Partial<ServerConfig> as ServerConfig,
    transport: server,
    version: "1",
    log: silentLogger,
    elicit: () => Promise.resolve({ action: "decline" }),
  }, new AbortController().signal);
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
  const opening = Connection.open({
    config: () =>
      ({ disabledTools: new Set() }) as Partial<ServerConfig> as ServerConfig,
    transport: server,
    version: "1",
    log: silentLogger,
    elicit: () => Promise.resolve({ action: "decline" }),
  }, controller.signal);
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
