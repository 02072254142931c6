import { Client, RpcError } from "../client/mod.ts";
import type { MethodName, NotificationName } from "../protocol/mod.ts";
import type { RoomsOnDemand } from "../server/mod.ts";
import { toConnectFailure } from "./_connect_failure.ts";
import { toTarget } from "./_target.ts";
import type { Invocation } from "./command.ts";
import { print, printError, readInput } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/** Sends one request and prints what comes of it. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  const params = await readParams(invocation.operands[1]);
  const timeoutMs = invocation.value("timeout");
  const signal = timeoutMs === undefined
    ? undefined
    : AbortSignal.timeout(Number(timeoutMs));
  try {
    await using resources = new AsyncDisposableStack();
    const target = await toTarget(invocation, { rooms, resources });
    const client = resources.use(
      await Client.connect(target, {
        capabilities: {
          experimentalApi: invocation.has("experimental"),
          ...(invocation.has("gangway") ? { gangway: {} } : {}),
        },
        signal,
      }),
    );
    return await converse(client, invocation, params, signal);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const isLate = error instanceof DOMException &&
      error.name === "TimeoutError";
    const text = isLate
      ? `No answer within ${timeoutMs} ms`
      : toConnectFailure(error);
    await printError(`Error: ${text}\n`);
    return 2;
  }
}

async function converse(
  client: Client,
  invocation: Invocation,
  params: unknown,
  signal: AbortSignal | undefined,
): Promise<number> {
  const following = invocation.has("follow")
    ? follow(client, invocation.value("follow"))
    : undefined;
  // Its failure is looked at below, unless the request fails first.
  following?.catch(() => {});
  try {
    const method = invocation.operands[0] as MethodName;
    const result = await client.request(method, params as never, { signal });
    const indent = Deno.stdout.isTerminal() && !following ? 2 : undefined;
    await print(`${JSON.stringify(result, null, indent)}\n`);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const { code, message, data } = error;
    await printError(`${JSON.stringify({ code, message, data })}\n`);
    return 1;
  }
  await following;
  return 0;
}

/** Prints notifications until one of this name came, or until interrupted. */
async function follow(client: Client, last?: string): Promise<void> {
  using interrupted = createInterruption();
  using notifications = client.notifications<NotificationName>(undefined, {
    signal: interrupted.signal,
  });
  try {
    for await (const notification of notifications) {
      await print(`${JSON.stringify(notification)}\n`);
      if (notification.method === last) return;
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  }
}

function createInterruption(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) Deno.addSignalListener(name, abort);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) Deno.removeSignalListener(name, abort);
    },
  };
}

async function readParams(operand: string | undefined): Promise<unknown> {
  if (operand === undefined) return undefined;
  const isInput = operand === "-";
  const text = isInput ? await readInput() : operand;
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    // V8 names the position, except where the text just ends.
    const where = message.includes("position")
      ? ""
      : ` at position ${text.length}`;
    throw new UsageError(
      isInput
        ? `invalid JSON on standard input: ${message}${where}`
        : `invalid value '${text}' for '[PARAMS_JSON]': ${message}${where}`,
    );
  }
}
