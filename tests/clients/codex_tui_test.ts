import assert from "node:assert/strict";
import { ServerProcess } from "../kit/server_process.ts";
import { clientTest, openClientWorld, TITLE } from "./client_world.ts";
import { CodexTui } from "./codex_tui.ts";
import { installCodex } from "./install_codex.ts";

const responses = [
  TITLE,
  {
    when: "make a file",
    output: [{
      call: "exec_command",
      arguments: {
        cmd: "echo hi > made.txt; cat made.txt",
        sandbox_permissions: "require_escalated",
        justification: "May I make it?",
      },
      callId: "make",
    }],
  },
  { when: { answers: "make" }, output: [{ say: "The file is made." }] },
  { when: "go on", output: [{ say: "Here I am again." }] },
];
const config = `approval_policy = "on-request"
sandbox_mode = "workspace-write"
`;

const doors: readonly [name: string, listen: string, hasToken: boolean][] = [
  ["ws://", "ws://127.0.0.1:0", false],
  ["ws:// with a token", "ws://127.0.0.1:0", true],
  ["unix://", "unix://", false],
];

for (const version of ["0.169.0", "0.133.0"]) {
  const installed = await installCodex(version);
  for (const [name, listen, hasToken] of doors) {
    clientTest(
      installed,
      `codex ${version} --remote ${name} runs a turn with an approval, and resumes it after a reconnect`,
      async (program) => {
        await using world = await openClientWorld(responses, { config });
        const { HOME, DENO_DIR } = world.env;
        const token = "0123456789abcdef0123456789abcdef";
        await Deno.writeTextFile(`${world.home}/token`, token, { mode: 0o600 });
        await using server = await ServerProcess.start({
          home: world.home,
          listen: listen === "unix://"
            ? `unix://${world.home}/door.sock`
            : listen,
          env: { HOME: HOME!, DENO_DIR: DENO_DIR! },
          args: hasToken
            ? ["--ws-auth", "capability-token"]
              .concat("--ws-token-file", `${world.home}/token`)
            : [],
        });
        const access = hasToken
          ? {
            args: ["--remote-auth-token-env", "DOOR_TOKEN"],
            env: { DOOR_TOKEN: token },
          }
          : {};
        const id = await meet(program, server.url, world, access);
        const args = [...access.args ?? [], "resume", id];
        await using tui = await CodexTui.start(program, server.url, world, {
          ...access,
          args,
        });
        await tui.shows(/The file is made\./);
        await tui.say("go on");
        await tui.shows(/Here I am again\./);
        assert.deepEqual(await tui.quit(), { code: 0 });
      },
    );
  }
}

const newest = await installCodex("0.169.0");

clientTest(
  newest,
  "codex 0.169.0 speaks into a response, reverts to an earlier message and forks",
  async (program) => {
    await using world = await openClientWorld([
      TITLE,
      {
        when: "tell a story",
        output: [{ say: "Once upon a time" }, { hang: true }],
      },
      { when: "make it short", output: [{ say: "They lived." }] },
      { when: "and then", output: [{ say: "That was all." }] },
      { when: "and then again", output: [{ say: "And again." }] },
    ], { config });
    await using server = await startServer(world);
    await using tui = await CodexTui.start(program, server.url, world);
    await trust(tui);
    await tui.say("tell a story");
    await tui.shows(/Once upon a time/);
    await tui.say("make it short");
    await tui.shows(/They lived\./);
    await tui.say("and then");
    await tui.shows(/That was all\./);
    // The first one that does not end the turn says what a second one does, and
    // a third one would take that back.
    await tui.pressUntil("\x1b", /edit|sage/, { everyMs: 15_000 });
    await tui.press("\x1b");
    await tui.shows(/Browsing transcript/);
    await tui.press("\r");
    await tui.shows(/reverted to this point/);
    await tui.say(" again");
    await tui.shows(/And again\./);
    await tui.say("/fork");
    await tui.shows(/Fork created/);
    // A fork has the name of what it was forked from.
    await tui.shows(/Fork created.* · Scripted/);
    assert.deepEqual(await tui.quit(), { code: 0 });
  },
);

clientTest(
  newest,
  "codex 0.169.0 archive, unarchive, queue and delete reach a session by name and id",
  async (program) => {
    await using world = await openClientWorld(responses, { config });
    await using server = await startServer(world);
    const id = await meet(program, server.url, world, {});
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await new Deno.Command(program, {
        args: [...args, "--remote", server.url],
        cwd: world.cwd,
        env: { ...world.env, CODEX_HOME: world.clientHome },
        clearEnv: true,
        stdin: "null",
      }).output();
      const text = new TextDecoder().decode(code === 0 ? stdout : stderr);
      const told = code === 0 ? text.trim() : /^Error: .*/m.exec(text)?.[0];
      return `${code}: ${told?.replaceAll(id, "ID")}`;
    };

    assert.deepEqual([
      await run("archive", "Scripted"),
      await run("archive", id),
      await run("unarchive", id),
      (await run("queue", "--thread", id, "--message", "go on"))
        .replace(/[\da-f-]{36}/, "MESSAGE"),
      await run("delete", id, "--force"),
      await run("delete", id, "--force"),
    ], [
      "0: Archived session Scripted (ID).",
      "1: Error: failed to archive session",
      "0: Unarchived session Scripted (ID).",
      "0: Queued message MESSAGE for thread ID.",
      "0: Deleted session ID.",
      "1: Error: failed to delete session",
    ]);
  },
);

function startServer(
  world: Awaited<ReturnType<typeof openClientWorld>>,
): Promise<ServerProcess> {
  const { HOME, DENO_DIR } = world.env;
  return ServerProcess.start({
    home: world.home,
    listen: "ws://127.0.0.1:0",
    env: { HOME: HOME!, DENO_DIR: DENO_DIR! },
  });
}

/** Agrees to the folder, if that is asked. */
async function trust(tui: CodexTui): Promise<void> {
  await tui.shows(/Trust this folder\?|describe a task/);
  if (/Trust this folder\?/.test(tui.text)) {
    await tui.pressUntil("\r", /scripted default/);
  }
}

/** The first meeting; gives the session's id. */
async function meet(
  program: string,
  url: string,
  world: Awaited<ReturnType<typeof openClientWorld>>,
  access: Parameters<typeof CodexTui.start>[3],
): Promise<string> {
  await using tui = await CodexTui.start(program, url, world, access);
  await trust(tui);
  await tui.say("make a file");
  await tui.shows(/Would you like to run the following command\?/);
  await tui.shows(/May I make it\?/);
  // It stands on "yes", and once that is said a return means nothing.
  await tui.pressUntil("\r", /The file is made\./);
  assert.equal(await Deno.readTextFile(`${world.cwd}/made.txt`), "hi\n");
  assert.deepEqual(await tui.quit(), { code: 0 });
  return /resume ([\da-f-]{36})/.exec(tui.text)![1]!;
}
