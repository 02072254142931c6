import { type Libc, StringVector, toCString } from "./_libc.ts";
import type { LaunchOrder, LaunchResult } from "./spawner.ts";

/** Larger than the structures of any glibc: 80 and 336 bytes today. */
const ACTIONS_BYTES = 256;
const ATTRIBUTES_BYTES = 512;
/** `sizeof(sigset_t)`. */
const SIGSET_BYTES = 128;

const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const POSIX_SPAWN_SETSID = 0x80;
const O_RDWR = 2;
const F_DUPFD_CLOEXEC = 1030;

/**
 * Starts a program as leader of a new session: all signals as they are by
 * default, none blocked, no descriptor but those of the order. Returns when it
 * runs, or why it doesn't; never throws for what the system refuses.
 */
export function posixSpawn(libc: Libc, order: LaunchOrder): LaunchResult {
  const { call } = libc;
  const first = order.terminal === undefined ? 0 : 3;
  const wanted = first + order.descriptors.length;
  using temporary = new DisposableStack();

  // A source that is itself a target would be overwritten before its turn, or
  // stay as it is and close itself: such ones are moved out of the way.
  const sources: number[] = [];
  for (const fd of order.descriptors) {
    if (fd >= wanted) {
      sources.push(fd);
      continue;
    }
    const moved = call.fcntl(fd, F_DUPFD_CLOEXEC, wanted);
    if (moved < 0) return { errno: libc.errno };
    temporary.defer(() => call.close(moved));
    sources.push(moved);
  }

  const actions = new Uint8Array(ACTIONS_BYTES);
  const attributes = new Uint8Array(ATTRIBUTES_BYTES);
  call.actionsInit(actions);
  temporary.defer(() => call.actionsDestroy(actions));
  call.attributesInit(attributes);
  temporary.defer(() => call.attributesDestroy(attributes));

  // The session is made before the actions are run, so that the first terminal
  // that is opened becomes its controlling one.
  let failed = 0;
  if (order.terminal !== undefined) {
    failed ||= call.actionsOpen(
      actions,
      0,
      toCString(order.terminal),
      O_RDWR,
      0,
    );
    failed ||= call.actionsDup2(actions, 0, 1);
    failed ||= call.actionsDup2(actions, 0, 2);
  }
  sources.forEach((fd, index) => {
    failed ||= call.actionsDup2(actions, fd, first + index);
  });
  failed ||= call.actionsCloseFrom(actions, wanted);
  failed ||= call.actionsChdir(actions, toCString(order.cwd));
  if (failed !== 0) return { errno: failed };

  const everySignal = new Uint8Array(SIGSET_BYTES).fill(0xff);
  call.attributesDefault(attributes, everySignal);
  call.attributesMask(attributes, new Uint8Array(SIGSET_BYTES));
  const session = order.startsSession ? 0 : POSIX_SPAWN_SETSID;
  call.attributesFlags(
    attributes,
    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session,
  );

  const argv = temporary.use(new StringVector(libc, order.argv));
  const env = temporary.use(new StringVector(libc, order.env));
  const pid = new Int32Array(1);
  const errno = call.spawn(
    pid,
    toCString(order.file),
    actions,
    attributes,
    argv.addresses,
    env.addresses,
  );
  return errno === 0 ? { pid: pid[0]! } : { errno };
}
