import { addSettings, lacksSettings } from "../config/mod.ts";
import { Files } from "../files/mod.ts";
import type { ExternalAgentConfigMigrationItemType } from "../protocol/mod.ts";
import { type Ground, type Place, toObject } from "./_place.ts";
import { findHooks, writeHooks } from "./_hooks.ts";
import { readServers, toServer } from "./_servers.ts";
import { readDocument, reword } from "./_wording.ts";

/** Something that can be taken over on its own. */
export interface Piece {
  /** What it was. */
  readonly source: string;
  /** What it becomes. */
  readonly target: string;
  /** Does it. */
  write(): Promise<unknown>;
}

/** A kind of things, and where it looks for them. */
export interface Kind {
  readonly type: ExternalAgentConfigMigrationItemType;
  /** Name of the list of them in the details, if they are told one by one. */
  readonly list?:
    | "mcpServers"
    | "hooks"
    | "skills"
    | "commands"
    | "subagents";
  /** What is done, for people. */
  describe(place: Place): string;
  /** What is there and not taken over yet. */
  find(place: Place, ground: Ground): Promise<Piece[]>;
}

/** Commands are given words, files and outputs that skills are not. */
const needsWords = /\$ARGUMENTS|\$\d|!`|(?<!\S)@[\w./~-]/;

/** How deep commands are looked for. */
const MAX_DEPTH = 16;

/** All kinds, in the order of lists. */
export const kinds: readonly Kind[] = [
  {
    type: "CONFIG",
    describe: ({ settings, target }) =>
      `Migrate ${settings}/settings.json into ${target}/config.toml`,
    async find(place, ground) {
      const files = ["settings.json", "settings.local.json"];
      const tables = await Promise.all(
        files.map((file) => ground.readObject(`${place.settings}/${file}`)),
      );
      const env = Object.assign({}, ...tables.map((it) => toEnv(it?.env)));
      const isBoxed = tables.some((it) =>
        toObject(it?.sandbox)?.enabled === true
      );
      const wanted = {
        ...isBoxed && { sandbox_mode: "workspace-write" },
        ...Object.keys(env).length > 0 && {
          shell_environment_policy: { inherit: "core", set: env },
        },
      };
      return await inSettings(place, ground, wanted, {
        source: `${place.settings}/settings.json`,
        target: `${place.target}/config.toml`,
      });
    },
  },
  {
    type: "MCP_SERVER_CONFIG",
    list: "mcpServers",
    describe: ({ serverRoot, target }) =>
      `Migrate MCP servers from ${serverRoot} into ${target}/config.toml`,
    async find(place, ground) {
      const servers = await readServers(place, ground);
      const found = Object.keys(servers).sort().map((name) => {
        const server = toServer(servers[name]);
        if (server === undefined) return [];
        const wanted = { mcp_servers: { [name]: server } };
        const names = { source: name, target: name };
        return inSettings(place, ground, wanted, names);
      });
      return (await Promise.all(found)).flat();
    },
  },
  {
    type: "HOOKS",
    list: "hooks",
    describe: ({ settings, target }) =>
      `Migrate hooks from ${settings} to ${target}/hooks.json`,
    async find(place, ground) {
      const path = `${place.target}/hooks.json`;
      if (await ground.has(path)) return [];
      const found = await findHooks(place, ground);
      // They are one file: it is written with the first of them.
      let written: Promise<void> | undefined;
      const write = () => written ??= writeHooks(found, path, ground);
      return Object.keys(found.groups).map((event) => ({
        source: event,
        target: event,
        write,
      }));
    },
  },
  {
    type: "SKILLS",
    list: "skills",
    describe: ({ settings, targetSkills }) =>
      `Migrate skills from ${settings}/skills to ${targetSkills}`,
    async find(place, ground) {
      const directory = `${place.settings}/skills`;
      const pieces: Piece[] = [];
      for (const { name, isDirectory } of await ground.list(directory)) {
        const source = `${directory}/${name}`;
        const target = `${place.targetSkills}/${name}`;
        if (!isDirectory || await ground.has(target)) continue;
        const write = async () => {
          const files = new Files(ground.access);
          await files.createDirectory(place.targetSkills);
          await files.copy(source, target, { recursive: true });
          await ground.change(`${target}/SKILL.md`, reword);
        };
        pieces.push({ source: name, target: name, write });
      }
      return pieces;
    },
  },
  {
    type: "COMMANDS",
    list: "commands",
    describe: ({ settings, targetSkills }) =>
      `Migrate commands from ${settings}/commands to ${targetSkills}`,
    async find(place, ground) {
      const directory = `${place.settings}/commands`;
      const files = await listMarkdown(ground, directory);
      const pieces: Piece[] = [];
      for (const file of files) {
        const text = await ground.read(`${directory}/${file}`);
        if (text === undefined || needsWords.test(text)) continue;
        const command = file.replace(/\.md$/, "").replaceAll("/", "-");
        const slug = toSlug(command);
        const name = `source-command-${slug}`;
        if (slug === "" || pieces.some((one) => one.source === name)) continue;
        const target = `${place.targetSkills}/${name}/SKILL.md`;
        if (await ground.has(target)) continue;
        const skill = toSkill(name, command, text);
        const write = () => ground.write(target, skill);
        pieces.push({ source: name, target: name, write });
      }
      return pieces.sort((a, b) => a.source < b.source ? -1 : 1);
    },
  },
  {
    type: "SUBAGENTS",
    list: "subagents",
    describe: ({ settings, target }) =>
      `Migrate subagents from ${settings}/agents to ${target}/agents`,
    async find(place, ground) {
      const directory = `${place.settings}/agents`;
      const pieces: Piece[] = [];
      for (const { name: file } of await ground.list(directory)) {
        if (!file.endsWith(".md") || file === "README.md") continue;
        const text = await ground.read(`${directory}/${file}`);
        const { fields, body } = readDocument(text ?? "");
        const name = fields.get("name");
        const description = fields.get("description");
        if (!name || !description || body.trim() === "") continue;
        const path = `${place.target}/agents/${file.slice(0, -3)}.toml`;
        if (await ground.has(path)) continue;
        const write = async () =>
          await addSettings(await ground.access.checkWrite(path), {
            name,
            description: reword(description),
            developer_instructions: reword(body.trim()),
          });
        pieces.push({ source: name, target: name, write });
      }
      return pieces;
    },
  },
  {
    type: "AGENTS_MD",
    describe: ({ instructions, targetInstructions }) =>
      `Migrate ${instructions[0]} to ${targetInstructions}`,
    async find({ instructions, targetInstructions: target }, ground) {
      if (await ground.has(target)) return [];
      for (const source of instructions) {
        const text = await ground.read(source);
        if (text === undefined || text.trim() === "") continue;
        return [{
          source,
          target,
          write: () => ground.write(target, reword(text)),
        }];
      }
      return [];
    },
  },
];

/** Settings as a piece, if the file lacks any of them. */
async function inSettings(
  place: Place,
  ground: Ground,
  wanted: Parameters<typeof addSettings>[1],
  names: { readonly source: string; readonly target: string },
): Promise<Piece[]> {
  const path = `${place.target}/config.toml`;
  try {
    const real = await ground.access.checkRead(path);
    if (!await lacksSettings(real, wanted)) return [];
  } catch {
    return []; // broken, or closed
  }
  const write = async () =>
    await addSettings(await ground.access.checkWrite(path), wanted, {
      home: place.cwd === null ? place.target : undefined,
    });
  return [{ ...names, write }];
}

function toEnv(value: unknown): Record<string, string> {
  const entries = Object.entries(toObject(value) ?? {})
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries);
}

/** Markdown files of a directory and of those in it, but what explains it. */
async function listMarkdown(
  ground: Ground,
  directory: string,
  depth = 0,
): Promise<string[]> {
  if (depth > MAX_DEPTH) return [];
  const found: string[] = [];
  for (const { name, isDirectory } of await ground.list(directory)) {
    if (isDirectory) {
      const path = `${directory}/${name}`;
      const inner = await listMarkdown(ground, path, depth + 1);
      found.push(...inner.map((one) => `${name}/${one}`));
    } else if (name.endsWith(".md") && name !== "README.md") found.push(name);
  }
  return found;
}

/** A name with nothing but small letters, digits and single dashes. */
function toSlug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

function toSkill(name: string, command: string, text: string): string {
  const { fields, body } = readDocument(text);
  const description = reword(
    fields.get("description") || `What the command \`${command}\` did`,
  );
  return [
    "---",
    `name: ${JSON.stringify(name)}`,
    `description: ${JSON.stringify(description)}`,
    "---",
    "",
    `This was the command \`${command}\`. Do what it says when the user asks ` +
    "for it by that name:",
    "",
    reword(body.trim()),
    "",
  ].join("\n");
}
