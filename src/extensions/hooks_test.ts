import assert from "node:assert/strict";
import { until } from "../../tests/kit/until.ts";
import type { HookOccasion, HookVerdict } from "../agent/mod.ts";
import type { HookRunSummary, ThreadSettings } from "../protocol/mod.ts";
import type { Stage } from "../tools/mod.ts";
import {
  createGround,
  type Ground,
  threadId,
} from "./_extension_ground_test.ts";

function declare(event: string, ...hooks: unknown[]): Record<string, unknown> {
  return { "home/hooks.json": { hooks: { [event]: [{ hooks }] } } };
}

function command(line: string, more: Record<string, unknown> = {}) {
  return { type: "command", command: line, ...more };
}

interface Played {
  readonly verdict: HookVerdict;
  /** Runs as they were told: how they stand, and what they said. */
  readonly runs: string[];
}

async function play(
  ground: Ground,
  occasion: HookOccasion,
  signal = new AbortController().signal,
): Promise<Played> {
  const runs: string[] = [];
  const stage = {
    threadId,
    turnId: "turn",
    tell: (_: string, { run }: { run: HookRunSummary }) => {
      const said = run.entries.map(({ kind, text }) => `${kind}: ${text}`);
      runs.push([run.status, ...said].join(" "));
    },
  } as unknown as Stage;
  const settings = {
    cwd: ground.work,
    model: "m",
    approvalPolicy: "never",
  } as unknown as ThreadSettings;
  const thread = ground.extensions.forThread({
    threadId,
    transcriptPath: null,
  });
  const verdict = await thread.occur(
    occasion,
    { sessionId: threadId, stage, settings, signal },
  );
  return { verdict, runs };
}

const prompt: HookOccasion = { event: "userPromptSubmit", prompt: "hi" };

const silence: HookVerdict = {
  blocked: null,
  stopped: null,
  contexts: [],
  fragments: [],
};

Deno.test("hooks/list gives hashes that other implementations give too", async () => {
  await using ground = await createGround(
    declare(
      "UserPromptSubmit",
      command("echo a", { timeout: 5, statusMessage: "run" }),
      command("echo b", { async: true }),
    ),
  );
  const { hooks } = await ground.extensions.hooks.tell(ground.work);
  assert.deepEqual(hooks.map(({ currentHash }) => currentHash), [
    "sha256:0e7f0df0ca1e57d69eb56732b7d1626d69d7c95063dd64cf29ff18d93e502e7d",
    "sha256:3a3fa01ca7ad16d008521df658f101e076a9a9506bf77074dc193c97eb6a1f10",
  ]);
});

Deno.test("hooks/list tells hooks of files and configuration, and what was left out", async () => {
  await using ground = await createGround({
    "home/hooks.json": {
      hooks: {
        Stop: [{ hooks: [command(" "), command("a")] }],
        PreToolUse: [{ matcher: "(", hooks: [command("b")] }],
        Unheard: [{ hooks: [command("c")] }],
      },
    },
    "home/config.toml":
      '[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = "prompt"\nprompt = "p"\n',
    "work/.codex/hooks.json": {
      hooks: { Stop: [{ hooks: [command("untrusted project")] }] },
    },
  });
  const { home, work } = ground;
  const { hooks, warnings } = await ground.extensions.hooks.tell(work);
  assert.deepEqual(hooks.map(({ key }) => key), [
    `${home}/hooks.json:stop:0:1`,
  ]);
  assert.deepEqual(warnings.map((text) => text.replaceAll(home, "~")), [
    "loading hooks from both ~/hooks.json and ~/config.toml; prefer a single representation for this layer",
    'invalid matcher "(" in ~/hooks.json: Invalid regular expression: /(/: Unterminated group',
    "skipping empty hook command in ~/hooks.json",
    "skipping prompt hook in ~/config.toml: prompt hooks are not supported yet",
  ]);
});

Deno.test("hooks/list reads no file that never ends, and none that is huge", async () => {
  await using ground = await createGround();
  const { home, work } = ground;
  const path = `${home}/hooks.json`;
  await Deno.symlink("/dev/zero", path);
  const nothing = { cwd: work, hooks: [], errors: [] };
  const told = () => ground.extensions.hooks.tell(work);
  assert.deepEqual(await told(), { ...nothing, warnings: [] });
  await Deno.remove(path);
  await ground.write("home/hooks.json", "");
  await Deno.truncate(path, 2 ** 40);
  assert.deepEqual(await told(), {
    ...nothing,
    warnings: [
      `failed to read hooks config ${path}: file is larger than 1048576 bytes`,
    ],
  });
});

for (
  const text of [
    "{",
    '{"a":1}',
    '{"hooks":{"Stop":[{"hooks":[{"type":"x"}]}]}}',
  ]
) {
  Deno.test(`hooks/list passes by a file that says ${text}`, async () => {
    await using ground = await createGround({ "home/hooks.json": text });
    const { hooks, warnings } = await ground.extensions.hooks.tell(ground.work);
    assert.deepEqual(hooks, []);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^failed to parse hooks config .*hooks\.json: /);
  });
}

Deno.test("a hook that nobody trusted does not run", async () => {
  await using ground = await createGround(
    declare("UserPromptSubmit", command("touch ${ROOT}/ran")),
  );
  assert.deepEqual(await play(ground, prompt), { verdict: silence, runs: [] });
  await assert.rejects(Deno.stat(`${ground.root}/ran`), Deno.errors.NotFound);
});

Deno.test("a hook that nobody trusted runs where all are trusted, unless it is off", async () => {
  await using ground = await createGround({
    ...declare("UserPromptSubmit", command("touch ${ROOT}/ran")),
  }, { trustsHooks: true });
  const { runs } = await play(ground, prompt);
  assert.deepEqual(runs, ["running", "completed"]);
  await Deno.remove(`${ground.root}/ran`);
  const [hook] = (await ground.extensions.hooks.tell(ground.work)).hooks;
  await ground.write(
    "home/config.toml",
    `[hooks.state."${hook!.key}"]\nenabled = false\n`,
  );
  assert.deepEqual(await play(ground, prompt), { verdict: silence, runs: [] });
  await assert.rejects(Deno.stat(`${ground.root}/ran`), Deno.errors.NotFound);
});

Deno.test("a hook that changed since it was trusted does not run", async () => {
  await using ground = await createGround(
    declare("UserPromptSubmit", command("true")),
  );
  await ground.trustHooks();
  await ground.write("home/hooks.json", {
    hooks: {
      UserPromptSubmit: [{ hooks: [command("touch ${ROOT}/ran")] }],
    },
  });
  const { hooks } = await ground.extensions.hooks.tell(ground.work);
  assert.deepEqual(hooks.map(({ trustStatus }) => trustStatus), ["modified"]);
  assert.deepEqual(await play(ground, prompt), { verdict: silence, runs: [] });
});

Deno.test("a plugin's hook does not run once a file of the plugin changed", async () => {
  await using ground = await createGround({
    "home/config.toml": '[plugins."a@mp"]\nenabled = true\n',
    "home/plugins/cache/mp/a/1/.codex-plugin/plugin.json": { name: "a" },
    "home/plugins/cache/mp/a/1/run.sh": "echo fine",
    "home/plugins/cache/mp/a/1/hooks/hooks.json": {
      hooks: {
        UserPromptSubmit: [{
          hooks: [command('sh "${CLAUDE_PLUGIN_ROOT}/run.sh"')],
        }],
      },
    },
  });
  await ground.trustHooks();
  const { verdict } = await play(ground, prompt);
  assert.deepEqual(verdict.contexts, ["fine"]);
  await ground.write("home/plugins/cache/mp/a/1/run.sh", "echo evil");
  assert.deepEqual(await play(ground, prompt), { verdict: silence, runs: [] });
});

const said: [
  line: string,
  runs: string,
  verdict: Partial<HookVerdict>,
  timeout?: { timeout: number },
][] = [
  ["echo c", "completed context: c", { contexts: ["c"] }],
  ["true", "completed", {}],
  ["exit 1", "failed error: hook exited with code 1", {}],
  [
    "exit 2",
    "failed error: UserPromptSubmit hook exited with code 2 but did not write a blocking reason to stderr",
    {},
  ],
  [
    "echo '{bad'",
    "failed error: hook returned invalid user prompt submit JSON output",
    {},
  ],
  ["/nonexistent", "failed error: hook exited with code 127", {}],
  ["exec sleep 60", "failed error: hook timed out after 1s", {}, {
    timeout: 1,
  }],
  [
    `echo '{"continue":false,"stopReason":"no"}'`,
    "stopped stop: no",
    { stopped: "no" },
  ],
  [
    `echo '{"systemMessage":"w","hookSpecificOutput":{"hookEventName":"UserPromptSubmit","additionalContext":"c"}}'`,
    "completed warning: w context: c",
    { contexts: ["c"] },
  ],
];

for (const [line, run, verdict, timeout = {}] of said) {
  Deno.test(`what the hook ${line} says is told, and no more than that`, async () => {
    await using ground = await createGround(
      declare("UserPromptSubmit", command(line, timeout)),
    );
    await ground.trustHooks();
    assert.deepEqual(await play(ground, prompt), {
      verdict: { ...silence, ...verdict },
      runs: ["running", run],
    });
  });
}

Deno.test("a hook that writes to stderr and exits with 2 keeps the words from being said", async () => {
  await using ground = await createGround(
    declare("UserPromptSubmit", command("echo no >&2; exit 2")),
  );
  await ground.trustHooks();
  const { verdict, runs } = await play(ground, prompt);
  assert.equal(verdict.blocked, "no");
  assert.deepEqual(runs, ["running", "blocked feedback: no"]);
});

Deno.test("a hook reads what it is about", async () => {
  await using ground = await createGround(
    declare("UserPromptSubmit", command("cat > ${ROOT}/read")),
  );
  await ground.trustHooks();
  await play(ground, prompt);
  assert.deepEqual(JSON.parse(await ground.read("read")), {
    session_id: threadId,
    turn_id: "turn",
    transcript_path: null,
    cwd: ground.work,
    hook_event_name: "UserPromptSubmit",
    model: "m",
    permission_mode: "bypassPermissions",
    prompt: "hi",
  });
});

Deno.test("hooks run for the tools that their matchers name", async () => {
  const matchers = ["Bash", "Ba", "exec_command", "^Ba.*", "x|Bash", "*", ""];
  await using ground = await createGround({
    "home/hooks.json": {
      hooks: {
        PreToolUse: matchers.map((matcher) => ({
          matcher,
          hooks: [command(`echo '${matcher}' >> \${ROOT}/ran`)],
        })),
      },
    },
  });
  await ground.trustHooks();
  await play(ground, {
    event: "preToolUse",
    tool: { callId: "c", name: "Bash", aliases: [], input: { command: "x" } },
  });
  const ran = (await ground.read("ran")).split("\n").slice(0, -1);
  assert.deepEqual(ran.sort(), ["", "*", "Bash", "^Ba.*", "x|Bash"]);
});

Deno.test("an interrupt ends the hook that runs", async () => {
  await using ground = await createGround(
    declare("UserPromptSubmit", command("touch ${ROOT}/begun; exec sleep 60")),
  );
  await ground.trustHooks();
  const interrupt = new AbortController();
  const played = play(ground, prompt, interrupt.signal);
  await until(
    "the hook has begun",
    () => Deno.stat(`${ground.root}/begun`).catch(() => undefined),
  );
  interrupt.abort(new DOMException("Stop", "AbortError"));
  await assert.rejects(played, { name: "AbortError" });
});

/** Files of installed plugins that are on, by their id. */
function plugins(
  manifests: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const root = "home/plugins/cache/mp";
  return {
    "home/config.toml": Object.keys(manifests)
      .map((name) => `[plugins."${name}@mp"]\nenabled = true\n`).join(""),
    ...Object.fromEntries(
      Object.entries(manifests).map(([name, hooks]) => [
        `${root}/${name}/1/.codex-plugin/plugin.json`,
        { name, hooks },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(files).map(([path, content]) => [
        `${root}/${path.replace("/", "/1/")}`,
        content,
      ]),
    ),
  };
}

function stop(...lines: string[]) {
  return { hooks: { Stop: [{ hooks: lines.map((line) => command(line)) }] } };
}

const places: [title: string, said: unknown, keys: string[]][] = [
  ["nothing", undefined, ["hooks/hooks.json:stop:0:0"]],
  ["null", null, ["hooks/hooks.json:stop:0:0"]],
  ["a path", "./a.json", ["a.json:stop:0:0"]],
  ["a path out of it", "../a.json", ["hooks/hooks.json:stop:0:0"]],
  ["a path without a dot", "a.json", ["hooks/hooks.json:stop:0:0"]],
  ["paths", ["./b.json", "b.json", "./a.json"], [
    "b.json:stop:0:0",
    "a.json:stop:0:0",
  ]],
  ["no paths", [], ["hooks/hooks.json:stop:0:0"]],
  ["a hook file", stop("c", "d"), [
    "plugin.json#hooks[0]:stop:0:0",
    "plugin.json#hooks[0]:stop:0:1",
  ]],
  ["hook files", [stop("c"), { description: "d", ...stop("e") }], [
    "plugin.json#hooks[0]:stop:0:0",
    "plugin.json#hooks[1]:stop:0:0",
  ]],
  ["a hook file without hooks", {}, []],
  ["events in place of a hook file", stop("c").hooks, [
    "hooks/hooks.json:stop:0:0",
  ]],
  ["a hook file that is broken", { hooks: { Stop: 5 } }, [
    "hooks/hooks.json:stop:0:0",
  ]],
  ["a hook file with a description that is none", {
    description: 5,
    ...stop("c"),
  }, ["hooks/hooks.json:stop:0:0"]],
  ["hook files of which one is broken", [stop("c"), { hooks: { Stop: 5 } }], [
    "hooks/hooks.json:stop:0:0",
  ]],
  ["a path and a hook file", ["./a.json", stop("c")], [
    "hooks/hooks.json:stop:0:0",
  ]],
];

for (const [title, said, keys] of places) {
  Deno.test(`hooks/list finds the hooks of a plugin whose manifest says ${title}`, async () => {
    await using ground = await createGround(plugins({ p: said }, {
      "p/a.json": stop("a"),
      "p/b.json": stop("b"),
      "p/hooks/hooks.json": stop("usual"),
    }));
    const { hooks, warnings } = await ground.extensions.hooks.tell(ground.work);
    assert.deepEqual(hooks.map(({ key }) => key), keys.map((k) => `p@mp:${k}`));
    assert.deepEqual(warnings, []);
  });
}

Deno.test("hooks/list tells hooks of a manifest as in the manifest, by the id of the plugin", async () => {
  await using ground = await createGround(
    plugins({ b: stop("b"), a: stop("${PLUGIN_ROOT} ${CLAUDE_PLUGIN_DATA}") }),
  );
  const { hooks } = await ground.extensions.hooks.tell(ground.work);
  const { home } = ground;
  assert.deepEqual(
    hooks.map((hook) => ({
      pluginId: hook.pluginId,
      source: hook.source,
      sourcePath: hook.sourcePath,
      displayOrder: hook.displayOrder,
      command: hook.handlerType === "command" ? hook.command : undefined,
    })),
    [{
      pluginId: "a@mp",
      source: "plugin",
      sourcePath: `${home}/plugins/cache/mp/a/1/.codex-plugin/plugin.json`,
      displayOrder: 0,
      command: `${home}/plugins/cache/mp/a/1 ${home}/plugins/data/a-mp`,
    }, {
      pluginId: "b@mp",
      source: "plugin",
      sourcePath: `${home}/plugins/cache/mp/b/1/.codex-plugin/plugin.json`,
      displayOrder: 1,
      command: "b",
    }],
  );
});

Deno.test("hooks/list says which hooks of plugins can't be read", async () => {
  await using ground = await createGround(plugins({
    broken: "./a.json",
    directory: "./d",
    link: "./a.json",
    missing: "./a.json",
    none: undefined,
    out: "./a.json",
  }, {
    "broken/a.json": { Stop: [] },
    "directory/d/x": "",
    "link/a.json": stop("a"),
  }));
  const cache = `${ground.home}/plugins/cache/mp`;
  await Deno.symlink(`${cache}/link/1/a.json`, `${cache}/link/1/b.json`);
  await ground.write("out.json", stop("a"));
  await Deno.symlink(`${ground.root}/out.json`, `${cache}/out/1/a.json`);
  const { hooks, warnings } = await ground.extensions.hooks.tell(ground.work);
  assert.deepEqual(hooks, []);
  assert.deepEqual(warnings.map((text) => text.replaceAll(cache, "~")), [
    "failed to parse plugin hooks config ~/broken/1/a.json: unknown field `Stop`, expected `description` or `hooks`",
    "failed to read plugin hooks config ~/directory/1/d: Is a directory (os error 21)",
    "failed to read plugin hooks config ~/missing/1/a.json: No such file or directory (os error 2)",
    "failed to read plugin hooks config ~/out/1/a.json: it leads out of the plugin",
    "skipping plugin hook in ~/link/1/a.json: failed to fingerprint plugin contents: unsupported plugin entry type: ~/link/1/b.json",
  ]);
});

Deno.test("a hook of a manifest runs once trusted, and knows the directories of its plugin", async () => {
  const line = "env | grep PLUGIN_ | sort > ${ROOT}/env";
  await using ground = await createGround(
    plugins({ p: { hooks: { UserPromptSubmit: stop(line).hooks.Stop } } }),
  );
  assert.deepEqual((await play(ground, prompt)).runs, []);
  await ground.trustHooks();
  assert.deepEqual((await play(ground, prompt)).runs, ["running", "completed"]);
  const root = `${ground.home}/plugins/cache/mp/p/1`;
  const data = `${ground.home}/plugins/data/p-mp`;
  assert.deepEqual((await ground.read("env")).trimEnd().split("\n"), [
    `CLAUDE_PLUGIN_DATA=${data}`,
    `CLAUDE_PLUGIN_ROOT=${root}`,
    `PLUGIN_DATA=${data}`,
    `PLUGIN_ROOT=${root}`,
  ]);
});
