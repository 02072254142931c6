/**
 * How a server is doing.
 *
 * @module
 */
import type { Int, NoParams, Uint, Uint32 } from "./scalar.ts";

/** Asks how the server is doing. */
export type ServerDiagnosticsParams = NoParams;

/** The server's process. */
export interface ServerDiagnosticsProcess {
  /** Its id. */
  id: Uint32;
  /** Bytes of memory that it holds; null if that can't be had. */
  residentMemoryBytes: Uint | null;
  /** Bytes as macOS counts them; null elsewhere. */
  physicalFootprintBytes: Uint | null;
}

/** Something that is counted. */
export interface ServerDiagnosticsGauge {
  /** What. */
  name: string;
  /** How many there are now. */
  value: Int;
}

/** How the server is doing. */
export interface ServerDiagnosticsResponse {
  /** Its process. */
  process: ServerDiagnosticsProcess;
  /** What it counts. */
  gauges: ServerDiagnosticsGauge[];
}
