import assert from "node:assert/strict";
import { Access } from "../../src/access/mod.ts";
import { Config } from "../../src/config/mod.ts";
import { Programs, runProgram } from "../../src/exec/mod.ts";
import { Files } from "../../src/files/mod.ts";
import { createSandbox } from "../../src/sandbox/mod.ts";
import { createSpawner } from "../../src/spawn/mod.ts";
import { createTempDir } from "../kit/temp_dir.ts";

const names = ["setTimeout", "setImmediate"] as const;

/** Notes who takes the first look at what the runtime has in `node:`. */
function watchTimers(): Disposable & { readonly used: readonly string[] } {
  const former = names.map((name) => globalThis[name]);
  const used: string[] = [];
  for (const [at, name] of names.entries()) {
    globalThis[name] = new Proxy(former[at]!, {
      apply(target, self, args) {
        used.push(name);
        return Reflect.apply(target as never, self, args);
      },
    }) as never;
  }
  return {
    used,
    [Symbol.dispose]() {
      for (const [at, name] of names.entries()) {
        globalThis[name] = former[at] as never;
      }
    },
  };
}

Deno.test({
  name: "the first files and programs need no timers of the Node.js layer",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using directory = await createTempDir();
    const { path } = directory;
    const access = await Access.create({});
    const files = new Files(access);
    await using sandbox = createSandbox({
      config: new Config(),
      access,
      home: path,
    });
    await using programs = new Programs({ createSpawner, access, sandbox });
    using timers = watchTimers();
    await files.writeFile(`${path}/a`, new TextEncoder().encode("hello"));
    await files.copy(`${path}/a`, `${path}/b`, {});
    const { stdout, exitCode } = await runProgram(programs, {
      // Long enough for its output to be waited for.
      command: ["sh", "-c", 'sleep 0.2; cat "$0"', `${path}/b`],
      cwd: path,
      timeoutMs: 60_000,
      capBytes: 100,
    });
    assert.deepEqual([exitCode, stdout], [0, "hello"]);
    await files.readFile(`${path}/b`);
    assert.deepEqual(timers.used, []);
  },
});
