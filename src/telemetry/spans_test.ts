import assert from "node:assert/strict";
import { createTracer } from "./mod.ts";

interface ExportedSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  status?: { code?: number };
  attributes: { key: string; value: Record<string, string> }[];
}

/** Runs a program with Deno's exporter on and gives the spans that it sends. */
async function exportedSpans(
  program: string,
  env: Record<string, string> = {},
): Promise<ExportedSpan[]> {
  const spans: ExportedSpan[] = [];
  await using collector = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.json();
      for (const resource of body.resourceSpans ?? []) {
        for (const scope of resource.scopeSpans) spans.push(...scope.spans);
      }
      return Response.json({});
    },
  );
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      `import { createTracer } from ${
        JSON.stringify(import.meta.resolve("./mod.ts"))
      };
      const tracer = await createTracer({ env: (name) => Deno.env.get(name), version: "1.2.3" });
      ${program}`,
    ],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
      ...env,
    },
    stdout: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return spans;
}

function toStart(more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    method: "fs/readFile",
    transport: "websocket",
    connectionId: 3,
    requestId: "7",
    clientName: "tester",
    clientVersion: "0.1",
    ...more,
  });
}

function attributesOf(span: ExportedSpan): Record<string, unknown> {
  return Object.fromEntries(
    span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

Deno.test("createTracer() exports a request span below the message's trace context", async () => {
  const spans = await exportedSpans(
    `tracer.startRequestSpan(${
      toStart({
        traceparent: `00-${traceId}-${spanId}-01`,
        tracestate: "rojo=1",
      })
    }).end();`,
    { TRACEPARENT: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` },
  );
  assert.equal(spans.length, 1);
  const [span] = spans as [ExportedSpan];
  assert.deepEqual(
    [
      span.name,
      span.kind,
      span.traceId,
      span.parentSpanId,
      span.status?.code ?? 0,
    ],
    ["fs/readFile", 2, traceId, spanId, 0],
  );
  assert.deepEqual(attributesOf(span), {
    "rpc.system.name": "jsonrpc",
    "rpc.method": "fs/readFile",
    "jsonrpc.request.id": "7",
    "gangway.transport": "websocket",
    "gangway.connection.id": attributesOf(span)["gangway.connection.id"],
    "gangway.client.name": "tester",
    "gangway.client.version": "0.1",
  });
  assert.equal(Number(attributesOf(span)["gangway.connection.id"]), 3);
});

Deno.test("createTracer() falls back to TRACEPARENT, then to a trace of its own", async () => {
  const program = `tracer.startRequestSpan(${
    toStart({ traceparent: "bad" })
  }).end();`;
  const [inherited] = await exportedSpans(program, {
    TRACEPARENT: `00-${traceId}-${spanId}-01`,
  });
  assert.deepEqual([inherited?.traceId, inherited?.parentSpanId], [
    traceId,
    spanId,
  ]);
  const [own] = await exportedSpans(program, { TRACEPARENT: "also bad" });
  assert.match(own!.traceId, /^[\da-f]{32}$/);
  assert.notEqual(own!.traceId, traceId);
  assert.equal(own!.parentSpanId || undefined, undefined);
});

Deno.test("RequestSpan marks errors, but not cancelled requests", async () => {
  const spans = await exportedSpans(`
    const failed = tracer.startRequestSpan(${toStart({ method: "failed" })});
    failed.end({ errorCode: -32603 });
    failed.end();
    tracer.startRequestSpan(${toStart({ method: "cancelled" })})
      .end({ errorCode: -32800, cancelled: true });
  `);
  const facts = Object.fromEntries(spans.map((span) => {
    const { "error.type": error, "gangway.cancelled": cancelled } =
      attributesOf(span);
    return [span.name, [span.status?.code ?? 0, error, cancelled]];
  }));
  assert.deepEqual(facts, {
    failed: [2, "-32603", undefined],
    cancelled: [0, "-32800", true],
  });
});

Deno.test("RequestSpan.run() makes spans of the work children, also across awaits", async () => {
  const spans = await exportedSpans(`
    const { trace } = await import("@opentelemetry/api");
    const span = tracer.startRequestSpan(${toStart()});
    const answer = await span.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      trace.getTracer("t").startSpan("inner").end();
      return 42;
    });
    if (answer !== 42) throw new Error("lost the result");
    span.end();
  `);
  const outer = spans.find((span) => span.name === "fs/readFile");
  const inner = spans.find((span) => span.name === "inner");
  assert.equal(inner?.parentSpanId, outer?.spanId);
  assert.equal(inner?.traceId, outer?.traceId);
});

Deno.test("createTracer() does nothing and loads nothing while nobody collects", async () => {
  const tracer = await createTracer({ env: () => undefined });
  assert.equal(
    tracer.startRequestSpan({
      method: "fs/readFile",
      transport: "stdio",
      connectionId: 1,
      requestId: "1",
    }),
    undefined,
  );
});
