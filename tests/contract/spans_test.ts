import assert from "node:assert/strict";
import { initialize, nextReply, request, rest } from "../kit/peer.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";

/** A span as it is exported (OTLP, JSON). */
interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
}

/** A collector that keeps what servers export to it. */
interface Collector extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  readonly spans: readonly ExportedSpan[];
}

function startCollector(): Collector {
  const spans: ExportedSpan[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { resourceSpans = [] } = await request.json();
      for (const { scopeSpans } of resourceSpans) {
        for (const scope of scopeSpans) {
          if (scope.scope?.name === "gangway") spans.push(...scope.spans);
        }
      }
      return Response.json({});
    },
  );
  return {
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}`,
    },
    spans,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const AMBIENT_TRACE = "11111111111111111111111111111111";
const AMBIENT_PARENT = "2222222222222222";

Deno.test("a request's span has the parent that its trace field names, else TRACEPARENT's", async () => {
  await using collector = startCollector();
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    env: {
      ...collector.env,
      TRACEPARENT: `00-${AMBIENT_TRACE}-${AMBIENT_PARENT}-01`,
    },
  });
  const peer = server.stdio;
  await initialize(peer);
  const path = "/nonexistent/file";
  await peer.send(
    JSON.stringify({
      id: 1,
      method: "fs/getMetadata",
      params: { path: "/" },
      trace: {
        traceparent: `00-${TRACE}-${PARENT}-01`,
        tracestate: "vendor=value",
      },
    }),
    request("two", "fs/getMetadata", { path }),
    // Nothing can be said of a parent that is not well formed.
    JSON.stringify({
      id: 3,
      method: "fs/readDirectory",
      params: { path: home.path },
      trace: { traceparent: "00-0-0-01" },
    }),
  );
  const replied = [await nextReply(peer), await nextReply(peer)];
  await peer.end();
  replied.push(...await rest(peer));
  assert.deepEqual(
    replied.map(({ id }) => String(id)).toSorted(),
    ["1", "3", "two"],
  );
  // What is collected is exported before the process ends.
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
  const seen = collector.spans.map((span) => {
    const attributes = new Map(
      span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
    );
    return {
      name: span.name,
      id: attributes.get("jsonrpc.request.id"),
      transport: attributes.get("gangway.transport"),
      connection: Number(attributes.get("gangway.connection.id")),
      client: attributes.get("gangway.client.name"),
      version: attributes.get("gangway.client.version"),
      traceId: span.traceId,
      parent: span.parentSpanId,
      code: attributes.get("rpc.response.status_code"),
    };
  });
  const common = {
    transport: "stdio",
    connection: 1,
    client: "peer",
    version: "1",
  };
  const ambient = { traceId: AMBIENT_TRACE, parent: AMBIENT_PARENT };
  assert.deepEqual(seen.toSorted((a, b) => a.id! < b.id! ? -1 : 1), [
    {
      name: "fs/getMetadata",
      id: '"two"',
      ...common,
      ...ambient,
      code: "-32603",
    },
    {
      name: "fs/getMetadata",
      id: "1",
      ...common,
      traceId: TRACE,
      parent: PARENT,
      code: undefined,
    },
    {
      name: "fs/readDirectory",
      id: "3",
      ...common,
      ...ambient,
      code: undefined,
    },
  ]);
});

Deno.test("a collector that nobody can reach slows no request", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    },
  });
  const peer = server.stdio;
  await initialize(peer);
  for (let id = 0; id < 100; id++) {
    await peer.send(request(id, "fs/getMetadata", { path: "/" }));
    assert.equal((await nextReply(peer)).id, id);
  }
  await peer.end();
  assert.deepEqual(await rest(peer), []);
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
});
