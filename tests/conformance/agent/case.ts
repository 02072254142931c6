import type { Json, JsonObject } from "../json.ts";
import type { Routes } from "./model_server/model_server.ts";
import type { ScriptEntry } from "./model_server/script.ts";

/** One conversation with a server whose model is scripted. */
export interface AgentCase {
  /** Unique; `area/what`. */
  readonly name: string;
  readonly area: string;
  readonly transport: "stdio" | "ws";
  /** Whether exact texts are pinned. */
  readonly strict: boolean;
  readonly note?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** config.toml; default `${BASE}\n${PROVIDER}`; null: no file. */
  readonly config?: string | null;
  /** Files below `${T}`: a text, or a value to write as JSON. */
  readonly files?: Readonly<Record<string, Json>>;
  /** What the model says, one entry per request. */
  readonly mock?: readonly ScriptEntry[];
  /** Other answers of the model server, by `METHOD /path`. */
  readonly routes?: Routes;
  /** False: `main` is neither opened nor initialized before the first step. */
  readonly autoInit?: boolean;
  readonly capabilities?: JsonObject;
  readonly steps: readonly AgentStep[];
}

/** Names of variables to keep, with JSON pointers (RFC 6901) to their values. */
export type Save = Readonly<Record<string, string>>;

/** `as` names the connection (default `main`), `within` is a limit in ms. */
interface OnConnection {
  readonly as?: string;
  readonly within?: number;
}

/** One message of a `sequence`. */
export interface ExpectedMessage {
  readonly method: string;
  readonly params?: Json;
  /** Result to reply with, when it is a request. */
  readonly answer?: Json;
  readonly save?: Save;
}

/** Every step of the format, by the key that names it. */
export interface AgentSteps {
  send: OnConnection & {
    readonly send: JsonObject;
    readonly expect?: Json;
    readonly error?: Json;
    /** Any answer will do. */
    readonly either?: boolean;
    /** Do not wait for the answer. */
    readonly async?: boolean;
    readonly save?: Save;
  };
  response: OnConnection & {
    readonly response: Json;
    readonly expect?: Json;
    readonly error?: Json;
    readonly save?: Save;
  };
  noResponse: OnConnection & { readonly noResponse: Json };
  notify: OnConnection & { readonly notify: Json };
  raw: OnConnection & { readonly raw: string };
  await: OnConnection & {
    readonly await: { readonly method: string; readonly params?: Json };
    readonly save?: Save;
  };
  sequence: OnConnection & {
    readonly sequence: readonly ExpectedMessage[];
    /** More methods that may come in between. */
    readonly ignore?: readonly string[];
    /** Anything may come in between. */
    readonly loose?: boolean;
  };
  serverRequest: OnConnection & {
    readonly serverRequest: string;
    readonly params?: Json;
    readonly answer?: Json;
    readonly answerError?: Json;
    readonly save?: Save;
  };
  seen: OnConnection & {
    readonly seen: Json;
    readonly advance?: boolean;
    readonly save?: Save;
  };
  message: OnConnection & { readonly message: Json };
  never: OnConnection & {
    readonly never: Json;
    readonly for?: number;
    readonly fromStart?: boolean;
  };
  skipTo: { readonly skipTo: "end"; readonly as?: string };
  modelRequests: {
    readonly modelRequests: number;
    readonly exactly?: boolean;
    readonly path?: string;
    readonly within?: number;
  };
  modelRequest: {
    /** Index; a negative one counts from the last. */
    readonly modelRequest: number;
    readonly path?: string;
    readonly headers?: Json;
    readonly body?: Json;
    readonly input?: Json;
    readonly save?: Save;
  };
  mock: { readonly mock: readonly ScriptEntry[] };
  gate: { readonly gate: string };
  file: {
    /** Path below `${T}`, with `*` and `**`. */
    readonly file: string;
    readonly content?: Json;
    readonly absent?: boolean;
    readonly count?: number;
    /** Matches the list of the file's JSON lines. */
    readonly jsonl?: Json;
    readonly within?: number;
    readonly save?: Save;
  };
  writeFile: { readonly writeFile: string; readonly content: string };
  remove: { readonly remove: string };
  sleep: { readonly sleep: number };
  connect: {
    readonly connect: string;
    readonly init?: boolean;
    readonly capabilities?: JsonObject;
  };
  close: { readonly close: string };
  restart: { readonly restart: true };
  exit: { readonly exit: Json; readonly within?: number };
  stderr: { readonly stderr: Json; readonly within?: number };
}

/** The key that names a step. */
export type AgentVerb = keyof AgentSteps;

/** One thing to do or to expect. */
export type AgentStep = AgentSteps[AgentVerb];
