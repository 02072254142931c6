import type { SandboxPolicy } from "../protocol/mod.ts";

/** What confines something on another machine. */
export interface RemoteConfinement {
  readonly policy: Extract<
    SandboxPolicy,
    { readonly type: "readOnly" | "workspaceWrite" }
  >;
  /** Where the thread works there: absolute. */
  readonly cwd: string;
  /** Directories of its workspace there: absolute. */
  readonly workspaceRoots: readonly string[];
  /** What was granted beyond the policy, by real paths there. */
  readonly grant: {
    readonly writes: readonly string[];
    readonly reads: readonly string[];
    readonly network: boolean;
  };
}

/** Which variables of that machine a program finds. */
export interface VariablePolicy {
  readonly inherit: "all" | "core" | "none";
  /** Whether variables that look like secrets stay. */
  readonly ignoreDefaultExcludes: boolean;
  /** Patterns of those that go. */
  readonly exclude: readonly string[];
  /** Those that are set. */
  readonly set: Readonly<Record<string, string>>;
  /** Patterns of those that may stay; empty for all. */
  readonly includeOnly: readonly string[];
}

/** A program to be run on another machine. */
export interface RemoteOrder {
  /** Its number in the thread. */
  readonly processId: string;
  /** The thread and the call of a tool that it is for. */
  readonly owner: { readonly threadId: string; readonly callId: string };
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Where it runs there: absolute. */
  readonly cwd: string;
  readonly variables: VariablePolicy;
  /** Variables on top of that. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it gets a terminal; without one there is nothing to type to. */
  readonly hasTerminal: boolean;
  /** Null for what is not confined. */
  readonly confinement: RemoteConfinement | null;
  /** Gives up waiting for its start. */
  readonly signal: AbortSignal;
}
