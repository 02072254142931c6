import assert from "node:assert/strict";
import { createGround } from "./_tool_ground_test.ts";

const elsewhere = {
  environmentId: "box",
  cwd: "/usr",
  runtimeWorkspaceRoots: ["/usr"],
};

Deno.test("what works here does nothing for a thread that works elsewhere or nowhere", async () => {
  for (const environments of [[], [elsewhere]]) {
    await using ground = await createGround({ settings: { environments } });
    const file = `${ground.cwd}/ran`;
    const patch = `*** Begin Patch\n*** Add File: ${file}\n+x\n*** End Patch`;
    const outputs = [
      await ground.call("exec_command", { cmd: `touch ${file}` }),
      await ground.call("exec_command", {
        cmd: `apply_patch <<'EOF'\n${patch}\nEOF`,
      }),
      await ground.call("apply_patch", patch),
      await ground.call("view_image", { path: "/usr/p.png" }),
    ];
    for (const { output, isSuccess } of outputs) {
      assert.equal(isSuccess, false);
      assert.match(String(output), /^This thread has no environment now/);
    }
    await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
    assert.deepEqual(ground.stage.told, []);
  }
});

Deno.test("what works here does so for a thread that works elsewhere, too", async () => {
  const local = { ...elsewhere, environmentId: "local" };
  await using ground = await createGround({
    settings: { environments: [elsewhere, local] },
  });
  assert.match(await ground.text("exec_command", { cmd: "echo hi" }), /hi/);
});
