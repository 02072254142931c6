import assert from "node:assert/strict";
import { Access } from "../access/mod.ts";
import { findHooks, writeHooks } from "./_hooks.ts";
import { Ground, homePlace } from "./_place.ts";

/** A home with settings of the other agent. */
async function open(settings: object, local: object = {}): Promise<
  {
    readonly path: string;
    readonly ground: Ground;
    find(): ReturnType<typeof findHooks>;
  } & AsyncDisposable
> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${path}/.claude`);
  const write = (name: string, value: object) =>
    Deno.writeTextFile(`${path}/.claude/${name}`, JSON.stringify(value));
  await write("settings.json", settings);
  await write("settings.local.json", local);
  const ground = new Ground(await Access.create({}));
  return {
    path,
    ground,
    find: () => findHooks(homePlace(path, `${path}/.codex`), ground),
    async [Symbol.asyncDispose]() {
      await Deno.remove(path, { recursive: true });
    },
  };
}

const command = (text: string, more: object = {}) => ({
  type: "command",
  command: text,
  ...more,
});

const group = (hook: object, more: object = {}) => ({
  hooks: [hook],
  ...more,
});

Deno.test("findHooks() takes over what this server can run just so, of both files", async () => {
  await using world = await open({
    hooks: {
      Stop: [group(command("stop"), { matcher: "none is asked for" })],
      Notification: [group(command("never"))],
      PreToolUse: [
        group(command("a", { timeout: 5, statusMessage: "Claude waits" }), {
          matcher: "Bash",
        }),
        group(command("b", { timeout: "7", async: false }), { matcher: 5 }),
        group(command("c", { timeout: 1.5 })),
        group(command("later", { async: true })),
        group(command("once", { once: true })),
        group(command("shell", { shell: "powershell" })),
        group(command("group"), { if: "x" }),
        group(command("  ")),
        group({ type: "prompt", prompt: "p" }),
        "none",
      ],
    },
  }, { hooks: { Stop: [group(command("mine"))], PreToolUse: {} } });
  const { groups } = await world.find();
  assert.deepEqual(Object.keys(groups), ["PreToolUse", "Stop"]);
  assert.deepEqual(groups, {
    PreToolUse: [
      {
        matcher: "Bash",
        hooks: [command("a", { timeout: 5, statusMessage: "Codex waits" })],
      },
      { hooks: [command("b", { timeout: 7 })] },
      { hooks: [command("c")] },
    ],
    Stop: [{ hooks: [command("stop")] }, { hooks: [command("mine")] }],
  });
});

Deno.test("findHooks() finds none where they are switched off", async () => {
  await using world = await open(
    { hooks: { Stop: [group(command("stop"))] } },
    { disableAllHooks: true },
  );
  assert.deepEqual((await world.find()).groups, {});
});

Deno.test("writeHooks() brings along what the commands start, and names it where it is", async () => {
  const commands = [
    '"$CLAUDE_PROJECT_DIR"/.claude/hooks/x.sh --a',
    "${CLAUDE_PROJECT_DIR}/.claude/hooks/sub/y.sh",
    "~/.claude/hooks/x.sh",
    'python3 "$CLAUDE_PROJECT_DIR/.claude/hooks/it\'s.py" "a"',
    ".claude/hooks/x.sh",
    "cat $CLAUDE_PROJECT_DIR/.claude/other.sh",
  ];
  await using world = await open({
    hooks: { Stop: commands.map((text) => group(command(text))) },
  });
  const { path, ground } = world;
  await Deno.mkdir(`${path}/.claude/hooks/sub`, { recursive: true });
  await Deno.writeTextFile(`${path}/.claude/hooks/x.sh`, "x", { mode: 0o755 });
  await Deno.writeTextFile(`${path}/.claude/hooks/sub/y.sh`, "y");
  await writeHooks(await world.find(), `${path}/.codex/hooks.json`, ground);
  const { hooks } = JSON.parse(
    await Deno.readTextFile(`${path}/.codex/hooks.json`),
  );
  const at = `${path}/.codex/hooks`;
  assert.deepEqual(
    hooks.Stop.map((one: { hooks: { command: string }[] }) =>
      one.hooks[0]?.command
    ),
    [
      `'${at}/x.sh' --a`,
      `'${at}/sub/y.sh'`,
      `'${at}/x.sh'`,
      `python3 '${at}/it'\\''s.py' "a"`,
      `'${at}/x.sh'`,
      "cat $CLAUDE_PROJECT_DIR/.claude/other.sh",
    ],
  );
  assert.equal(await Deno.readTextFile(`${at}/sub/y.sh`), "y");
  assert.equal((await Deno.stat(`${at}/x.sh`)).mode! & 0o777, 0o755);
});
