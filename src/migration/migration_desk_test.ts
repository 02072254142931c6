import assert from "node:assert/strict";
import { Access, type AccessRules } from "../access/mod.ts";
import type {
  ExternalAgentConfigImportTypeResult,
  ExternalAgentConfigMigrationItem,
} from "../protocol/mod.ts";
import { MigrationDesk, type PluginKeeper, type SessionKeeper } from "./mod.ts";

type Files = Readonly<Record<string, string | object>>;

/** A user's home with a repository in it. */
class World implements AsyncDisposable {
  private constructor(readonly path: string, readonly desk: MigrationDesk) {}

  static async create(
    files: Files,
    toRules: (path: string) => AccessRules = () => ({}),
  ): Promise<World> {
    const path = await Deno.realPath(await Deno.makeTempDir());
    for (const [name, content] of Object.entries(files)) {
      const full = `${path}/${name}`;
      await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), {
        recursive: true,
      });
      const text = typeof content === "string"
        ? content
        : JSON.stringify(content);
      await Deno.writeTextFile(full, text.replaceAll("PATH", path));
    }
    const access = await Access.create(toRules(path));
    const home = `${path}/.codex`;
    const sessionKeeper: SessionKeeper = {
      keep: () => Promise.reject(new Error("No sessions here")),
      extend: () => Promise.resolve(false),
    };
    const pluginKeeper: PluginKeeper = {
      offered: () => Promise.resolve(new Map()),
      add: ({ source }) => Promise.resolve(`from ${source}`),
      install: (_, plugin) =>
        plugin === "bad"
          ? Promise.reject(
            new Error("plugin `bad` was not found in marketplace `m`"),
          )
          : Promise.resolve(),
    };
    return new World(
      path,
      new MigrationDesk({
        home,
        userHome: path,
        access,
        sessionKeeper,
        pluginKeeper,
      }),
    );
  }

  get repository(): string {
    return `${this.path}/repo`;
  }

  detect(): Promise<ExternalAgentConfigMigrationItem[]> {
    return this.desk.detect({ includeHome: true, cwds: [this.repository] });
  }

  /** Takes over what is found; results as they were told. */
  async import(
    items?: readonly ExternalAgentConfigMigrationItem[],
  ): Promise<ExternalAgentConfigImportTypeResult[]> {
    const told: ExternalAgentConfigImportTypeResult[] = [];
    const migrationItems = [...items ?? await this.detect()];
    await this.desk.import("i", { migrationItems }, {
      clientName: "test",
      onItem: (one) => told.push(one),
    });
    return told;
  }

  read(name: string): Promise<string> {
    return Deno.readTextFile(`${this.path}/${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Kinds of what is found, with the names of what is told one by one. */
function summary(items: readonly ExternalAgentConfigMigrationItem[]): string[] {
  return items.map(({ itemType, cwd, details }) => {
    const names = Object.values(details ?? {}).flat()
      .map((one) => (one as { name: string }).name);
    const place = cwd === null ? "home" : "repo";
    return [place, itemType, ...names].join(" ");
  });
}

const everything: Files = {
  ".claude/CLAUDE.md": "Claude Code reads CLAUDE.md in .claude/.\n",
  ".claude/settings.json": {
    env: { FOO: "bar", N: 3, O: {} },
    hooks: {
      Stop: [{ hooks: [{ type: "command", command: "echo stop" }] }],
      Notification: [{ hooks: [{ type: "command", command: "no" }] }],
    },
  },
  ".claude/skills/sk/SKILL.md": "---\nname: sk\ndescription: d\n---\nS\n",
  ".claude/skills/sk/more/a.txt": "a",
  ".claude/skills/empty/README.md": "no skill",
  ".claude/commands/hm.md":
    "---\ndescription: 'what hm does'\n---\nHm, Claude\n",
  ".claude/commands/sub/nest.md": "Nested\n",
  ".claude/commands/words.md": "Do $ARGUMENTS\n",
  ".claude/agents/ag.md": '---\nname: ag\ndescription: says "a"\n---\nA.\n',
  ".claude/agents/nameless.md": "no head\n",
  ".claude.json": {
    mcpServers: {
      glob: { type: "http", url: "https://example.com/mcp" },
      st: { command: "cat", args: ["-n"], env: { A: "b" } },
      off: { command: "cat", disabled: true },
    },
    projects: { "PATH/repo": { mcpServers: { loc: { command: "cat" } } } },
  },
  "repo/.git/HEAD": "",
  "repo/CLAUDE.md": "# Claude\n",
  "repo/.claude/settings.json": { sandbox: { enabled: true } },
  "repo/.mcp.json": {
    mcpServers: {
      srv: {
        type: "http",
        url: "http://x/y",
        headers: { Authorization: "Bearer ${TOK}", X: "1", Y: "${Z}" },
      },
      filled: { command: "${HOME}/bin" },
      sse: { type: "sse", url: "http://x" },
    },
  },
};

Deno.test("externalAgentConfig/detect finds what there is, in the home and in a repository", async () => {
  await using world = await World.create(everything);
  assert.deepEqual(summary(await world.detect()), [
    "home CONFIG",
    "home MCP_SERVER_CONFIG glob st",
    "home HOOKS Stop",
    "home SKILLS empty sk",
    "home COMMANDS source-command-hm source-command-sub-nest",
    "home SUBAGENTS ag",
    "home AGENTS_MD",
    "repo CONFIG",
    "repo MCP_SERVER_CONFIG loc srv",
    "repo AGENTS_MD",
  ]);
});

Deno.test("externalAgentConfig/detect looks only where it is told to, and finds nothing of what it does not know", async () => {
  await using world = await World.create({
    ...everything,
    "repo/deep/down/x": "",
  });
  const { desk, repository } = world;
  assert.deepEqual(await desk.detect({}), []);
  assert.deepEqual(
    await desk.detect({ includeHome: true, migrationSource: "cursor" }),
    [],
  );
  const deep = await desk.detect({ cwds: [`${repository}/deep/down/`] });
  assert.deepEqual([...new Set(deep.map(({ cwd }) => cwd))], [repository]);
});

Deno.test("externalAgentConfig/import takes everything over, once", async () => {
  await using world = await World.create(everything);
  const told = await world.import();
  assert.deepEqual(told.flatMap(({ failures }) => failures), []);
  assert.deepEqual(await world.detect(), []);
  const names = [
    ".codex/config.toml",
    ".codex/AGENTS.md",
    ".codex/agents/ag.toml",
    ".agents/skills/sk/more/a.txt",
    "repo/.codex/config.toml",
    "repo/AGENTS.md",
  ];
  assert.deepEqual(await Promise.all(names.map((name) => world.read(name))), [
    [
      "[shell_environment_policy]",
      'inherit = "core"',
      "",
      "[shell_environment_policy.set]",
      'FOO = "bar"',
      'N = "3"',
      "",
      "[mcp_servers.glob]",
      'url = "https://example.com/mcp"',
      "",
      "[mcp_servers.st]",
      'command = "cat"',
      'args = ["-n"]',
      "",
      "[mcp_servers.st.env]",
      'A = "b"',
      "",
    ].join("\n"),
    "Codex reads AGENTS.md in .claude/.\n",
    'name = "ag"\ndescription = "says \\"a\\""\ndeveloper_instructions = "A."\n',
    "a",
    [
      'sandbox_mode = "workspace-write"',
      "",
      "[mcp_servers.loc]",
      'command = "cat"',
      "",
      "[mcp_servers.srv]",
      'url = "http://x/y"',
      'bearer_token_env_var = "TOK"',
      "",
      "[mcp_servers.srv.http_headers]",
      'X = "1"',
      "",
      "[mcp_servers.srv.env_http_headers]",
      'Y = "Z"',
      "",
    ].join("\n"),
    "# Codex\n",
  ]);
  assert.deepEqual(JSON.parse(await world.read(".codex/hooks.json")), {
    hooks: { Stop: [{ hooks: [{ type: "command", command: "echo stop" }] }] },
  });
  const skill = await world.read(".agents/skills/source-command-hm/SKILL.md");
  assert.match(
    skill,
    /^---\nname: "source-command-hm"\ndescription: "what hm does"\n---\n/,
  );
  assert.match(skill, /\nHm, Codex\n$/);
});

Deno.test("externalAgentConfig/import takes over what was chosen and nothing else", async () => {
  await using world = await World.create(everything);
  const told = await world.import([{
    itemType: "MCP_SERVER_CONFIG",
    description: "",
    cwd: null,
    details: { mcpServers: [{ name: "st" }, { name: "unknown" }] },
  }]);
  assert.deepEqual(told, [{
    itemType: "MCP_SERVER_CONFIG",
    successes: [{
      itemType: "MCP_SERVER_CONFIG",
      cwd: null,
      source: "st",
      target: "st",
      title: null,
    }],
    failures: [],
  }]);
  assert.deepEqual(
    summary(await world.desk.detect({ includeHome: true }))[1],
    "home MCP_SERVER_CONFIG glob",
  );
});

Deno.test("externalAgentConfig/import changes nothing that is there", async () => {
  const mine = {
    ".codex/AGENTS.md": "mine",
    ".codex/hooks.json": "{}",
    ".codex/config.toml": '# mine\n[mcp_servers.st]\ncommand = "mine"\n',
    ".agents/skills/sk/SKILL.md": "mine",
    ".codex/agents/ag.toml": "mine",
  };
  await using world = await World.create({ ...everything, ...mine });
  await world.import();
  for (const [name, text] of Object.entries(mine)) {
    assert.ok((await world.read(name)).startsWith(text), name);
  }
});

Deno.test("externalAgentConfig/import says what it can't take over, and why", async () => {
  await using world = await World.create(
    everything,
    (path) => ({ denyWrite: [`${path}/.codex`] }),
  );
  const item = { description: "", cwd: null, details: null };
  const told = await world.import([
    { ...item, itemType: "PLUGINS" },
    { ...item, itemType: "AGENTS_MD" },
  ]);
  assert.deepEqual(
    told.map(({ successes, failures }) => [
      successes,
      failures.map(({ failureStage, source }) => [failureStage, source]),
    ]),
    [
      [[], [["plugin_import", null]]],
      [[], [["write", `${world.path}/.claude/CLAUDE.md`]]],
    ],
  );
  assert.match(told[1]!.failures[0]!.message, /--deny-write/);
});

Deno.test("externalAgentConfig/detect finds nothing where reading is not allowed", async () => {
  await using world = await World.create(
    everything,
    (path) => ({ allowRead: [`${path}/repo`] }),
  );
  assert.deepEqual(
    [...new Set((await world.detect()).map(({ cwd }) => cwd))],
    [world.repository],
  );
});

Deno.test("externalAgentConfig/import/readHistories: what was taken over, here and elsewhere", async () => {
  await using world = await World.create({});
  const { desk } = world;
  assert.deepEqual(await desk.histories.read(), []);
  const before = Date.now();
  const id = await desk.record({
    providerId: "p",
    itemTypeResults: [{
      itemType: "SKILLS",
      successes: [{ itemType: "SKILLS", source: "a" }],
      failures: [{ itemType: "SKILLS", failureStage: "s", message: "m" }],
    }],
  });
  await desk.import("i", {
    providerId: "q",
    migrationItems: [{ itemType: "SKILLS", description: "" }],
  }, { clientName: "test", onItem: () => {} });
  await Deno.writeTextFile(
    `${world.path}/.codex/gangway/imports.jsonl`,
    '{"i',
    {
      append: true,
    },
  );
  const [second, first, ...others] = await desk.histories.read();
  assert.deepEqual(others, []);
  assert.ok(first!.completedAtMs >= before);
  assert.deepEqual({ ...first, completedAtMs: 0 }, {
    importId: id,
    providerId: "p",
    completedAtMs: 0,
    successes: [{
      itemType: "SKILLS",
      cwd: null,
      source: "a",
      target: null,
      title: null,
    }],
    failures: [{
      itemType: "SKILLS",
      errorType: null,
      subErrorType: null,
      failureStage: "s",
      message: "m",
      cwd: null,
      source: null,
    }],
  });
  assert.deepEqual({ ...second, completedAtMs: 0 }, {
    importId: "i",
    providerId: "q",
    completedAtMs: 0,
    successes: [],
    failures: [],
  });
});

Deno.test("externalAgentConfig/detect: commands that skills can stand for, and subagents that say something", async () => {
  const head = "---\ndescription: d\n---\n";
  await using world = await World.create({
    ".claude/commands/Up Case.md": `${head}Do`,
    ".claude/commands/a/b/deep.md": `${head}Do`,
    ".claude/commands/up-case.md": `${head}Again`,
    ".claude/commands/README.md": `${head}About`,
    ".claude/commands/file.md": `${head}Read @a.txt`,
    ".claude/commands/mail.md": `${head}Write to a@b.c`,
    ".claude/commands/shell.md": `${head}!\`ls\``,
    ".claude/commands/ü.md": `${head}Do`,
    ".claude/agents/README.md": "---\nname: r\ndescription: d\n---\nb\n",
    ".claude/agents/empty.md": "---\nname: e\ndescription: d\n---\n",
    ".claude/agents/long.md":
      "---\nname: sp/ace\ndescription: >\n  folded\n  text\nmodel: x\n---\nb\n",
    ".claude/skills/sk/SKILL.md": "Ask Claude\n",
    ".claude/skills/sk/more.md": "Ask Claude\n",
  });
  assert.deepEqual(summary(await world.detect()), [
    "home SKILLS sk",
    "home COMMANDS source-command-a-b-deep source-command-mail " +
    "source-command-up-case",
    "home SUBAGENTS sp/ace",
  ]);
  await world.import();
  assert.match(
    await world.read(".codex/agents/long.toml"),
    /^name = "sp\/ace"\ndescription = "folded text"\n/,
  );
  assert.equal(await world.read(".agents/skills/sk/SKILL.md"), "Ask Codex\n");
  assert.equal(await world.read(".agents/skills/sk/more.md"), "Ask Claude\n");
});

Deno.test("externalAgentConfig: plugins that are switched on and whose marketplaces are known are installed", async () => {
  await using world = await World.create({
    ".claude/settings.json": {
      enabledPlugins: {
        "b@mk": true,
        "a@mk": true,
        "off@mk": false,
        "x@nowhere": true,
        "strange": true,
        "bad@git": true,
        "r@relative": true,
      },
      extraKnownMarketplaces: {
        mk: { source: { source: "directory", path: "/mk" } },
        relative: { source: { source: "directory", path: "./mk" } },
      },
    },
    ".claude/settings.local.json": { enabledPlugins: { "b@mk": false } },
    ".claude/plugins/known_marketplaces.json": {
      git: { source: { source: "github", repo: "o/r" } },
    },
  });
  const items = await world.detect();
  assert.deepEqual(
    items.map(({ itemType, details }) => [
      itemType,
      details?.plugins,
    ]),
    [["PLUGINS", [
      { marketplaceName: "git", pluginNames: ["bad"] },
      { marketplaceName: "mk", pluginNames: ["a"] },
    ]]],
  );
  assert.deepEqual(await world.import(items), [{
    itemType: "PLUGINS",
    successes: [{
      itemType: "PLUGINS",
      cwd: null,
      source: "a@mk",
      target: "a@from /mk",
      title: null,
    }],
    failures: [{
      itemType: "PLUGINS",
      errorType: "plugin_not_found",
      subErrorType: null,
      failureStage: "plugin_import",
      message: "plugin `bad` was not found in marketplace `m`",
      cwd: null,
      source: "bad@git",
    }],
  }]);
});
