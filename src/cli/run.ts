import { Client, RpcError } from "../client/mod.ts";
import type { SandboxPolicy } from "../protocol/mod.ts";
import type { RoomsOnDemand } from "../server/mod.ts";
import { toConnectFailure } from "./_connect_failure.ts";
import { LocalTerminal } from "./_local_terminal.ts";
import { toOsText } from "./_os_text.ts";
import { RemoteCommand, type RemoteCommandParams } from "./_remote_command.ts";
import { toTarget } from "./_target.ts";
import { workUntilStopped } from "./_until_stopped.ts";
import type { Invocation } from "./command.ts";
import { printError } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/** The connection failed, as ssh(1) tells it. */
const FAILED = 255;
/** What shells give for a program that died of SIGPIPE. */
const BROKEN_PIPE = 128 + 13;
/** How long a killed command may take to end: its output is drained for 2 s. */
const STOP_MS = 10_000;
const READ_BYTES = 256 * 1024;

const POLICIES: Readonly<Record<string, SandboxPolicy>> = {
  "read-only": { type: "readOnly" },
  "workspace-write": { type: "workspaceWrite" },
  "danger-full-access": { type: "dangerFullAccess" },
};

/** Runs a command on a server and gives its exit code. */
export async function run(
  invocation: Invocation,
  rooms: RoomsOnDemand,
): Promise<number> {
  using terminal = new LocalTerminal();
  try {
    return await workUntilStopped(
      (stop) => runRemote(invocation, { rooms, terminal, stop }),
      { graceMs: STOP_MS },
    );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof Deno.errors.BrokenPipe) return BROKEN_PIPE;
    terminal[Symbol.dispose]();
    await printError(`Error: ${toConnectFailure(error)}\n`);
    return FAILED;
  }
}

async function runRemote(
  invocation: Invocation,
  { rooms, terminal, stop }: {
    rooms: RoomsOnDemand;
    terminal: LocalTerminal;
    stop: AbortSignal;
  },
): Promise<number> {
  await using resources = new AsyncDisposableStack();
  const target = await toTarget(invocation, { rooms, resources });
  const client = resources.use(await Client.connect(target, { signal: stop }));
  const hasTerminal = invocation.has("tty") ||
    !invocation.has("no-tty") && Deno.stdin.isTerminal() &&
      Deno.stdout.isTerminal();
  let command: RemoteCommand | undefined;
  if (hasTerminal) {
    // In this order no change of the size is missed.
    terminal.watchSize((size) => command?.resize(size));
    await terminal.enterRawMode();
  }
  const params = toParams(invocation, hasTerminal ? terminal : undefined);
  const started = command = new RemoteCommand(client, params);
  const terminate = (): void => void started.terminate();
  if (stop.aborted) terminate();
  else stop.addEventListener("abort", terminate, { once: true });
  const ended = started.copyOutput(Deno.stdout, Deno.stderr)
    .catch((error) => {
      if (!(error instanceof RpcError)) throw error;
      const { message, code } = error;
      throw new Error(`Server refused the command: ${message} (${code})`);
    });
  const fed = started.feed(createInputReader());
  return await Promise.race([ended, fed.then(() => ended)]);
}

function toParams(
  invocation: Invocation,
  terminal: LocalTerminal | undefined,
): RemoteCommandParams {
  const given = invocation.values("env").map((pair) => {
    const cut = pair.indexOf("=");
    return [pair.slice(0, cut), pair.slice(cut + 1)] as const;
  });
  const kind = terminal && Deno.env.get("TERM");
  const size = terminal?.size;
  const cwd = invocation.value("cwd");
  const timeout = invocation.value("timeout");
  const policy = POLICIES[invocation.value("sandbox") ?? ""];
  return {
    command: [...invocation.operands],
    env: { ...kind ? { TERM: kind } : {}, ...Object.fromEntries(given) },
    ...cwd === undefined ? {} : { cwd },
    ...timeout === undefined
      ? { disableTimeout: true }
      : { timeoutMs: Number(timeout) },
    ...policy === undefined ? {} : { sandboxPolicy: policy },
    ...terminal === undefined ? {} : { tty: true },
    ...size === undefined ? {} : { size },
  };
}

function createInputReader(): () => Promise<Uint8Array | null> {
  const buffer = new Uint8Array(READ_BYTES);
  return async () => {
    try {
      const count = await Deno.stdin.read(buffer);
      return count === null ? null : buffer.subarray(0, count);
    } catch (error) {
      // A terminal whose window was closed has nothing more to say.
      if (Deno.stdin.isTerminal()) return null;
      throw new Error(`Cannot read standard input: ${toOsText(error)}`);
    }
  };
}
