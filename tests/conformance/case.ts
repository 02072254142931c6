import type { Json, JsonObject } from "./json.ts";

/** How a case reaches the server, and so what is started before its steps. */
export type Transport = "stdio" | "ws" | "unix" | "http" | "cli";

/** One conversation with a server and what must come of it. */
export interface Case {
  /** Unique; the parts before the last dot say what it is about. */
  readonly name: string;
  /** Group of cases, also the name of its file. */
  readonly area: string;
  readonly transport: Transport;
  /** Whether exact texts are pinned. */
  readonly strict: boolean;
  /** Why the case is as it is, above all where more than one answer is right. */
  readonly note?: string;
  readonly setup?: Setup;
  readonly steps: readonly Step[];
  /** Limit for the whole case; default is the runner's `--timeout`. */
  readonly timeoutMs?: number;
}

/** What is prepared before the first step. */
export interface Setup {
  /** Files below `${TMP}`, by relative path. */
  readonly files?: Record<string, FileSpec>;
  /** Files below `${HOME}`, the server's CODEX_HOME. */
  readonly homeFiles?: Record<string, FileSpec>;
  /** Arguments after `--listen URL`. */
  readonly args?: readonly string[];
  /** Environment of the server; null removes a variable. */
  readonly env?: Environment;
  /** Working directory of the server; default `${TMP}`. */
  readonly cwd?: string;
  /** Listen URL in place of the transport's own. */
  readonly listen?: string;
  /** False: connection `main` is not opened. */
  readonly autoConnect?: boolean;
  /** Initialize `main` before the first step. */
  readonly init?: boolean | InitOptions;
  /** Tokens that the steps use as `${JWT:name}`. */
  readonly jwts?: Record<string, JwtSpec>;
}

export type Environment = Record<string, string | number | null>;

/** Text of a file, null for a directory, or the details. */
export type FileSpec = string | null | {
  readonly text?: string;
  readonly base64?: string;
  readonly repeat?: string;
  readonly times?: number;
  /** Length in bytes of a sparse file. */
  readonly sparse?: number;
  readonly symlink?: string;
  readonly fifo?: boolean;
  /** Octal, as text. */
  readonly mode?: string;
  readonly mtimeMs?: number;
};

/** A token to mint; the odd options make it a bad one. */
export interface JwtSpec {
  readonly secret: string;
  readonly header?: JsonObject;
  /** A claim `{"$now": n}` is n seconds from now; with `"as": "string"` as text. */
  readonly claims?: JsonObject;
  /** Algorithm that really signs, when not the one the header names. */
  readonly sign?: string;
  readonly unsigned?: boolean;
  readonly tamperSignature?: boolean;
  /** Claims swapped in after signing. */
  readonly tamperPayload?: JsonObject;
  /** Text behind the token. */
  readonly suffix?: string;
  /** Payload that need not be JSON. */
  readonly payloadText?: string;
}

export interface InitOptions {
  /** Merged over `{experimentalApi: true}`; null leaves the field out. */
  readonly capabilities?: JsonObject | null;
}

export type Headers = Record<string, string | readonly string[] | null>;

/** `on` names the connection (default `main`), `within` is a limit in ms. */
interface OnConnection {
  readonly on?: string;
  readonly within?: number;
}

/** `proc` names the process (default `server`), `within` is a limit in ms. */
interface OnProcess {
  readonly proc?: string;
  readonly within?: number;
}

interface Launch {
  readonly args?: readonly string[];
  readonly env?: Environment;
  readonly cwd?: string;
}

/** Every step of the format, by the key that names it. */
export interface Steps {
  call: OnConnection & {
    readonly call: JsonObject;
    readonly result?: Json;
    readonly error?: Json;
    readonly response?: Json;
    /** Variables to keep: name to dotted path in the response. */
    readonly save?: Record<string, string>;
  };
  send: OnConnection & { readonly send: Json };
  sendRaw: OnConnection & { readonly sendRaw: string };
  sendBytes: OnConnection & { readonly sendBytes: string };
  sendBig: OnConnection & {
    readonly sendBig: {
      readonly method: string;
      readonly id: number | string;
      readonly params: JsonObject;
      /** Size of the whole request. */
      readonly bytes: number;
      /** Size of one websocket fragment. */
      readonly fragmentBytes?: number;
    };
  };
  init: OnConnection & { readonly init: true | InitOptions };
  expect: OnConnection & { readonly expect: Json };
  expectNext: OnConnection & { readonly expectNext: Json };
  expectRaw: OnConnection & { readonly expectRaw: Json };
  expectNone: OnConnection & {
    readonly expectNone: Json;
    readonly forMs?: number;
  };
  stream: OnConnection & StreamStep;
  connect: {
    /** Name for the new connection. */
    readonly connect: string;
    readonly path?: string;
    readonly headers?: Headers;
    readonly status?: Json;
    readonly body?: Json;
    readonly respHeaders?: Json;
    readonly within?: number;
    /** Try again while nothing listens. */
    readonly eventually?: boolean;
  };
  http: {
    readonly http: {
      readonly method?: string;
      readonly path?: string;
      readonly headers?: Headers;
      readonly body?: string;
      /** The bytes of the request, in place of all the others. */
      readonly raw?: string;
    };
    readonly status?: Json;
    readonly body?: Json;
    readonly respHeaders?: Json;
    readonly rawText?: Json;
    readonly within?: number;
  };
  frame: OnConnection & {
    readonly frame: {
      readonly opcode: number;
      readonly data?: string;
      readonly base64?: string;
      /** Close code in front of `data`. */
      readonly code?: number;
      readonly fin?: boolean;
      readonly mask?: boolean;
      readonly rsv?: number;
    };
  };
  expectFrame: OnConnection & { readonly expectFrame: Json };
  expectClosed: OnConnection & { readonly expectClosed: boolean };
  close: { readonly close: string };
  signal: OnProcess & { readonly signal: Deno.Signal };
  expectExit: OnProcess & { readonly expectExit: JsonObject };
  expectRunning: OnProcess & {
    readonly expectRunning: true;
    readonly forMs?: number;
  };
  expectStderr: OnProcess & {
    readonly expectStderr: Json;
    /** Keeps the first group of `regex` as variable `as`. */
    readonly saveStderr?: { readonly regex: string; readonly as: string };
  };
  expectStdout: OnProcess & { readonly expectStdout: Json };
  spawn: Launch & { readonly spawn: string };
  spawnPipe: Launch & { readonly spawnPipe: string };
  cli: Omit<Launch, "args"> & {
    readonly cli: readonly string[];
    readonly stdin?: string;
    readonly code?: Json;
    readonly stdout?: Json;
    readonly stderr?: Json;
    readonly within?: number;
  };
  fs: FsStep;
  sleep: { readonly sleep: number };
}

/** The key that names a step. */
export type Verb = keyof Steps;

/** One thing to do or to expect. */
export type Step = Steps[Verb];

/** Gathers output notifications up to a last message. */
export interface StreamStep {
  readonly stream: Json;
  readonly until?: Json;
  readonly final?: Json;
  /** Stop as soon as stdout contains this text. */
  readonly stopWhen?: string;
  readonly stdout?: Json;
  readonly stderr?: Json;
  readonly stdoutBytes?: Json;
  readonly stderrBytes?: Json;
  readonly stdoutCaps?: Json;
  readonly stderrCaps?: Json;
  readonly stdoutLastCap?: Json;
  readonly stderrLastCap?: Json;
  readonly stdoutDeltas?: Json;
  readonly stderrDeltas?: Json;
  /** Matches the size in bytes of the largest delta. */
  readonly maxChunk?: Json;
}

/** One look at the disk, or one change of it; exactly one action is given. */
export interface FsStep {
  readonly fs: {
    readonly write?: string;
    readonly append?: string;
    readonly remove?: string;
    readonly rename?: readonly [string, string];
    readonly mkdir?: string;
    readonly symlink?: readonly [string, string];
    readonly chmod?: string;
    readonly exists?: string;
    readonly read?: string;
    readonly size?: string;
    readonly readlink?: string;
    readonly isSymlink?: string;
    readonly modeOf?: string;
    readonly pidAlive?: string;
    /** Text to write, or a matcher for the text read. */
    readonly text?: Json;
    /** Octal, for `chmod`. */
    readonly mode?: string;
    /** Matcher for what is looked at. */
    readonly is?: Json;
  };
  /** Repeat until it holds, at most `within` ms. */
  readonly eventually?: boolean;
  readonly within?: number;
}
