import {
  type Abilities,
  groundArguments,
  namespaceArguments,
} from "./_box_arguments.ts";
import { SandboxUnavailable } from "./confinement.ts";

/** How long a trial run may take: a busy machine is no reason to do without. */
const TIMEOUT_MS = 30_000;

/** Beginning with the strongest. */
const boxes: readonly Abilities[] = [
  { users: true, proc: true },
  // As root in a container that has no user namespaces.
  { users: false, proc: true },
  { users: true, proc: false },
  { users: false, proc: false },
];

/**
 * Tells whether it is in a box: one of the first processes, and not let into a
 * directory that is everyone's outside. Stand-ins for bubblewrap that just run
 * the command, or nothing, are found in images of containers.
 */
const SCRIPT = "[ ! -w /tmp ] && [ $$ -lt 10 ] && echo boxed";
const ANSWER = "boxed\n";

/**
 * Finds the strongest box that bubblewrap can make here.
 *
 * @throws {SandboxUnavailable} if it can make none.
 */
export async function tryBubblewrap(program: string): Promise<Abilities> {
  const reasons: string[] = [];
  for (const abilities of boxes) {
    const reason = await findFault(program, abilities);
    if (reason === undefined) return abilities;
    reasons.push(reason);
  }
  throw failure(program, reasons[0]!);
}

/** What is wrong with a box; nothing if it is one. */
async function findFault(
  program: string,
  abilities: Abilities,
): Promise<string | undefined> {
  const plan = {
    ground: "readable",
    mounts: new Map(),
    placeholders: [],
  } as const;
  const args = [
    ...namespaceArguments(abilities, false),
    ...await groundArguments(plan, abilities),
    ...["--perms", "0000", "--tmpfs", "/tmp"],
    ...["--", "/bin/sh", "-c", SCRIPT],
  ];
  const { success, stdout, stderr } = await run(program, args);
  const decoder = new TextDecoder();
  if (success && decoder.decode(stdout) === ANSWER) return undefined;
  return decoder.decode(stderr).trim() || "commands are in no box of its";
}

async function run(
  program: string,
  args: readonly string[],
): Promise<Deno.CommandOutput> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const { promise: late, reject } = Promise.withResolvers<never>();
  // What it has started may hold its outputs after it was killed.
  signal.addEventListener(
    "abort",
    () => reject(failure(program, "it does not answer")),
    { once: true },
  );
  const output = Promise.try(() =>
    new Deno.Command(program, {
      args: [...args],
      cwd: "/",
      clearEnv: true,
      stdin: "null",
      signal,
    }).output()
  ).catch((error) => {
    throw failure(program, error.message);
  });
  return await Promise.race([output, late]);
}

function failure(program: string, reason: string): SandboxUnavailable {
  return new SandboxUnavailable(`"${program}" does not work here: ${reason}`);
}
