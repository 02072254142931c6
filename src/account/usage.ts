import {
  type AccountTokenUsageDailyBucket,
  type ConsumeAccountRateLimitResetCreditOutcome,
  type ConsumeAccountRateLimitResetCreditParams,
  type ConsumeAccountRateLimitResetCreditResponse,
  type GetAccountRateLimitsParams,
  type GetAccountRateLimitsResponse,
  type GetAccountTokenUsageParams,
  type GetAccountTokenUsageResponse,
  type GetWorkspaceMessagesResponse,
  RpcError,
  type SendAddCreditsNudgeEmailParams,
  type SendAddCreditsNudgeEmailResponse,
  toThreadId,
  type WorkspaceMessage,
} from "../protocol/mod.ts";
import type { Accounts } from "./accounts.ts";
import { BackendError } from "./backend.ts";
import { toObject, toText } from "./_claims.ts";
import { toLimits } from "./_limits.ts";
import { type ChatgptAccess, isChatgpt } from "./sign_in.ts";

/** An account of ChatGPT, and where it is asked about. */
interface Desk {
  readonly access: ChatgptAccess;
  ask(
    path: string,
    body?: Record<string, unknown>,
  ): Promise<Record<string, unknown>>;
}

/**
 * The account of ChatGPT that is signed in.
 *
 * @throws {RpcError} if there is none.
 */
async function openDesk(accounts: Accounts, purpose: string): Promise<Desk> {
  const { signIn, policy } = await accounts.standFresh();
  if (signIn === undefined) {
    throw RpcError.invalidRequest(
      `codex account authentication required ${purpose}`,
    );
  }
  if (!isChatgpt(signIn)) {
    throw RpcError.invalidRequest(`chatgpt authentication required ${purpose}`);
  }
  return {
    access: signIn,
    ask: (path, body) =>
      accounts.backend.ask(`${policy.backendUrl}/wham/${path}`, signIn, body),
  };
}

/** Lets a client know why ChatGPT gave no answer. */
async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RpcError || !(error instanceof BackendError)) {
      throw error;
    }
    throw RpcError.internal(`failed to ${what}: ${error.message}`);
  }
}

/** What `account/rateLimits/read` answers. */
export async function readRateLimits(
  accounts: Accounts,
  { excludeResetCreditDetails = false }: GetAccountRateLimitsParams,
): Promise<GetAccountRateLimitsResponse> {
  const { access, ask } = await openDesk(accounts, "to read rate limits");
  return await told("fetch codex rate limits", async () => {
    const [usage, details] = await Promise.all([
      ask("usage"),
      excludeResetCreditDetails
        ? undefined
        : ask("rate-limit-reset-credits").catch(() => undefined),
    ]);
    return toLimits(usage, { details, access });
  });
}

/** What `account/usage/read` answers; what threads cost is not looked up. */
export async function readUsage(
  accounts: Accounts,
  { threadId }: GetAccountTokenUsageParams,
): Promise<GetAccountTokenUsageResponse> {
  if (threadId != null) toThreadId(threadId);
  const { ask } = await openDesk(accounts, "to read token usage");
  const profile = await told(
    "fetch token usage profile",
    () => ask("profiles/me"),
  );
  const stats = toObject(profile["stats"]);
  const count = (key: string): number | null => {
    const value = stats[key];
    return typeof value === "number" ? value : null;
  };
  return {
    summary: {
      lifetimeTokens: count("lifetime_tokens"),
      peakDailyTokens: count("peak_daily_tokens"),
      longestRunningTurnSec: count("longest_running_turn_sec"),
      currentStreakDays: count("current_streak_days"),
      longestStreakDays: count("longest_streak_days"),
    },
    dailyUsageBuckets: toDays(stats["daily_usage_buckets"]),
    threadUsage: null,
  };
}

function toDays(buckets: unknown): AccountTokenUsageDailyBucket[] | null {
  if (!Array.isArray(buckets)) return null;
  return buckets.map(toObject).flatMap(({ start_date: startDate, tokens }) =>
    typeof startDate === "string" && typeof tokens === "number"
      ? [{ startDate, tokens }]
      : []
  );
}

/** What `account/workspaceMessages/read` answers. */
export async function readMessages(
  accounts: Accounts,
): Promise<GetWorkspaceMessagesResponse> {
  const { ask } = await openDesk(accounts, "to read workspace messages");
  return await told("fetch workspace messages", async () => {
    try {
      const { messages } = await ask("workspace-messages");
      return {
        featureEnabled: true,
        messages: Array.isArray(messages)
          ? messages.map((one) => toMessage(toObject(one)))
          : [],
      };
    } catch (error) {
      const isUnknown = error instanceof BackendError && error.status === 404;
      if (!isUnknown) throw error;
      return { featureEnabled: false, messages: [] };
    }
  });
}

function toMessage(message: Record<string, unknown>): WorkspaceMessage {
  const type = message["message_type"];
  const time = (value: unknown): number | null => {
    const ms = typeof value === "string" ? Date.parse(value) : NaN;
    return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
  };
  return {
    messageId: toText(message["message_id"]) ?? toText(message["id"]) ?? "",
    messageType: type === "headline" || type === "announcement"
      ? type
      : "unknown",
    messageBody: toText(message["message_body"]) ?? "",
    createdAt: time(message["created_at"]),
    archivedAt: time(message["archived_at"]),
  };
}

const outcomes: Record<string, ConsumeAccountRateLimitResetCreditOutcome> = {
  reset: "reset",
  nothing_to_reset: "nothingToReset",
  no_credit: "noCredit",
  already_redeemed: "alreadyRedeemed",
};

/** What `account/rateLimitResetCredit/consume` answers. */
export async function consumeCredit(
  accounts: Accounts,
  { idempotencyKey, creditId }: ConsumeAccountRateLimitResetCreditParams,
): Promise<ConsumeAccountRateLimitResetCreditResponse> {
  if (idempotencyKey === "") {
    throw RpcError.invalidRequest("idempotencyKey must not be empty");
  }
  if (creditId === "") {
    throw RpcError.invalidRequest("creditId must not be empty");
  }
  const { ask } = await openDesk(accounts, "for rate limit reset credits");
  const answer = await told(
    "consume rate limit reset",
    () =>
      ask("rate-limit-reset-credits/consume", {
        redeem_request_id: idempotencyKey,
        ...(creditId != null && { credit_id: creditId }),
      }),
  );
  const outcome = outcomes[String(answer["code"] ?? answer["outcome"])];
  if (outcome !== undefined) return { outcome };
  throw RpcError.internal(
    "failed to consume rate limit reset: the answer is not what it should be",
  );
}

/** What `account/sendAddCreditsNudgeEmail` answers. */
export async function sendNudge(
  accounts: Accounts,
  { creditType }: SendAddCreditsNudgeEmailParams,
): Promise<SendAddCreditsNudgeEmailResponse> {
  const { ask } = await openDesk(accounts, "to notify workspace owner");
  return await told("notify workspace owner", async () => {
    try {
      await ask("accounts/send_add_credits_nudge_email", {
        credit_type: creditType,
      });
      return { status: "sent" };
    } catch (error) {
      const isSoon = error instanceof BackendError && error.status === 429;
      if (!isSoon) throw error;
      return { status: "cooldown_active" };
    }
  });
}
