import assert from "node:assert/strict";
import type { ThreadSettings } from "../protocol/mod.ts";
import { createGround, type Ground } from "./_tool_ground_test.ts";

const COMMAND = "item/commandExecution/requestApproval";
const PERMISSIONS = "item/permissions/requestApproval";

/** The workspace can be written, and nothing else. */
const workspace = {
  approvalPolicy: "on-request",
  sandboxPolicy: {
    type: "workspaceWrite",
    writableRoots: [],
    networkAccess: false,
    excludeTmpdirEnvVar: true,
    excludeSlashTmp: true,
  },
} as const satisfies Partial<ThreadSettings>;

function asked(ground: Ground, method: string): Record<string, unknown>[] {
  return ground.stage.told.filter(([what]) => what === method)
    .map(([, params]) => params as Record<string, unknown>);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Something of the user's outside of the workspace. */
async function createPrivate(ground: Ground): Promise<string> {
  const path = ground.cwd.replace(/w$/, "private");
  await Deno.mkdir(path);
  return await Deno.realPath(path);
}

Deno.test("request_permissions shows where a link leads, not what it is called", async () => {
  await using ground = await createGround({ settings: workspace });
  const { stage, cwd } = ground;
  const place = await createPrivate(ground);
  await Deno.symlink(place, `${cwd}/data`);
  stage.answer = () => ({ permissions: {} });
  await ground.text("request_permissions", {
    permissions: { file_system: { write: ["data", "data/new/file"] } },
  });
  const [question] = asked(ground, PERMISSIONS);
  const { fileSystem } = question!["permissions"] as {
    fileSystem: { write: string[] };
  };
  assert.deepEqual(fileSystem.write, [place, `${place}/new/file`]);
});

for (const scope of ["turn", "session"] as const) {
  Deno.test(`a path that was granted for the ${scope} grants nothing once it is a link`, async () => {
    await using ground = await createGround({
      settings: {
        ...workspace,
        sandboxPolicy: { type: "readOnly", networkAccess: false },
      },
    });
    const { stage, cwd, settings } = ground;
    const place = await createPrivate(ground);
    await Deno.mkdir(`${cwd}/data`);
    stage.answer = (_method, params) => ({
      permissions: (params as { permissions: unknown }).permissions,
      scope,
    });
    await ground.text("request_permissions", {
      permissions: { file_system: { write: ["data"] } },
    });
    const cmd = "touch data/made; ls data";
    const call = () => ground.text("exec_command", { cmd, login: false });
    assert.match(await call(), /Output:\nmade\n$/);
    await Deno.remove(`${cwd}/data`, { recursive: true });
    await Deno.symlink(place, `${cwd}/data`);
    await call();
    assert.equal(await exists(`${place}/made`), false, settings.cwd);
  });
}

Deno.test("a writable directory that a command turns into a link opens nothing", async () => {
  await using ground = await createGround({ settings: workspace });
  const { cwd } = ground;
  const place = await createPrivate(ground);
  const settings = {
    ...ground.settings,
    sandboxPolicy: {
      ...workspace.sandboxPolicy,
      writableRoots: [`${cwd}/a/build`, `${cwd}/out`],
    },
  };
  const run = (cmd: string) =>
    ground.text("exec_command", { cmd, login: false }, { settings });
  await run(`mkdir x; ln -s ${place} x/build; ln -s x a; ln -s ${place} out`);
  assert.equal(await Deno.realPath(`${cwd}/a/build`), place);
  await run(`touch ${place}/made a/build/made out/made`);
  assert.equal(await exists(`${place}/made`), false);
  const patch = `*** Begin Patch\n*** Add File: out/made\n+x\n*** End Patch\n`;
  ground.stage.answer = () => ({ decision: "decline" });
  await ground.text("apply_patch", patch, { settings });
  assert.equal(await exists(`${place}/made`), false);
});

const escalated = {
  cmd: "touch made",
  workdir: "data",
  login: false,
  sandbox_permissions: "require_escalated",
  justification: "Let me?",
};

Deno.test("what was agreed to does not run where a link leads that came later", async () => {
  await using ground = await createGround({ settings: workspace });
  const { stage, cwd } = ground;
  const place = await createPrivate(ground);
  await Deno.mkdir(`${cwd}/data`);
  stage.answer = async () => {
    await Deno.remove(`${cwd}/data`);
    await Deno.symlink(place, `${cwd}/data`);
    return { decision: "accept" };
  };
  const text = await ground.text("exec_command", escalated);
  assert.match(text, /is not .*\/w\/data any more/);
  assert.equal(await exists(`${place}/made`), false);
  assert.deepEqual(
    stage.order.filter((what) => /^(started|completed)$/.test(what)),
    ["started", "completed"],
  );
});

Deno.test("an approval for the session is one for a directory, not for its name", async () => {
  await using ground = await createGround({ settings: workspace });
  const { stage, cwd } = ground;
  const place = await createPrivate(ground);
  await Deno.mkdir(`${cwd}/data`);
  stage.answer = () => ({ decision: "acceptForSession" });
  await ground.text("exec_command", escalated);
  assert.ok(await exists(`${cwd}/data/made`));
  await ground.text("exec_command", escalated);
  assert.equal(asked(ground, COMMAND).length, 1);
  await Deno.remove(`${cwd}/data`, { recursive: true });
  await Deno.symlink(place, `${cwd}/data`);
  stage.answer = () => ({ decision: "decline" });
  await ground.text("exec_command", escalated);
  assert.equal(asked(ground, COMMAND).length, 2);
  assert.equal(await exists(`${place}/made`), false);
});

Deno.test("exec_command uses no login shell where that is not allowed", async () => {
  await using ground = await createGround({
    config: { allow_login_shell: false },
  });
  const cmd = "shopt -q login_shell && echo login || echo plain";
  assert.match(await ground.text("exec_command", { cmd }), /plain\n$/);
  assert.match(
    await ground.text("exec_command", { cmd, login: true }),
    /^login shell is disabled by config/,
  );
});

Deno.test("a command can't write rules about commands, whatever the workspace is", async () => {
  const base = await Deno.realPath(await Deno.makeTempDir());
  const cwd = `${base}/project`;
  await Deno.mkdir(cwd);
  for (
    const [runtimeWorkspaceRoots, excludeSlashTmp] of [
      [[base], true],
      [[`${base}/other`], false],
    ] as const
  ) {
    await using ground = await createGround({
      config: { projects: { [cwd]: { trust_level: "trusted" } } },
      settings: {
        ...workspace,
        sandboxPolicy: { ...workspace.sandboxPolicy, excludeSlashTmp },
        cwd,
        environments: [{
          environmentId: "local",
          cwd,
          runtimeWorkspaceRoots: [...runtimeWorkspaceRoots],
        }],
      },
    });
    const rule = `prefix_rule(pattern=["touch"], decision="allow")`;
    await ground.text("exec_command", {
      cmd: `mkdir -p .codex/rules && echo '${rule}' > .codex/rules/a.rules`,
      login: false,
    });
    assert.equal(await exists(`${cwd}/.codex/rules/a.rules`), false);
    ground.stage.answer = () => ({ decision: "decline" });
    await ground.text(
      "apply_patch",
      `*** Begin Patch\n*** Add File: .codex/rules/a.rules\n+${rule}\n*** End Patch\n`,
    );
    assert.equal(await exists(`${cwd}/.codex/rules/a.rules`), false);
    await ground.text("exec_command", { cmd: "touch made", login: false });
    assert.ok(await exists(`${cwd}/made`) || excludeSlashTmp === false);
  }
  await Deno.remove(base, { recursive: true });
});
