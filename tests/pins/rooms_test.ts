import assert from "node:assert/strict";

/**
 * Who may import whom, through `mod.ts` of the other room only. `types`: type
 * imports alone. Rooms not named for a room are out of its reach.
 */
const may: Record<string, { rooms: string[]; types?: string[] }> = {
  protocol: { rooms: [] },
  telemetry: { rooms: [] },
  access: { rooms: [] },
  transport: { rooms: [], types: ["telemetry"] },
  rpc: { rooms: ["protocol"], types: ["telemetry", "transport"] },
  files: {
    rooms: ["protocol", "access"],
    types: ["telemetry"],
  },
  config: { rooms: ["protocol"], types: ["telemetry"] },
  spawn: { rooms: [], types: ["telemetry"] },
  sandbox: {
    rooms: ["protocol", "spawn"],
    types: ["access", "config", "telemetry"],
  },
  exec: {
    rooms: ["protocol", "access", "spawn", "sandbox"],
    types: ["config", "telemetry"],
  },
  model: { rooms: ["protocol"], types: ["config", "telemetry"] },
  patch: { rooms: ["protocol"], types: ["access"] },
  consent: { rooms: ["protocol"] },
  rollout: { rooms: ["protocol"], types: ["model", "telemetry"] },
  catalog: { rooms: ["protocol", "rollout"], types: ["telemetry"] },
  tools: {
    rooms: ["protocol", "patch", "consent", "exec", "sandbox", "spawn"],
    types: ["access", "config", "model", "rollout", "telemetry"],
  },
  agent: {
    rooms: ["protocol", "model", "tools", "patch"],
    types: ["rollout", "config", "telemetry"],
  },
  extensions: {
    rooms: ["protocol", "access", "exec", "files", "tools"],
    types: ["agent", "config", "telemetry"],
  },
  threads: {
    rooms: ["protocol", "agent", "tools", "rollout", "catalog", "model"],
    types: ["config", "telemetry"],
  },
  mcp: {
    rooms: ["protocol", "exec", "tools"],
    types: ["config", "model", "telemetry"],
  },
  account: { rooms: ["protocol", "model"], types: ["config", "telemetry"] },
  host: { rooms: ["protocol", "exec"], types: ["access", "transport"] },
  migration: { rooms: ["protocol", "config", "files"], types: ["access"] },
  client: { rooms: ["protocol", "transport"] },
  server: {
    rooms: [
      "protocol",
      "telemetry",
      "access",
      "transport",
      "rpc",
      "files",
      "config",
      "spawn",
      "sandbox",
      "exec",
      "model",
      "patch",
      "consent",
      "rollout",
      "catalog",
      "tools",
      "agent",
      "extensions",
      "threads",
      "account",
      "host",
      "migration",
      "mcp",
    ],
  },
  cli: {
    rooms: [
      "protocol",
      "telemetry",
      "access",
      "transport",
      "config",
      "client",
      "server",
    ],
  },
};

/** What the table of a domain may use on top: rows are written against rpc. */
const rowsMay = ["rpc"];

/** Doors other than `mod.ts`: tables are read by the composition root alone. */
const sideDoors: Record<string, string[]> = {
  "methods.ts": ["server"],
  "handlers.ts": ["server"],
  "linked_rooms.ts": ["cli"],
  // What clients are told before the room is there.
  "limits.ts": ["server"],
};

/** The one room of each package that the product imports. */
const packages: Record<string, string> = {
  "@modelcontextprotocol/sdk": "mcp",
  "@opentelemetry/api": "telemetry",
  "chardetng-wasm": "exec",
  hono: "transport",
  picomatch: "files",
  "jsonc-parser": "config",
  "smol-toml": "config",
  "toml-eslint-parser": "config",
  ws: "transport",
  yaml: "extensions",
};

interface Import {
  from: string;
  to: string;
  isType: boolean;
}

const root = new URL("../../", import.meta.url);

/** Every import in the product, as the compiler sees them. */
async function imports(): Promise<Import[]> {
  const found = new Map<string, Import>();
  for (const entry of ["mod.ts", "cli.ts", "src/cli/standalone.ts"]) {
    const { stdout, success, stderr } = await new Deno.Command(
      Deno.execPath(),
      { args: ["info", "--json", entry], cwd: root },
    ).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const graph = JSON.parse(new TextDecoder().decode(stdout));
    for (const module of graph.modules) {
      if (!module.specifier.startsWith(root.href)) continue;
      const from = module.specifier.slice(root.href.length);
      for (const one of module.dependencies ?? []) {
        const target = one.code?.specifier ?? one.type?.specifier;
        const to = target?.startsWith(root.href)
          ? target.slice(root.href.length)
          : one.specifier;
        const isType = one.code === undefined;
        found.set(`${from} ${to} ${isType}`, { from, to, isType });
      }
    }
  }
  return [...found.values()];
}

const roomOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1];

Deno.test("rooms import each other by the table in src/README.md only", async () => {
  const wrong: string[] = [];
  for (const { from, to, isType } of await imports()) {
    const here = roomOf(from);
    const there = roomOf(to);
    if (here === undefined || there === undefined || here === there) continue;
    const { rooms, types = [] } = may[here] ?? { rooms: [] };
    const isRows = /(?:[/_]methods|\/handlers)\.ts$/.test(from);
    const allowed = rooms.includes(there) ||
      isType && types.includes(there) ||
      isRows && rowsMay.includes(there);
    const door = to.split("/").at(-1)!;
    const throughDoor = to === `src/${there}/mod.ts` ||
      sideDoors[door]?.includes(here) && to === `src/${there}/${door}` ||
      // The shape of a channel is a type that rpc is written against.
      isType && to === "src/transport/channel.ts";
    if (!allowed) wrong.push(`${from} must not import ${to}`);
    else if (!throughDoor) wrong.push(`${from} goes around the door: ${to}`);
  }
  assert.deepEqual(wrong, []);
});

Deno.test("every package is imported by one room only", async () => {
  const wrong = (await imports()).filter(({ from, to }) =>
    !to.startsWith("src/") && !to.startsWith("node:") &&
    !to.startsWith("mod.ts") && roomOf(from) !== undefined &&
    packages[
        to.startsWith("@")
          ? to.split("/").slice(0, 2).join("/")
          : to.split("/")[0]!
      ] !== roomOf(from)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("the table in src/README.md names the packages that each room imports", async () => {
  const map = await Deno.readTextFile(new URL("src/README.md", root));
  for (const room of Object.keys(may)) {
    const row = new RegExp(`^\\| ${room} +\\|(.*)\\|$`, "m").exec(map)?.[1];
    assert.ok(row !== undefined, `${room} has no row`);
    const named = [...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    const imported = Object.keys(packages)
      .filter((name) => packages[name] === room);
    assert.deepEqual(named.sort(), imported.sort(), room);
  }
});

Deno.test("every room has a door with a charter, and stands in the table", async () => {
  const rooms: string[] = [];
  for await (
    const { name, isDirectory } of Deno.readDir(new URL("src/", root))
  ) {
    if (!isDirectory) continue;
    rooms.push(name);
    const door = await Deno.readTextFile(new URL(`src/${name}/mod.ts`, root));
    assert.match(door, /^\/\*\*\n[^]*?@module\n \*\//, `src/${name}/mod.ts`);
  }
  assert.deepEqual(rooms.sort(), Object.keys(may).sort());
});

Deno.test("nothing in a room is named after nothing", async () => {
  const map = await Deno.readTextFile(new URL("src/README.md", root));
  for (const room of Object.keys(may)) {
    assert.match(map, new RegExp(`\\b${room}\\b`));
  }
  for (const { from } of await imports()) {
    assert.doesNotMatch(from, /(util|helper|common|manager|misc)/);
  }
});
