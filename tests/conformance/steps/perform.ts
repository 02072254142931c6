import type { Step, Steps, Verb } from "../case.ts";
import type { CaseRun } from "../case_run.ts";
import * as files from "./files.ts";
import * as messages from "./messages.ts";
import * as output from "./output.ts";
import * as processes from "./processes.ts";
import * as sockets from "./sockets.ts";

type Perform<S> = (run: CaseRun, step: S) => void | Promise<void>;

/** What each step of the format does; the compiler sees that none is missing. */
const PERFORM: { readonly [V in Verb]: Perform<Steps[V]> } = {
  call: messages.call,
  cli: processes.cli,
  close: sockets.close,
  connect: sockets.connect,
  expect: messages.expect,
  expectClosed: sockets.expectClosed,
  expectExit: processes.expectExit,
  expectFrame: sockets.expectFrame,
  expectNext: messages.expectNext,
  expectNone: messages.expectNone,
  expectRaw: messages.expectRaw,
  expectRunning: processes.expectRunning,
  expectStderr: processes.expectStderr,
  expectStdout: processes.expectStdout,
  frame: sockets.frame,
  fs: files.fs,
  http: sockets.http,
  init: messages.init,
  send: messages.send,
  sendBig: messages.sendBig,
  sendBytes: messages.sendBytes,
  sendRaw: messages.sendRaw,
  signal: processes.signal,
  sleep: processes.sleep,
  spawn: processes.spawn,
  spawnPipe: processes.spawnPipe,
  stream: output.stream,
};

/** The key that names what a step does, or undefined when there is none. */
export function verbOf(step: object): Verb | undefined {
  return Object.keys(step).find((key): key is Verb =>
    Object.hasOwn(PERFORM, key)
  );
}

/** Does one step; throws a Failure when the server did not play along. */
export async function perform(run: CaseRun, step: Step): Promise<void> {
  const verb = verbOf(step);
  if (verb === undefined) throw new TypeError("Step names nothing to do");
  // The verb was read off the step, so the entry takes exactly this step.
  await (PERFORM[verb] as Perform<Step>)(run, step);
}
