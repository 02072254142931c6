import { Access } from "../access/mod.ts";
import {
  Config,
  type Configuration,
  openConfiguration,
} from "../config/mod.ts";
import { Programs } from "../exec/mod.ts";
import type { Announcement } from "../protocol/mod.ts";
import { createSandbox } from "../sandbox/mod.ts";
import { createSpawner } from "../spawn/mod.ts";
import { silentLogger } from "../telemetry/mod.ts";
import { Extensions } from "./extensions.ts";

/** A home, a directory to work in, and the extensions that are found there. */
export interface Ground extends AsyncDisposable {
  /** Directory of all of it. */
  readonly root: string;
  readonly home: string;
  readonly work: string;
  readonly extensions: Extensions;
  readonly configuration: Configuration;
  /** What every client was told. */
  readonly told: Announcement[];
  /** Writes a file, from the root of the ground. */
  write(path: string, content: unknown): Promise<void>;
  /** Reads one. */
  read(path: string): Promise<string>;
  /** Trusts every hook that there is for the work. */
  trustHooks(): Promise<void>;
}

/** Makes a ground with files on it. */
export async function createGround(
  files: Readonly<Record<string, unknown>> = {},
  { trustsHooks = false } = {},
): Promise<Ground> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const home = `${root}/home`;
  const work = `${root}/work`;
  await Deno.mkdir(home);
  await Deno.mkdir(`${work}/.git`, { recursive: true });
  const write = async (path: string, content: unknown) => {
    const full = `${root}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    const text = typeof content === "string"
      ? content
      : JSON.stringify(content);
    await Deno.writeTextFile(full, text.replaceAll("${ROOT}", root));
  };
  for (const [path, content] of Object.entries(files)) {
    await write(path, content);
  }
  const etc = `${root}/etc`;
  const configuration = await openConfiguration({ home, etc });
  const access = await Access.create({});
  const env = new Map([["HOME", `${root}/user`], ["SHELL", "/bin/sh"]]);
  const sandbox = createSandbox({
    config: new Config(),
    access,
    env,
    log: silentLogger,
    hidden: () => [],
    directory: `${root}/sandbox`,
    home,
  });
  const programs = new Programs({ createSpawner, access, sandbox });
  const told: Announcement[] = [];
  const extensions = new Extensions({
    trustsHooks,
    home,
    configuration,
    programs,
    env,
    etc,
    announce: (announcement) => told.push(announcement),
    findThreadCwd: (id) => id === threadId ? work : undefined,
    log: silentLogger,
  });
  return {
    root,
    home,
    work,
    extensions,
    configuration,
    told,
    write,
    read: (path) => Deno.readTextFile(`${root}/${path}`),
    trustHooks: async () => {
      const { hooks } = await extensions.hooks.list(work);
      await configuration.write({
        edits: [{
          keyPath: "hooks.state",
          value: Object.fromEntries(
            hooks.map(({ told }) => [
              told.key,
              { trusted_hash: told.currentHash, enabled: true },
            ]),
          ),
          mergeStrategy: "upsert",
        }],
        filePath: null,
        expectedVersion: null,
      });
    },
    async [Symbol.asyncDispose]() {
      await extensions[Symbol.asyncDispose]();
      await programs[Symbol.asyncDispose]();
      await sandbox[Symbol.asyncDispose]();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** The thread that is loaded on every ground. */
export const threadId = "0199a213-81c0-7800-8aa1-bbab2a035a53";

/** The text of a SKILL.md. */
export function skill(name: string, description: string): string {
  return `---\nname: ${name}\ndescription: ${description}\n---\nBODY\n`;
}
