const MIB = 1024 * 1024;

/** Bounds of the programs of a server. */
export interface ExecLimits {
  /** Programs of one connection that run at a time. */
  readonly maxProcessesPerConnection: number;
  /** Programs of all connections that run at a time. */
  readonly maxProcesses: number;
  /** Bytes that wait for one program to read them from its stdin. */
  readonly maxStdinBytes: number;
  /** Bytes of output of one program, both outputs together, in one reply. */
  readonly maxReplyBytes: number;
  /** Bytes of input and of output that wait in memory, of all programs. */
  readonly maxHeldBytes: number;
  /** Programs of all connections that may outlive theirs, ended ones too. */
  readonly maxKeptProcesses: number;
  /** Milliseconds that such a one may be without a connection. */
  readonly maxGraceMs: number;
  /** Bytes of its output that are kept for whoever attaches. */
  readonly maxScrollbackBytes: number;
}

/** The bounds unless options say otherwise. */
export const defaultExecLimits: ExecLimits = {
  maxProcessesPerConnection: 256,
  maxProcesses: 1024,
  maxStdinBytes: 64 * MIB,
  maxReplyBytes: 64 * MIB,
  maxHeldBytes: 1024 * MIB,
  maxKeptProcesses: 64,
  maxGraceMs: 24 * 60 * 60 * 1000,
  maxScrollbackBytes: 8 * MIB,
};
