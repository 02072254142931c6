import {
  type Clock,
  isKnown,
  type Model,
  ModelError,
  type ModelFacts,
  type ModelRequest,
  type ResponseItem,
  systemClock,
} from "../model/mod.ts";
import { uuid7 } from "../protocol/mod.ts";
import type { ReviewAnswer, Reviewer, ReviewQuestion } from "../tools/mod.ts";
import { consume } from "./_consume.ts";
import { orAbort } from "./_or_abort.ts";
import { toBackoffMs } from "./_reconnect.ts";
import { toMessageText } from "./_shown_items.ts";
import { toTranscript } from "./_transcript.ts";
import {
  readVerdict,
  reviewPolicy,
  type Verdict,
  verdictSchema,
} from "./_verdict.ts";

/** What a reviewer works with. */
export interface ReviewerOptions {
  /** Thread whose actions it judges. */
  readonly threadId: string;
  /** Thread at the root of its session. */
  readonly sessionId: string;
  /** Identity of this installation, for the provider. */
  readonly installationId: string;
  /** Value of the `originator` header. */
  readonly originator: string;
  /** Who asks a provider, by its id in the configuration. */
  readonly model: (provider: string) => Model;
  /** What is known of a model. */
  readonly facts: (slug: string) => ModelFacts;
  /** The conversation, to see what the user wants. */
  readonly history: () => readonly ResponseItem[];
  /** Milliseconds for one decision. Default 90 000. */
  readonly timeoutMs?: number;
  /** Time, for tests. Default: that of the machine. */
  readonly clock?: Clock;
}

/** Attempts at an answer, where streams break. */
const maxAttempts = 3;

class ModelReviewer implements Reviewer {
  readonly #options: ReviewerOptions;
  readonly #clock: Clock;

  constructor(options: ReviewerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  async review(
    question: ReviewQuestion,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<ReviewAnswer> {
    const end = new AbortController();
    const stop = () => end.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const { timeoutMs = 90_000 } = this.#options;
    this.#clock.delay(timeoutMs, { signal: end.signal }).then(
      () => end.abort(new Error(`no decision within ${timeoutMs / 1000} s`)),
      () => {},
    );
    try {
      const text = await orAbort(this.#ask(question, end.signal), end.signal);
      return toAnswer(readVerdict(text));
    } finally {
      signal.removeEventListener("abort", stop);
      end.abort();
    }
  }

  async #ask(question: ReviewQuestion, signal: AbortSignal): Promise<string> {
    const model = this.#options.model(question.settings.modelProvider);
    const request = this.#toRequest(question);
    for (let attempt = 1;; attempt++) {
      try {
        return await askOnce(model, request, signal);
      } catch (thrown) {
        const isFinal = !(thrown instanceof ModelError) ||
          !thrown.isRetryable || attempt === maxAttempts;
        if (isFinal || signal.aborted) throw thrown;
        const ms = thrown.retryAfterMs ?? toBackoffMs(attempt);
        await this.#clock.delay(ms, { signal });
      }
    }
  }

  #toRequest(question: ReviewQuestion): ModelRequest {
    const { threadId, sessionId, installationId, originator } = this.#options;
    const { settings, stage } = question;
    const id = uuid7();
    const { defaultEffort } = this.#options.facts(settings.model);
    return {
      model: settings.model,
      input: [
        toMessage("developer", reviewPolicy),
        toMessage("user", toTranscript(this.#options.history(), question)),
      ],
      tools: [],
      parallelToolCalls: false,
      reasoning: defaultEffort === null ? {} : { effort: defaultEffort },
      text: {
        format: {
          type: "json_schema",
          strict: false,
          schema: verdictSchema,
          name: "codex_output_schema",
        },
      },
      promptCacheKey: `guardian:${threadId}`,
      clientMetadata: {
        "x-codex-installation-id": installationId,
        session_id: sessionId,
        thread_id: id,
        turn_id: stage.turnId,
        "x-openai-subagent": "guardian",
      },
      headers: {
        originator,
        "session-id": sessionId,
        "thread-id": id,
        "x-client-request-id": id,
        "x-openai-subagent": "guardian",
      },
    };
  }
}

/**
 * Makes what answers in place of a person: it asks the thread's model, in a
 * conversation of its own and with no tools, and takes nothing for a yes but an
 * answer in the very form that was asked for. It throws where it can't decide,
 * and tells nobody anything; that is for whoever asks it.
 */
export function createReviewer(options: ReviewerOptions): Reviewer {
  return new ModelReviewer(options);
}

async function askOnce(
  model: Model,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<string> {
  const texts: string[] = [];
  const isWhole = await consume(
    model.stream(request, { signal }),
    signal,
    (event) => {
      if (event.type === "itemDone" && isKnown(event.item)) {
        const { item } = event;
        if (item.type === "message") {
          texts.push(item.role === "assistant" ? toMessageText(item) : "");
        }
      }
      return event.type === "completed";
    },
  );
  if (!isWhole) throw new Error("the answer broke off");
  const [text] = texts;
  if (text === undefined || texts.length > 1) {
    throw new Error("the reviewer did not answer with one message");
  }
  return text;
}

function toMessage(role: "developer" | "user", text: string): ResponseItem {
  return { type: "message", role, content: [{ type: "input_text", text }] };
}

function toAnswer(verdict: Verdict): ReviewAnswer {
  const { isApproved, riskLevel, userAuthorization, rationale } = verdict;
  return {
    isApproved,
    review: {
      status: isApproved ? "approved" : "denied",
      riskLevel,
      userAuthorization,
      rationale,
    },
  };
}
