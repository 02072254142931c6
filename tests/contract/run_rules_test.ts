import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import { type AccessRules, createAppServer } from "../../mod.ts";
import { createTempDir } from "../kit/temp_dir.ts";

const COMMAND = { sandboxPolicy: { type: "dangerFullAccess" } } as const;

/** A client of a server in this process that was started with such flags. */
async function connect(
  rules: AccessRules,
): Promise<
  { client: Client; path: string } & AsyncDisposable
> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await createTempDir());
  const server = stack.use(
    await createAppServer({ home: path, access: rules }),
  );
  const client = stack.use(
    await Client.connect({ channel: server.connect() }, {
      capabilities: { experimentalApi: true },
    }),
  );
  const all = stack.move();
  return { client, path, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

for (
  const [rules, flag] of [
    [{ allowRun: ["echo"] }, "is outside --allow-run=echo"],
    [{ denyRun: ["touch"] }, "is covered by --deny-run=touch"],
    [{ denyRun: true as const }, "is covered by --deny-run"],
  ] as const
) {
  for (const program of ["touch", "/usr/bin/touch", "/usr/bin/../bin/touch"]) {
    Deno.test(`command/exec and process/spawn refuse ${program} that ${flag}, and start nothing`, async () => {
      await using world = await connect(rules);
      const { client, path } = world;
      const refusal = {
        code: -32600,
        message: `Running is not allowed: program "${program}" ${flag}`,
      };
      const command = [program, `${path}/made`];
      await assert.rejects(
        client.request("command/exec", { command, ...COMMAND }),
        refusal,
      );
      // Confined or not.
      await assert.rejects(
        client.request("command/exec", { command }),
        refusal,
      );
      await assert.rejects(
        client.request("process/spawn", {
          command,
          processHandle: "p",
          cwd: path,
        }),
        refusal,
      );
      // The name is free: nothing of it is left.
      await assert.rejects(
        client.request("process/kill", { processHandle: "p" }),
        /no active process/,
      );
      await assert.rejects(Deno.lstat(`${path}/made`), Deno.errors.NotFound);
    });
  }
}

Deno.test("command/exec and process/spawn run what --allow-run lists, by name and by path", async () => {
  await using world = await connect({ allowRun: ["echo"] });
  const { client, path } = world;
  using exits = client.notifications("process/exited");
  for (const program of ["echo", "/usr/bin/echo", "/bin/../bin/echo"]) {
    assert.deepEqual(
      await client.request("command/exec", {
        command: [program, "hello"],
        ...COMMAND,
      }),
      { exitCode: 0, stdout: "hello\n", stderr: "" },
    );
    await client.request("process/spawn", {
      command: [program, "hello"],
      processHandle: "p",
      cwd: path,
    });
    const { value } = await exits.next();
    assert.equal(value?.params.stdout, "hello\n");
  }
});

Deno.test("command/exec looks names up in the command's PATH, and judges the file that is there", async () => {
  await using world = await connect({ allowRun: ["echo"] });
  const { client, path } = world;
  await Deno.writeTextFile(`${path}/echo`, "#!/bin/sh\ntouch made\n");
  await Deno.chmod(`${path}/echo`, 0o755);
  const env = { PATH: path };
  await assert.rejects(
    client.request("command/exec", {
      command: ["echo"],
      cwd: path,
      env,
      ...COMMAND,
    }),
    { message: /program "echo" is outside --allow-run=echo$/ },
  );
  await assert.rejects(Deno.lstat(`${path}/made`), Deno.errors.NotFound);
});

Deno.test("command/exec and process/spawn let nobody load other code into an allowed program", async () => {
  for (
    const [rules, flag] of [
      [{ allowRun: ["echo"] }, "--allow-run"],
      [{ denyRun: ["touch"] }, "--deny-run"],
    ] as const
  ) {
    await using world = await connect(rules);
    const { client, path } = world;
    for (const name of ["LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES"]) {
      const refusal = {
        code: -32600,
        message: `Running is not allowed: variable "${name}" would have ` +
          `program "echo" load other code, under ${flag}`,
      };
      const asked = { command: ["echo", "hello"], env: { [name]: "/x.so" } };
      await assert.rejects(client.request("command/exec", asked), refusal);
      await assert.rejects(
        client.request("process/spawn", {
          ...asked,
          processHandle: "p",
          cwd: path,
        }),
        refusal,
      );
    }
    const { stdout } = await client.request("command/exec", {
      command: ["echo", "hello"],
      env: { LD_PRELOAD: null, OTHER: "x" },
      ...COMMAND,
    });
    assert.equal(stdout, "hello\n");
  }
});

Deno.test("command/exec leaves the loader's variables to clients without rules for programs", async () => {
  await using world = await connect({});
  const { stdout } = await world.client.request("command/exec", {
    command: ["/bin/sh", "-c", 'echo "$LD_BIND_NOW"'],
    env: { LD_BIND_NOW: "1" },
    ...COMMAND,
  });
  assert.equal(stdout, "1\n");
});
