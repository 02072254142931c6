import assert from "node:assert/strict";
import { testAlone } from "../../tests/kit/test_alone.ts";
import { Libc } from "./_libc.ts";
import {
  goneOf,
  isAlive,
  startSession,
  wardenOtherThan,
} from "./_probes_test.ts";
import { Reactor } from "./_reactor.ts";
import { Safeguard } from "./_safeguard.ts";

/** From here on no system gives out numbers: nobody is hit. */
const NOBODY = 5_000_000;
/** More entries than a pipe takes. */
const MANY = 8_000;
const EAGAIN = 11;

/** What a safeguard is made of; starting a shell can be made to fail. */
class Ground implements AsyncDisposable {
  readonly safeguard: Safeguard;
  isFailing = false;
  readonly #libc = Libc.open()!;
  readonly #reactor: Reactor;

  constructor() {
    const { call } = this.#libc;
    const spawn: typeof call.spawn = (...args) =>
      this.isFailing ? EAGAIN : call.spawn(...args);
    const libc = Object.create(this.#libc, {
      call: { value: { ...call, spawn } },
      errno: { get: () => this.#libc.errno },
    });
    this.#reactor = new Reactor(this.#libc);
    this.safeguard = new Safeguard(libc, this.#reactor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.safeguard[Symbol.asyncDispose]();
    await this.#reactor[Symbol.asyncDispose]();
    this.#libc[Symbol.dispose]();
  }
}

testAlone({
  module: import.meta.url,
  name:
    "Safeguard gives a successor all its books, though the one that was killed had stopped reading",
}, async () => {
  const session = startSession();
  try {
    await using ground = new Ground();
    const { safeguard } = ground;
    safeguard.prepare();
    const first = await wardenOtherThan(0);
    Deno.kill(first, "SIGSTOP");
    for (let at = 0; at < MANY; at++) {
      safeguard.add(NOBODY + at, `p${at}`);
    }
    safeguard.add(session.pid, "p0");
    Deno.kill(first, "SIGKILL");
    await wardenOtherThan(first);
    for (let at = 0; at < MANY; at++) safeguard.remove(NOBODY + at);
    await safeguard[Symbol.asyncDispose]();
    await goneOf(session.pid);
  } finally {
    if (await isAlive(session.pid)) session.kill("SIGKILL");
    await session.status;
  }
});

testAlone({
  module: import.meta.url,
  name: "Safeguard gives a late successor its books",
}, async () => {
  const session = startSession();
  try {
    await using ground = new Ground();
    const { safeguard } = ground;
    safeguard.prepare();
    const first = await wardenOtherThan(0);
    safeguard.add(session.pid, "p0");
    Deno.kill(first, "SIGKILL");
    await goneOf(first);
    ground.isFailing = true;
    safeguard.add(NOBODY, "p0");
    safeguard.remove(NOBODY);
    ground.isFailing = false;
    safeguard.prepare();
    await safeguard[Symbol.asyncDispose]();
    await goneOf(session.pid);
  } finally {
    if (await isAlive(session.pid)) session.kill("SIGKILL");
    await session.status;
  }
});

testAlone({
  module: import.meta.url,
  name: "Safeguard without books is disposed of, though its warden has stopped",
}, async () => {
  await using ground = new Ground();
  const { safeguard } = ground;
  safeguard.prepare();
  const warden = await wardenOtherThan(0);
  Deno.kill(warden, "SIGSTOP");
  safeguard.add(NOBODY, "p0");
  safeguard.remove(NOBODY);
  await safeguard[Symbol.asyncDispose]();
  assert.equal(await isAlive(warden), false);
});
