import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { createTempDir, type TempDir } from "../kit/temp_dir.ts";

/** What a client sees of a server in its first moments, method by method. */
async function firstFrames(
  home: string,
  messages: readonly unknown[],
  count: number,
): Promise<unknown[]> {
  await using server = await createAppServer({
    home,
    config: { etc: `${home}/etc` },
    env: { get: (name) => name === "PATH" ? `${home}/bin` : undefined },
  });
  const channel = server.connect();
  await channel.send(messages.map((message) => JSON.stringify(message)));
  const frames: unknown[] = [];
  for await (const frame of channel.frames) {
    frames.push(JSON.parse(frame as string));
    if (frames.length === count) break;
  }
  await channel.close(1000, "done");
  return frames;
}

/** A home with these files. Bubblewrap is there, as far as one can see. */
async function createHome(files: Record<string, string>): Promise<TempDir> {
  const home = await createTempDir();
  await Deno.mkdir(`${home.path}/rules`);
  await Deno.mkdir(`${home.path}/bin`);
  await Deno.writeTextFile(`${home.path}/bin/bwrap`, "#!/bin/sh\n", {
    mode: 0o755,
  });
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${home.path}/${name}`, text);
  }
  return home;
}

const initialize = {
  id: 1,
  method: "initialize",
  params: { clientInfo: { name: "t", version: "1" } },
};

Deno.test("initialize: the answer, what is wrong, the status, and only then other answers", async () => {
  await using home = await createHome({
    "config.toml": "model = 5\n",
    "rules/mine.rules": 'prefix_rule(pattern=["ls"\n',
  });
  const { path } = home;
  const frames = await firstFrames(path, [
    initialize,
    { method: "initialized" },
    { id: 2, method: "fs/getMetadata", params: { path } },
    { id: 3, method: "initialize", params: initialize.params },
  ], 6);
  const seen = frames as {
    id?: number;
    method?: string;
    params?: { summary: string; path?: string };
    error?: { message: string };
  }[];
  assert.deepEqual(
    seen.slice(0, 4).map(({ id, method, params }) =>
      id ?? [method, params!.summary, params!.path]
    ),
    [
      1,
      [
        "configWarning",
        "Invalid configuration; using defaults.",
        `${path}/config.toml`,
      ],
      [
        "configWarning",
        "Error parsing rules; custom rules not applied.",
        `${path}/rules/mine.rules`,
      ],
      ["remoteControl/status/changed", undefined, undefined],
    ],
  );
  const answers = new Map(seen.slice(4).map((one) => [one.id, one]));
  assert.equal(answers.get(2)?.error, undefined);
  assert.equal(answers.get(3)?.error?.message, "Already initialized");
});

Deno.test("initialize: a home in which nothing is wrong is greeted without a warning", async () => {
  await using home = await createHome({
    "rules/mine.rules": 'prefix_rule(pattern=["ls"], decision="allow")\n',
  });
  const [answer, status] = await firstFrames(home.path, [initialize], 2) as [
    { id: number },
    { method: string },
  ];
  assert.equal(answer.id, 1);
  assert.equal(status.method, "remoteControl/status/changed");
});

Deno.test("a server does not start with what an administrator wrote and nobody understands", async () => {
  await using home = await createHome({});
  await Deno.mkdir(`${home.path}/etc`);
  await Deno.writeTextFile(`${home.path}/etc/requirements.toml`, "a = [\n");
  await assert.rejects(firstFrames(home.path, [initialize], 1), /requirements/);
});
