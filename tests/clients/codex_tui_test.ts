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

/** The first meeting; gives the session's id. */
async function meet(
  program: string,
  url: string,
  world: Awaited<ReturnType<typeof openClientWorld>>,
  access: Parameters<typeof CodexTui.start>[3],
): Promise<string> {
  await using tui = await CodexTui.start(program, url, world, access);
  await tui.shows(/Trust this folder\?|describe a task/);
  if (/Trust this folder\?/.test(tui.text)) {
    await tui.pressUntil("\r", /scripted default/);
  }
  await tui.say("make a file");
  await tui.shows(/Would you like to run the following command\?/);
  await tui.shows(/May I make it\?/);
  await tui.press("y");
  await tui.shows(/The file is made\./);
  assert.equal(await Deno.readTextFile(`${world.cwd}/made.txt`), "hi\n");
  assert.deepEqual(await tui.quit(), { code: 0 });
  return /resume ([\da-f-]{36})/.exec(tui.text)![1]!;
}
