import {
  clientNotificationsJson,
  clientRequestsJson,
  serverNotificationsJson,
  serverRequestsJson,
} from "./schemas_gen.ts";
import type { MethodName } from "./methods.ts";

/**
 * When a gated field needs `experimentalApi`: when it has a value (`"set"`),
 * when it is true (`"true"`), or even when it is null (`"present"`).
 */
export type GateRule = "set" | "true" | "present";

/** What the contract says about one method or notification. */
export interface MethodInfo {
  /**
   * Name of the type of its parameters; null if it has none, `"Unfinished"` if
   * they are not written down yet.
   */
  readonly params: string | null;
  /** Name of the type of its result, likewise; null for notifications. */
  readonly result: string | null;
  /** Whether all of it needs `experimentalApi`. */
  readonly experimental?: true;
  /** Whether it is there for connections with the `gangway` capability only. */
  readonly gangway?: true;
  /**
   * Whether only an earlier version of the protocol had it: every connection
   * may use it, but no list names it.
   */
  readonly legacy?: true;
  /** Whether its parameters may be left out, as if they were empty. */
  readonly optional?: true;
  /** Fields of its parameters that need `experimentalApi`, in declared order. */
  readonly experimentalParams?: Readonly<Record<string, GateRule>>;
  /**
   * What the refusal calls a field of `experimentalParams` where that is not
   * its method and its path.
   */
  readonly gateNames?: Readonly<Record<string, string>>;
  /** Fields of its parameters that need the `gangway` capability. */
  readonly gangwayParams?: readonly string[];
}

/** Every name of the contract, in declared order. */
export interface ContractTable {
  /** Requests from the client. */
  readonly clientRequests: ReadonlyMap<string, MethodInfo>;
  /** Requests from the server. */
  readonly serverRequests: ReadonlyMap<string, MethodInfo>;
  /** Notifications from the server. */
  readonly serverNotifications: ReadonlyMap<string, MethodInfo>;
  /** Notifications from the client. */
  readonly clientNotifications: ReadonlyMap<string, MethodInfo>;
}

// A memo of constants: nobody can tell whether it is filled.
const table: { -readonly [K in keyof ContractTable]?: ContractTable[K] } = {};

/**
 * The contract's names and what travels under them, as
 * `src/protocol/methods.ts` declares them.
 *
 * @example Print the methods that need `experimentalApi`
 * ```ts
 * import { contractTable } from "@gangway/app-server/protocol";
 * for (const [name, info] of contractTable.clientRequests) {
 *   if (info.experimental) console.log(name);
 * }
 * ```
 */
export const contractTable: ContractTable = {
  get clientRequests(): ReadonlyMap<string, MethodInfo> {
    return table.clientRequests ??= parse(clientRequestsJson);
  },
  get serverRequests(): ReadonlyMap<string, MethodInfo> {
    return table.serverRequests ??= parse(serverRequestsJson);
  },
  get serverNotifications(): ReadonlyMap<string, MethodInfo> {
    return table.serverNotifications ??= parse(serverNotificationsJson);
  },
  get clientNotifications(): ReadonlyMap<string, MethodInfo> {
    return table.clientNotifications ??= parse(clientNotificationsJson);
  },
};

function parse(json: string): ReadonlyMap<string, MethodInfo> {
  return new Map(Object.entries(JSON.parse(json)));
}

/** Whether a name is a request that clients may send, finished or not. */
export function isMethod(name: string): name is MethodName {
  return contractTable.clientRequests.has(name);
}
