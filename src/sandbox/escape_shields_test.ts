import assert from "node:assert/strict";
import { Ground, isLinux, makeBackend, Runner } from "./_escape_ground_test.ts";

/** Attempts to change what is shielded in a directory that may be written. */
const unshielding: readonly string[] = [
  "echo x > .git/config",
  "echo x >> .git/config",
  "rm -rf .git",
  "rm .git/config",
  "touch .git/new",
  "mv .git .elsewhere && mkdir .git && echo x > .git/config",
  "mv .git/config .",
  "ln -sfn /tmp .git",
  "ln -sf /etc/passwd .git/config",
  "ln .git/config linked && echo x > linked",
  "ln -s .git linked-too && echo x > linked-too/config",
  "echo x > config && mv config .git/config",
  "mkdir fake && mv -T fake .git",
  "cp -r . ../copy && rm -rf ../work && mv ../copy ../work",
  "mv ../work ../elsewhere",
  "chmod 777 .git/config",
  "echo x > /proc/self/cwd/.git/config",
  "exec 3< .git/config; echo x > /proc/self/fd/3",
  "mkdir .codex",
  "echo x > .codex",
  "ln -s /tmp .codex",
  "mkdir made && mv made .codex",
  "mkfifo .codex",
  "cp -r .git .codex",
  "unshare -r -m umount .git && echo x > .git/config",
];

Deno.test({
  name: "escape from bubblewrap: what is shielded stays as it is",
  ignore: !isLinux,
}, async (t) => {
  const backend = await makeBackend("bubblewrap");
  if (backend === undefined) return;
  await using runner = await Runner.create(backend);
  for (const attempt of unshielding) {
    await t.step(attempt, async () => {
      await using ground = await Ground.create();
      const { work } = ground;
      await Deno.mkdir(`${work}/.git`);
      await Deno.writeTextFile(`${work}/.git/config`, "as it was");
      await Deno.symlink("/nowhere", `${work}/.git/link`);
      const { stdout, stderr } = await runner.run(
        ["sh", "-c", `cd "$WORK"; (${attempt}); echo x > other; echo done`],
        { ...ground.writing, shielded: [`${work}/.git`, `${work}/.codex`] },
        ground.env,
      );
      assert.match(stdout, /^done$/m, stderr);
      assert.equal(await Deno.readTextFile(`${work}/other`), "x\n");
      const names = await Array.fromAsync(Deno.readDir(`${work}/.git`));
      assert.deepEqual(names.map(({ name }) => name).sort(), [
        "config",
        "link",
      ]);
      const { isDirectory, mode } = await Deno.lstat(`${work}/.git/config`);
      assert.deepEqual([isDirectory, mode! & 0o777], [false, 0o644]);
      const config = await Deno.readTextFile(`${work}/.git/config`);
      assert.equal(config, "as it was");
      await assert.rejects(Deno.lstat(`${work}/.codex`), Deno.errors.NotFound);
    });
  }
});

Deno.test({
  name: "escape from landlock: what it can't shield or hide is refused",
  ignore: !isLinux,
}, async () => {
  await using backend = await makeBackend("landlock");
  if (backend === undefined) return;
  await using ground = await Ground.create();
  const { work } = ground;
  await Deno.mkdir(`${work}/.git`);
  const what = {
    command: ["true"] as const,
    cwd: "/",
    env: {},
    hasTerminal: false,
  };
  const exceptions = [
    { shielded: [`${work}/.git`] },
    // Nor can it keep a name from being created.
    { shielded: [`${work}/.codex`] },
    { hidden: [`${work}/own`] },
    { writes: "all", hidden: [ground.hidden] },
    { writes: "all", shielded: [`${work}/.git`] },
    { writes: ["/"], shielded: [`${work}/.git`] },
  ] as const;
  for (const exception of exceptions) {
    await assert.rejects(
      backend.confine(what, { ...ground.writing, ...exception }),
      (error: Error) =>
        error.name === "SandboxUnavailable" &&
        /Landlock can't keep "\/.*" (hidden|from being written) below "\/.*"/
          .test(error.message),
    );
  }
});
