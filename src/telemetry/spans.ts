import { parseTraceContext } from "./trace_context.ts";

/** What is known of a request when its span starts. */
export interface RequestSpanStart {
  /** Wire name of the method; the name of the span. */
  readonly method: string;
  /** Kind of transport, such as `"stdio"` or `"websocket"`. */
  readonly transport: string;
  /** Number of the connection within this server. */
  readonly connectionId: number;
  /** The request id as it was written. */
  readonly requestId: string;
  /** `clientInfo.name`, once it is known. */
  readonly clientName?: string | undefined;
  /** `clientInfo.version`, once it is known. */
  readonly clientVersion?: string | undefined;
  /** From the `trace` field of the message. */
  readonly traceparent?: string | null | undefined;
  /** From the `trace` field of the message. */
  readonly tracestate?: string | null | undefined;
}

/** How a request ended. */
export interface RequestSpanOutcome {
  /** Code of the error that was answered, if it was one. */
  readonly errorCode?: number | undefined;
  /** Whether the client cancelled it. */
  readonly cancelled?: boolean | undefined;
}

/** The time that one request took, within a distributed trace. */
export interface RequestSpan {
  /** Runs work so that spans it starts become children of this one. */
  run<T>(work: () => T): T;
  /** Ends the span; calls after the first do nothing. */
  end(outcome?: RequestSpanOutcome): void;
}

/** Starts spans. */
export interface Tracer {
  /** Starts the span of a request; `undefined` while nobody collects spans. */
  startRequestSpan(start: RequestSpanStart): RequestSpan | undefined;
}

/** Settings of {@linkcode createTracer}. */
export interface TracerOptions {
  /** Looks up an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Version of the product, shown as the instrumentation's. */
  readonly version?: string;
}

/** As `createTracer` of the room, for whom Deno collects. */
export async function createTracer(options: TracerOptions): Promise<Tracer> {
  const { env } = options;
  const {
    context,
    createTraceState,
    ROOT_CONTEXT,
    SpanKind,
    SpanStatusCode,
    trace,
  } = await import("@opentelemetry/api");
  const tracer = trace.getTracer("gangway", options.version);
  const ambient = parseTraceContext(env("TRACEPARENT"), env("TRACESTATE"));
  return {
    startRequestSpan(start) {
      const parent = parseTraceContext(start.traceparent, start.tracestate) ??
        ambient;
      const outer = parent === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
          traceId: parent.traceId,
          spanId: parent.spanId,
          traceFlags: parent.traceFlags,
          isRemote: true,
          ...(parent.tracestate === undefined
            ? {}
            : { traceState: createTraceState(parent.tracestate) }),
        });
      const span = tracer.startSpan(start.method, {
        kind: SpanKind.SERVER,
        attributes: toAttributes(start),
      }, outer);
      let isEnded = false;
      return {
        run: (work) => context.with(trace.setSpan(outer, span), work),
        end(outcome = {}) {
          if (isEnded) return;
          isEnded = true;
          const { errorCode, cancelled } = outcome;
          if (cancelled) span.setAttribute("gangway.cancelled", true);
          if (errorCode !== undefined) {
            span.setAttribute("rpc.response.status_code", String(errorCode));
            span.setAttribute("error.type", String(errorCode));
            // What a client called off did not fail.
            if (!cancelled) span.setStatus({ code: SpanStatusCode.ERROR });
          }
          span.end();
        },
      };
    },
  };
}

/** Names follow OpenTelemetry's conventions for JSON-RPC where they have one. */
function toAttributes(
  start: RequestSpanStart,
): Record<string, string | number> {
  return {
    "rpc.system.name": "jsonrpc",
    "rpc.method": start.method,
    "jsonrpc.request.id": start.requestId,
    "gangway.transport": start.transport,
    "gangway.connection.id": start.connectionId,
    ...(start.clientName === undefined
      ? {}
      : { "gangway.client.name": start.clientName }),
    ...(start.clientVersion === undefined
      ? {}
      : { "gangway.client.version": start.clientVersion }),
  };
}
