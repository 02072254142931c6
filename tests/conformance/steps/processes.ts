import type { Steps } from "../case.ts";
import type { CaseRun } from "../case_run.ts";
import { eventually, pause } from "../deadline.ts";
import { check, Failure } from "../failure.ts";
import { type JsonObject, show } from "../json.ts";

/** `signal`: sends a signal to a process of the case. */
export function signal(run: CaseRun, step: Steps["signal"]): void {
  run.process(step.proc).child.kill(step.signal);
}

/** `expectExit`: the process ends, and how. */
export async function expectExit(
  run: CaseRun,
  step: Steps["expectExit"],
): Promise<void> {
  const limitMs = run.toLimitMs(step.within ?? 5000);
  const process = run.process(step.proc);
  const status = await process.wait(limitMs, run.signal);
  if (status === undefined) {
    throw new Failure(`still running after ${limitMs} ms`);
  }
  const { stderr: wantedStderr, ...rest } = step.expectExit;
  const want: JsonObject = run.lenient || wantedStderr === undefined
    ? rest
    : { ...rest, stderr: wantedStderr };
  check(
    want,
    {
      code: status.code,
      signal: status.signal,
      stdout: process.stdout,
      stderr: process.stderr,
    },
    "exit",
  );
}

/** `expectRunning`: the process does not end for a while. */
export async function expectRunning(
  run: CaseRun,
  step: Steps["expectRunning"],
): Promise<void> {
  const process = run.process(step.proc);
  const status = await process.wait(step.forMs ?? 300, run.signal);
  if (status === undefined) return;
  throw new Failure(
    `exited with ${status.code}: ${process.stderr.slice(-300)}`,
  );
}

/** `expectStderr`: what the process has printed by now or prints soon. */
export async function expectStderr(
  run: CaseRun,
  step: Steps["expectStderr"],
): Promise<void> {
  const process = run.process(step.proc);
  await eventually(
    () => check(step.expectStderr, process.stderr, "stderr"),
    run.toLimitMs(step.within ?? 5000),
    run.signal,
  );
  if (step.saveStderr === undefined) return;
  const { regex, as } = step.saveStderr;
  const value = process.stderr.match(new RegExp(regex))?.[1];
  if (value !== undefined) run.variables.set(as, value);
}

/** `expectStdout`: what the process has printed by now. */
export function expectStdout(
  run: CaseRun,
  step: Steps["expectStdout"],
): void {
  check(step.expectStdout, run.process(step.proc).stdout, "stdout");
}

/** `spawn`: one more server, talked to over a socket or not at all. */
export function spawn(run: CaseRun, step: Steps["spawn"]): void {
  run.start(step.spawn, {
    args: step.args ?? [],
    env: step.env,
    cwd: step.cwd,
    stdin: "null",
    gatherStdout: true,
  });
}

/** `spawnPipe`: one more server with a connection on its pipes. */
export function spawnPipe(run: CaseRun, step: Steps["spawnPipe"]): void {
  run.startPiped(step.spawnPipe, step.spawnPipe, {
    args: step.args ?? [],
    env: step.env,
    cwd: step.cwd,
  });
}

/** `cli`: runs the program to its end. */
export async function cli(run: CaseRun, step: Steps["cli"]): Promise<void> {
  const limitMs = run.toLimitMs(step.within ?? 5000);
  const process = run.start(`cli ${crypto.randomUUID()}`, {
    args: step.cli,
    env: step.env,
    cwd: step.cwd,
    stdin: step.stdin === undefined ? "null" : "piped",
    gatherStdout: true,
  });
  if (step.stdin !== undefined) {
    const writer = process.child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(step.stdin)).catch(() => {});
    await writer.close().catch(() => {});
  }
  const status = await process.wait(limitMs, run.signal);
  if (status === undefined) {
    throw new Failure(
      `still running after ${limitMs} ms; stderr ${
        show(process.stderr.slice(-200))
      }`,
    );
  }
  if (step.code !== undefined) {
    const tail = show(process.stderr.slice(-300));
    check(step.code, status.code, `exit code (stderr ${tail})`);
  }
  if (step.stdout !== undefined) check(step.stdout, process.stdout, "stdout");
  if (step.stderr !== undefined && !run.lenient) {
    check(step.stderr, process.stderr, "stderr");
  }
}

/** `sleep`: lets time pass where no event tells. */
export async function sleep(
  run: CaseRun,
  step: Steps["sleep"],
): Promise<void> {
  await pause(step.sleep, run.signal);
}
