import type { Target } from "../client/mod.ts";
import { resolveHome } from "../config/mod.ts";
import type { RoomsOnDemand } from "../server/mod.ts";
import { toControlSocketPath } from "../transport/mod.ts";
import { splitWords, toOwnCommand } from "./_own_command.ts";
import { readEnvironment, readSecret } from "./_secret.ts";
import type { Invocation } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/**
 * The server that the options of `_target_options.ts` mean. One that is made
 * for this within the process is given to `resources`.
 *
 * @throws {UsageError} if they make no sense.
 * @throws {Error} if the token can't be read.
 */
export async function toTarget(
  invocation: Invocation,
  { rooms, resources }: {
    rooms: RoomsOnDemand;
    resources: AsyncDisposableStack;
  },
): Promise<Target> {
  const tokenFile = invocation.value("token-file");
  const tokenVariable = invocation.value("token-env");
  if (invocation.has("url")) {
    const url = invocation.value("url")!;
    if (!/^(wss?|unix):\/\//.test(url)) {
      throw new UsageError(
        `invalid value '${url}' for '--url <URL>': expected \`ws://…\`, ` +
          "`wss://…`, `unix://` or `unix://PATH`",
      );
    }
    const token = tokenFile !== undefined
      ? await readSecret(tokenFile)
      : tokenVariable !== undefined
      ? readEnvironment(tokenVariable)
      : undefined;
    return { url: url === "unix://" ? toControlUrl() : url, token };
  }
  if (tokenFile !== undefined || tokenVariable !== undefined) {
    throw new UsageError("a token is of use only with '--url <URL>'");
  }
  if (invocation.has("spawn")) {
    const [program, ...args] = splitWords(invocation.value("spawn") ?? "");
    return {
      spawn: program === undefined ? toOwnCommand() : [program, ...args],
    };
  }
  const { assembleAppServer } = await import("../server/mod.ts");
  const server = resources.use(await assembleAppServer(rooms));
  return { channel: server.connect() };
}

function toControlUrl(): string {
  return `unix://${toControlSocketPath(resolveHome(Deno.env))}`;
}
