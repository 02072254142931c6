/**
 * What an operator sees of the server: log lines on stderr and a span per
 * request. Knows nothing of the rest of the house, and loads nothing until
 * somebody collects.
 *
 * @module
 */
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
export {
  createTracer,
  type RequestSpan,
  type RequestSpanOutcome,
  type RequestSpanStart,
  type Tracer,
  type TracerOptions,
} from "./spans.ts";
export {
  createStderrSink,
  type LineOutput,
  type StderrSink,
  type StderrSinkOptions,
} from "./stderr_sink.ts";
