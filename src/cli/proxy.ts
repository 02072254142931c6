import { resolve } from "node:path";
import { resolveHome } from "../config/mod.ts";
import { toControlSocketPath } from "../transport/mod.ts";
import { toFailure } from "./_os_text.ts";
import type { Invocation } from "./command.ts";

/** How long the server may take to finish after the input has ended. */
const LINGER_MS = 10_000;

/**
 * Copies bytes both ways between stdio and a unix socket until the input ends.
 * That the server went away is left to the caller to notice.
 *
 * @throws {Error} if the socket can't be connected to.
 */
export async function run(invocation: Invocation): Promise<number> {
  const chosen = invocation.value("sock");
  const path = chosen === undefined
    ? toControlSocketPath(resolveHome(Deno.env))
    : resolve(chosen);
  using connection = await connect(path);
  const received = connection.readable.pipeTo(Deno.stdout.writable, {
    preventClose: true,
  }).catch(() => {}); // gone, on one side or the other
  await copyInput(connection);
  const { promise: timeUp, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, LINGER_MS);
  await Promise.race([received, timeUp]);
  clearTimeout(timer);
  return 0;
}

async function copyInput(connection: Deno.UnixConn): Promise<void> {
  let isOpen = true;
  for await (const chunk of Deno.stdin.readable) {
    let bytes: Uint8Array = chunk;
    while (isOpen && bytes.length > 0) {
      try {
        bytes = bytes.subarray(await connection.write(bytes));
      } catch {
        isOpen = false; // what else comes has nowhere to go
      }
    }
  }
  if (isOpen) await connection.closeWrite().catch(() => {});
}

async function connect(path: string): Promise<Deno.UnixConn> {
  try {
    // A link may stand for a path that is too long for a socket address.
    const real = await Deno.realPath(path);
    return await Deno.connect({ transport: "unix", path: real });
  } catch (error) {
    throw toFailure(`failed to connect to socket at ${path}`, error);
  }
}
