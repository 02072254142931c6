/** What stands in a home and in the marketplace that it names. */
export interface ExtensionCounts {
  readonly skills: number;
  readonly plugins: number;
  /** How many of the plugins are installed. */
  readonly installed: number;
}

/** Name of the marketplace. */
const MARKET = "bench-market";

/**
 * Fills a home with skills of the user, and with a marketplace of plugins, some
 * of them installed.
 *
 * @param market Where the marketplace is made; absolute.
 */
export async function writeExtensions(
  home: string,
  market: string,
  { skills, plugins, installed }: ExtensionCounts,
): Promise<void> {
  for (let at = 0; at < skills; at++) {
    await writeSkill(`${home}/skills/skill-${at}`, `skill-${at}`);
  }
  const offers = Array.from({ length: plugins }, (_, at) => `plugin-${at}`);
  for (const [at, name] of offers.entries()) {
    await writePlugin(`${market}/plugins/${name}`, name);
    if (at < installed) {
      await writePlugin(`${home}/plugins/cache/${MARKET}/${name}/1.0.0`, name);
    }
  }
  await write(
    `${market}/.agents/plugins/marketplace.json`,
    JSON.stringify({
      name: MARKET,
      interface: { displayName: "Bench" },
      plugins: offers.map((name) => ({
        name,
        source: { source: "local", path: `./plugins/${name}` },
        policy: { installation: "AVAILABLE", authentication: "ON_INSTALL" },
        category: "Bench",
      })),
    }),
  );
  const lines = [
    `[marketplaces.${MARKET}]`,
    'source_type = "local"',
    `source = ${JSON.stringify(market)}`,
    ...offers.slice(0, installed).map((name) =>
      `[plugins."${name}@${MARKET}"]\nenabled = true`
    ),
  ];
  await Deno.writeTextFile(
    `${home}/config.toml`,
    `${lines.join("\n")}\n`,
    { append: true },
  );
}

async function writePlugin(directory: string, name: string): Promise<void> {
  await write(
    `${directory}/.codex-plugin/plugin.json`,
    JSON.stringify({
      name,
      version: "1.0.0",
      description: `What ${name} is good for`,
      keywords: ["bench", name],
      interface: {
        displayName: `Plugin ${name}`,
        shortDescription: `What ${name} is good for, in short`,
        developerName: "Bench",
        category: "Bench",
        capabilities: ["Read", "Write"],
        defaultPrompt: ["Show me what you can do"],
      },
    }),
  );
  await writeSkill(`${directory}/skills/use`, "use");
}

async function writeSkill(directory: string, name: string): Promise<void> {
  await write(
    `${directory}/SKILL.md`,
    `---\nname: ${name}\ndescription: What ${name} does and when to use it\n` +
      "---\n\nDo it well.\n",
  );
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}
