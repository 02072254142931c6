/**
 * What an operator sees of the server: log lines on stderr and a span per
 * request. Knows nothing of the rest of the house, and loads nothing until
 * somebody collects.
 *
 * @module
 */
import type {
  RequestSpan,
  RequestSpanOutcome,
  RequestSpanStart,
  Tracer,
  TracerOptions,
} from "./spans.ts";

export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LoggerSettings,
  silentLogger,
  toLoggerSettings,
} from "./log.ts";
export { type Level, LogFilter } from "./log_filter.ts";
export type {
  RequestSpan,
  RequestSpanOutcome,
  RequestSpanStart,
  Tracer,
  TracerOptions,
};
export {
  createStderrSink,
  type LineOutput,
  type StderrSink,
  type StderrSinkOptions,
} from "./stderr_sink.ts";

/**
 * Makes a tracer. It does something only where Deno's own OpenTelemetry is
 * switched on (`OTEL_DENO=true`), which also exports the spans; nothing is
 * loaded otherwise.
 *
 * A span's parent is the request's own trace context, else the one the process
 * was started with (`TRACEPARENT`, `TRACESTATE`).
 *
 * @example
 * ```ts
 * import { createTracer } from "./mod.ts";
 * const tracer = await createTracer({ env: () => undefined });
 * const span = tracer.startRequestSpan({
 *   method: "fs/readFile",
 *   transport: "stdio",
 *   connectionId: 1,
 *   requestId: "7",
 * });
 * span?.end();
 * ```
 */
export async function createTracer(options: TracerOptions): Promise<Tracer> {
  if (options.env("OTEL_DENO") !== "true") {
    return { startRequestSpan: () => undefined };
  }
  const spans = await import("./spans.ts");
  return await spans.createTracer(options);
}
