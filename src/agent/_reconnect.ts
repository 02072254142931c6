import { ModelError } from "../model/mod.ts";
import type { Turn } from "./_turn.ts";

/**
 * Milliseconds before the n-th attempt, where the provider names none: doubled
 * each time, and spread so that many clients do not come back at once.
 */
export function toBackoffMs(attempt: number, random = Math.random()): number {
  return 200 * 2 ** Math.min(attempt - 1, 8) * (0.9 + random * 0.2);
}

/** Milliseconds between two attempts to reach a provider that is out of reach. */
const offlineDelayMs = 5_000;

/**
 * Asks until an answer is there, as often as the provider's configuration
 * allows; for a network that is gone it waits as long as it takes. Clients are
 * told of every new attempt.
 *
 * @param once Asks once; it is given who decides whether a failure is final.
 * @throws {unknown} the failure that was final.
 */
export async function reconnect<T>(
  turn: Turn,
  once: (mayRetry: (thrown: unknown) => boolean) => Promise<T>,
): Promise<T> {
  const most = turn.agent.model(turn.settings.modelProvider).maxStreamRetries;
  let attempt = 0;
  const mayRetry = (thrown: unknown): boolean =>
    thrown instanceof ModelError &&
    (thrown.isOffline || thrown.isRetryable && attempt < most);
  while (true) {
    try {
      return await once(mayRetry);
    } catch (thrown) {
      if (thrown instanceof ModelError && thrown.rateLimits !== undefined) {
        turn.tellLimits(thrown.rateLimits);
      }
      if (turn.signal.aborted || !mayRetry(thrown)) throw thrown;
      const failure = thrown as ModelError;
      if (!failure.isOffline) attempt++;
      tellRetry(
        turn,
        failure,
        failure.isOffline ? "waiting for network" : `${attempt}/${most}`,
      );
      const ms = failure.retryAfterMs ??
        (failure.isOffline ? offlineDelayMs : toBackoffMs(attempt));
      await turn.clock.delay(ms, { signal: turn.signal });
    }
  }
}

function tellRetry({ stage }: Turn, failure: ModelError, how: string): void {
  stage.tell("error", {
    threadId: stage.threadId,
    turnId: stage.turnId,
    willRetry: true,
    error: {
      message: `Reconnecting... ${how}`,
      codexErrorInfo: {
        responseStreamDisconnected: { httpStatusCode: failure.status ?? null },
      },
      additionalDetails: failure.message,
      misalignment: null,
    },
  });
}
