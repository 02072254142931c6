import type { CodexErrorInfo, RateLimitSnapshot } from "../protocol/mod.ts";
import type { ResponseItem } from "./response_item.ts";

/** A tool as the model is told of it; the shapes of the Responses API. */
export type ToolSpec =
  | {
    type: "function";
    name: string;
    description: string;
    strict: boolean;
    parameters: Record<string, unknown>;
    defer_loading?: boolean;
  }
  | {
    type: "custom";
    name: string;
    description: string;
    format: { type: "grammar"; syntax: "lark"; definition: string };
  }
  | {
    type: "namespace";
    name: string;
    description: string;
    tools: ToolSpec[];
  }
  | { type: "web_search"; external_web_access: boolean }
  | { type: string & { readonly other?: never }; [field: string]: unknown };

/** One question to a model. */
export interface ModelRequest {
  /** Slug of the model. */
  readonly model: string;
  /** All of the conversation so far. */
  readonly input: readonly ResponseItem[];
  /** What it may call. */
  readonly tools: readonly ToolSpec[];
  /** Whether it may call several at a time. */
  readonly parallelToolCalls: boolean;
  /** How it thinks; nothing if it does not. */
  readonly reasoning: {
    readonly effort?: string;
    readonly summary?: string;
  } | null;
  /** How it writes: verbosity, or a JSON schema for its answer. */
  readonly text?: Readonly<Record<string, unknown>>;
  /** How fast it is served. */
  readonly serviceTier?: string;
  /** Groups requests that share their beginning; the thread's id. */
  readonly promptCacheKey: string;
  /** `client_metadata` of the body. */
  readonly clientMetadata: Readonly<Record<string, string>>;
  /** Headers that this request alone has, such as the turn's metadata. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a response took. */
export interface ModelUsage {
  /** Tokens that it was given. */
  readonly inputTokens: number;
  /** Those of them that the provider remembered. */
  readonly cachedInputTokens: number;
  /** Those that it will remember. */
  readonly cacheWriteInputTokens: number;
  /** Tokens that it gave. */
  readonly outputTokens: number;
  /** Those of them that were thoughts. */
  readonly reasoningOutputTokens: number;
  /** All of them. */
  readonly totalTokens: number;
}

/** What comes while a model answers, in order. */
export type ModelEvent =
  | { readonly type: "created"; readonly responseId: string | undefined }
  | { readonly type: "itemAdded"; readonly item: ResponseItem }
  | { readonly type: "itemDone"; readonly item: ResponseItem }
  | {
    readonly type: "textDelta";
    readonly itemId: string | undefined;
    readonly delta: string;
  }
  | {
    readonly type: "reasoningPartAdded";
    readonly itemId: string | undefined;
    readonly summaryIndex: number;
  }
  | {
    readonly type: "reasoningSummaryDelta";
    readonly itemId: string | undefined;
    readonly delta: string;
    readonly summaryIndex: number;
  }
  | {
    readonly type: "reasoningTextDelta";
    readonly itemId: string | undefined;
    readonly delta: string;
    readonly contentIndex: number;
  }
  | {
    readonly type: "toolInputDelta";
    readonly itemId: string | undefined;
    readonly callId: string | undefined;
    readonly delta: string;
  }
  /** From the headers of the answer: before anything else of it. */
  | { readonly type: "rateLimits"; readonly rateLimits: RateLimitSnapshot }
  /** The last one: without it, the stream was cut off, which is an error. */
  | {
    readonly type: "completed";
    readonly responseId: string;
    readonly usage: ModelUsage | undefined;
    /** False if the model asks to be called again in the same turn. */
    readonly endTurn: boolean | undefined;
  };

/** Why a model did not answer, or not to the end. */
export class ModelError extends Error {
  /** Name of the class. */
  override readonly name = "ModelError";
  /** Class of the failure, for clients. */
  readonly info: CodexErrorInfo;
  /** Whether asking again may help; not if the model can never answer this. */
  readonly isRetryable: boolean;
  /** Milliseconds that the provider asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  /**
   * Status of an HTTP answer that was no stream, where clients are told of it
   * while the request is repeated.
   */
  readonly status: number | undefined;
  /** What is known of the limits of the account. */
  readonly rateLimits: RateLimitSnapshot | undefined;
  /**
   * Whether the provider's address can't be reached. That counts against no
   * limit of attempts: whoever asks waits for the network.
   */
  readonly isOffline: boolean;

  /**
   * Makes one.
   *
   * @param message As clients show it to users.
   */
  constructor(message: string, options: {
    info: CodexErrorInfo;
    isRetryable?: boolean;
    retryAfterMs?: number | undefined;
    status?: number | undefined;
    rateLimits?: RateLimitSnapshot | undefined;
    isOffline?: boolean;
    cause?: unknown;
  }) {
    super(message, { cause: options.cause });
    this.info = options.info;
    this.isRetryable = options.isRetryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
    this.rateLimits = options.rateLimits;
    this.isOffline = options.isOffline ?? false;
  }
}

/** What a provider is asked through. */
export interface Model {
  /**
   * Asks once. Attempts that got no stream at all are repeated in silence as
   * the provider's configuration says (`request_max_retries`); a stream that
   * breaks is the caller's to ask for again.
   *
   * @throws {ModelError} from the iteration, also if the stream ends too early.
   * @throws {unknown} the signal's reason.
   */
  stream(
    request: ModelRequest,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<ModelEvent>;
  /** How often a stream that broke is asked for again. */
  readonly maxStreamRetries: number;
}

/** What is known of a model. */
export interface ModelFacts {
  /** Its slug. */
  readonly slug: string;
  /** Whether it stands in the catalogue; else these are fallbacks. */
  readonly isKnown: boolean;
  /** Tokens that it can take in, as clients are told (`modelContextWindow`). */
  readonly contextWindow: number | null;
  /** Tokens at which its conversation is compacted by itself. */
  readonly autoCompactTokens: number | null;
  /** Effort when nobody says; nothing if it has none. */
  readonly defaultEffort: string | null;
  /** Efforts that it knows, least first. */
  readonly efforts: readonly string[];
  /** Effort that it is asked for where somebody wants `ultra`. */
  readonly utmostEffort: string;
  /** Kind of summary of its thoughts when nobody says; null: none. */
  readonly defaultSummary: string | null;
  /** Whether it may call several tools at once. */
  readonly callsInParallel: boolean;
  /** Whether it is offered `apply_patch` as a tool of its own. */
  readonly hasPatchTool: boolean;
  /** Whether it may have commands run. */
  readonly hasShell: boolean;
  /** Whether it can look for tools that it is not told of. */
  readonly findsTools: boolean;
  /** Tokens of a tool's output that it is shown. */
  readonly maxOutputTokens: number;
  /** What those are counted in; characters are four of them to a token. */
  readonly outputUnit: "tokens" | "chars";
  /** Verbosity when nobody says; null if it can't be told how much to say. */
  readonly defaultVerbosity: string | null;
  /** Service tiers that it knows. */
  readonly serviceTiers: readonly string[];
  /** What it is told first, where that is its own; null: what all are told. */
  readonly baseInstructions: string | null;
}

/** The models that a configuration gives. */
export interface Models {
  /** Slug of the model when nobody names one. */
  readonly defaultModel: string;
  /** Whether there is a provider of that id. */
  has(provider: string): boolean;
  /**
   * Who asks a provider.
   *
   * @throws {Error} if there is none of that id.
   */
  model(provider: string): Model;
  /** What is known of a model; fallbacks for one that is not. */
  facts(slug: string): ModelFacts;
}
