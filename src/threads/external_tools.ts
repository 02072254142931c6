import type { Config } from "../config/mod.ts";
import type {
  NotificationName,
  ServerMethodName,
  ServerNotifications,
  ServerRequests,
} from "../protocol/mod.ts";
import type { AskOptions, Reviewer, Tool } from "../tools/mod.ts";

/**
 * Tools that a thread has from elsewhere, such as those of MCP servers. They
 * come up while the thread goes on.
 */
export interface ExternalTools extends AsyncDisposable {
  /** Begins to bring them up. Called when somebody can hear of it; idempotent. */
  start(): void;
  /**
   * Resolves when those are there without which the thread can't be.
   *
   * @throws {Error} if one of them can't be had; the message says why.
   */
  required(): Promise<void>;
  /** Resolves when a turn need not wait for them any longer. Never rejects. */
  settled(signal: AbortSignal): Promise<void>;
  /** Those that work now. */
  tools(): readonly Tool[];
}

/** What tools from elsewhere are made with. */
export interface ExternalToolsOrder {
  readonly threadId: string;
  readonly config: Config;
  /** Absolute path of where the thread works. */
  readonly cwd: string;
  /** Who answers in place of a person. */
  readonly reviewer: Reviewer | undefined;
  /** Tells those who follow the thread. */
  readonly publish: <N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ) => void;
  /** Asks them without a turn, if the approval policy has anybody asked. */
  readonly ask: <M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: Pick<AskOptions, "signal">,
  ) => Promise<ServerRequests[M]["result"]>;
}

/** What a thread has without any. */
export const noExternalTools: ExternalTools = {
  start: () => {},
  required: () => Promise.resolve(),
  settled: () => Promise.resolve(),
  tools: () => [],
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
