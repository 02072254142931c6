import assert from "node:assert/strict";
import { Config, type ConfigTable, type ConfigValue } from "../config/mod.ts";
import { InvalidPermission, type Permission } from "./permission.ts";
import { toProfilePermission } from "./profile.ts";

/** A machine with `ws`, `ws/sub`, `other` and `home` in a directory. */
async function machine(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  for (const name of ["ws/sub/deep", "other", "home/x", "tmp"]) {
    await Deno.mkdir(`${path}/${name}`, { recursive: true });
  }
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** `[permissions]` as the configuration gives it. */
function tables(value: unknown): ConfigValue | undefined {
  return value as ConfigTable | undefined;
}

async function resolve(
  name: string,
  permissions: unknown,
  path = "/nowhere",
): Promise<Permission> {
  return await toProfilePermission(name, tables(permissions), `${path}/ws`, {
    cwd: "/",
    home: `${path}/home`,
    tmpdir: `${path}/tmp`,
  });
}

const names = [".git", ".agents", ".codex", ".aws"];
const shieldsOf = (...roots: string[]) =>
  roots.flatMap((root) => names.map((name) => `${root}/${name}`));
const confined = (limits: Omit<NonNullable<Permission["limits"]>, "network">) =>
  ({ limits: { ...limits, network: false }, network: false }) as const;
const readOnly = confined({
  reads: "all",
  hidden: [],
  writes: [],
  shielded: [],
});

Deno.test("toProfilePermission() knows the built-in profiles", async () => {
  await using at = await machine();
  const { path } = at;
  const tmp = await Deno.realPath("/tmp");
  const roots = [`${path}/ws`, tmp, `${path}/tmp`];
  assert.deepEqual(await resolve(":read-only", undefined, path), readOnly);
  assert.deepEqual(
    await resolve(":workspace", undefined, path),
    confined({
      reads: "all",
      hidden: [],
      writes: roots,
      shielded: shieldsOf(...roots),
    }),
  );
  assert.deepEqual(await resolve(":danger-full-access", undefined, path), {
    limits: undefined,
    network: true,
  });
});

/** File systems of a profile "dev", `@` being the machine, and their meaning. */
const meanings: [
  string,
  Record<string, unknown>,
  (path: string) => Permission,
][] = [
  [
    "the directories of the work under either name",
    { ":root": "read", ":project_roots": "write" },
    (path) =>
      confined({
        reads: "all",
        hidden: [],
        writes: [`${path}/ws`],
        shielded: shieldsOf(`${path}/ws`),
      }),
  ],
  [
    "some paths only",
    { "@/other": "read", "@/ws": "write" },
    (path) =>
      confined({
        reads: [`${path}/other`, `${path}/ws`],
        hidden: [],
        writes: [`${path}/ws`],
        shielded: shieldsOf(`${path}/ws`),
      }),
  ],
  [
    "the home directory",
    { "~": "read", "~/x": "write" },
    (path) =>
      confined({
        reads: [`${path}/home`, `${path}/home/x`],
        hidden: [],
        writes: [`${path}/home/x`],
        shielded: shieldsOf(`${path}/home/x`),
      }),
  ],
  [
    "exceptions in nested tables",
    { ":root": "read", ":workspace_roots": { ".": "write", sub: "read" } },
    (path) =>
      confined({
        reads: "all",
        hidden: [],
        writes: [`${path}/ws`],
        shielded: [`${path}/ws/sub`, ...shieldsOf(`${path}/ws`)],
      }),
  ],
  [
    "nested paths below absolute ones",
    { ":root": "read", "@/ws": { sub: "deny" } },
    (path) =>
      confined({
        reads: "all",
        hidden: [`${path}/ws/sub`],
        writes: [],
        shielded: [],
      }),
  ],
  [
    "what is denied under both of its names, also if it is missing",
    { ":root": "read", "@/ws/sub": "none", "@/ws/later/x": "deny" },
    (path) =>
      confined({
        reads: "all",
        hidden: [`${path}/ws/sub`, `${path}/ws/later/x`],
        writes: [],
        shielded: [],
      }),
  ],
  [
    "subtrees by a trailing pattern",
    { ":root": "read", "@/ws/**": "write" },
    (path) =>
      confined({
        reads: "all",
        hidden: [],
        writes: [`${path}/ws`],
        shielded: shieldsOf(`${path}/ws`),
      }),
  ],
  [
    "a shielded name that is written down as writable",
    { ":root": "read", "@/ws": "write", "@/ws/.aws": "write" },
    (path) =>
      confined({
        reads: "all",
        hidden: [],
        writes: [`${path}/ws`],
        // It is missing, and stays so.
        shielded: shieldsOf(`${path}/ws`),
      }),
  ],
  [
    "nothing for names that nobody knows, and what is missing",
    { ":root": "read", ":bogus": "write", "@/none": "write" },
    () => readOnly,
  ],
  [
    "all but the network, if all may be written",
    { ":root": "write" },
    () => confined({ reads: "all", hidden: [], writes: "all", shielded: [] }),
  ],
  [
    "all but what is denied",
    { ":root": "write", "@/other": "deny" },
    (path) =>
      confined({
        reads: "all",
        hidden: [`${path}/other`],
        writes: "all",
        shielded: [],
      }),
  ],
  [
    "nothing at all",
    {},
    () => confined({ reads: [], hidden: [], writes: [], shielded: [] }),
  ],
  [
    "nothing twice: what denies wins",
    { ":root": "read", "@/ws": "deny", ":workspace_roots": "write" },
    (path) =>
      confined({
        reads: "all",
        hidden: [`${path}/ws`],
        writes: [],
        shielded: [],
      }),
  ],
];

for (const [what, filesystem, expected] of meanings) {
  Deno.test(`toProfilePermission() understands ${what}`, async () => {
    await using at = await machine();
    const { path } = at;
    const entries = Object.entries(filesystem)
      .map(([key, right]) => [key.replace("@", path), right]);
    assert.deepEqual(
      await resolve(
        "dev",
        { dev: { filesystem: Object.fromEntries(entries) } },
        path,
      ),
      expected(path),
    );
  });
}

Deno.test("toProfilePermission() lets a shielded name be written that is there and written down", async () => {
  await using at = await machine();
  const { path } = at;
  await Deno.mkdir(`${path}/ws/.git`);
  const { limits } = await resolve("dev", {
    dev: {
      filesystem: {
        ":root": "read",
        [`${path}/ws`]: "write",
        [`${path}/ws/.git`]: "write",
      },
    },
  }, path);
  assert.equal(limits?.shielded.includes(`${path}/ws/.git`), false);
  assert.equal(limits?.writes.includes(`${path}/ws/.git`), true);
});

Deno.test("toProfilePermission() takes further roots of the work", async () => {
  await using at = await machine();
  const { path } = at;
  const { limits } = await resolve("dev", {
    dev: {
      workspace_roots: { [`${path}/other`]: true, sub: true, no: false },
      filesystem: { ":root": "read", ":workspace_roots": "write" },
    },
  }, path);
  assert.deepEqual(
    limits?.writes,
    [`${path}/ws`, `${path}/other`, `${path}/ws/sub`],
  );
});

Deno.test("toProfilePermission() puts what a profile extends under it", async () => {
  await using at = await machine();
  const { path } = at;
  const tmp = await Deno.realPath("/tmp");
  const { limits, network } = await resolve("dev", {
    dev: {
      extends: "base",
      filesystem: { ":tmpdir": "read", [`${path}/other`]: "write" },
    },
    base: {
      description: "what all have",
      extends: ":workspace",
      network: { enabled: true },
    },
  }, path);
  assert.deepEqual(
    [limits?.writes, network],
    [[`${path}/ws`, tmp, `${path}/other`], true],
  );
});

Deno.test("toProfilePermission() gives no right twice to one directory", async () => {
  await using at = await machine();
  const { path } = at;
  await Deno.symlink("ws", `${path}/link`);
  const { limits } = await resolve("dev", {
    dev: {
      filesystem: {
        ":root": "read",
        [`${path}/ws`]: "write",
        [`${path}/link`]: "read",
      },
    },
  }, path);
  assert.deepEqual(limits?.writes, []);
});

Deno.test("toProfilePermission() limits nothing if nothing is limited", async () => {
  assert.deepEqual(
    await resolve("dev", {
      dev: { filesystem: { ":root": "write" }, network: { enabled: true } },
    }),
    { limits: undefined, network: true },
  );
});

Deno.test("toProfilePermission() lets :minimal read programs, not homes", async () => {
  const { limits } = await resolve("dev", {
    dev: { filesystem: { ":minimal": "read" } },
  });
  const reads = limits?.reads as string[];
  assert.ok(reads.includes("/usr") && reads.includes("/etc"));
  assert.ok(!reads.some((path) => /^\/(root|home|var|tmp)?$/.test(path)));
});

const filesystem = (entries: Record<string, unknown>) => ({
  dev: { filesystem: entries },
});

/** Profiles that are wrong, and why. */
const refusals: [string, unknown, string][] = [
  ["foo", undefined, "default_permissions requires a `[permissions]` table"],
  ["", undefined, "default_permissions requires a `[permissions]` table"],
  [
    "foo",
    { dev: {} },
    "default_permissions refers to undefined profile `foo`",
  ],
  [
    "constructor",
    { dev: {} },
    "default_permissions refers to undefined profile `constructor`",
  ],
  [
    ":bogus",
    undefined,
    "default_permissions refers to unknown built-in profile `:bogus`",
  ],
  [
    ":",
    { dev: {} },
    "default_permissions refers to unknown built-in profile `:`",
  ],
  [
    "dev",
    { ":mine": {}, dev: {} },
    "permissions profile `:mine` uses a reserved built-in profile prefix",
  ],
  ["dev", { dev: 3 }, "permissions profile `dev` is no table"],
  [
    "dev",
    { dev: { extends: 3 } },
    "permissions profile `dev` extends what is no name",
  ],
  [
    "dev",
    { dev: { extends: "zz" } },
    "permissions profile `dev` extends undefined profile `zz`",
  ],
  [
    "dev",
    { dev: { extends: ":danger-full-access" } },
    "permissions profile `dev` cannot extend unsupported built-in profile " +
    "`:danger-full-access`",
  ],
  [
    "dev",
    { dev: { extends: "b" }, b: { extends: "dev" } },
    "permissions profile inheritance cycle detected: dev -> b -> dev",
  ],
  [
    "dev",
    filesystem({ rel: "read" }),
    "filesystem path `rel` must be absolute, use `~/...`, or start with `:`",
  ],
  [
    "dev",
    filesystem({ "~x": "read" }),
    "filesystem path `~x` must be absolute, use `~/...`, or start with `:`",
  ],
  [
    "dev",
    filesystem({ ":slash_tmp": { sub: "write" } }),
    "filesystem path `:slash_tmp` does not support nested entries",
  ],
  [
    "dev",
    filesystem({ ":workspace_roots": { "../x": "read" } }),
    "filesystem subpath `../x` must be a descendant path without `.` or " +
    "`..` components",
  ],
  [
    "dev",
    filesystem({ "/a": { "b//c": "read" } }),
    "filesystem subpath `b//c` must be a descendant path without `.` or " +
    "`..` components",
  ],
  [
    "dev",
    filesystem({ "/a/**/*.env": "write" }),
    "filesystem glob path `/a/**/*.env` only supports `deny` access; use an " +
    "exact path or trailing `/**` for `write` subtree access",
  ],
  [
    "dev",
    filesystem({ "/a/**/*.env": "deny" }),
    "filesystem glob path `/a/**/*.env` cannot be enforced by this server; " +
    "name the paths",
  ],
  [
    "dev",
    filesystem({ "/a": "foo" }),
    "permissions profile `dev` gives filesystem path `/a` neither `read` nor " +
    "`write` nor `deny`",
  ],
  [
    "dev",
    filesystem({ ":bogus": "deny" }),
    "filesystem path `:bogus` is not known to this server and cannot be denied",
  ],
  [
    "dev",
    filesystem({ "/etc": "deny", "/etc/hosts": "read" }),
    "permissions profile `dev` allows `/etc/hosts` below `/etc`, which it " +
    "takes away; this server cannot enforce that",
  ],
  [
    "dev",
    filesystem({ "/": "write", "/usr": "read", "/usr/bin": "write" }),
    "permissions profile `dev` allows `/usr/bin` below `/usr`, which it " +
    "takes away; this server cannot enforce that",
  ],
  [
    "dev",
    { dev: { filesystem: 1 } },
    "permissions profile `dev` has a `filesystem` that is no table",
  ],
  [
    "dev",
    { dev: { network: [] } },
    "permissions profile `dev` has a `network` that is no table",
  ],
  [
    "dev",
    { dev: { workspace_roots: "x" } },
    "permissions profile `dev` has `workspace_roots` that are no table",
  ],
  [
    "dev",
    { dev: { network: { enabled: "x" } } },
    "permissions profile `dev` has a `network.enabled` that is no boolean",
  ],
  [
    "dev",
    { dev: { network: { enabled: true, domains: { "a.b": "allow" } } } },
    "permissions profile `dev` limits the network by `domains`, which this " +
    "server cannot enforce",
  ],
];

for (const [name, permissions, message] of refusals) {
  Deno.test(`toProfilePermission() refuses: ${message}`, async () => {
    await assert.rejects(
      resolve(name, permissions),
      new InvalidPermission(message),
    );
  });
}

Deno.test("toProfilePermission() refuses `~` without a home directory", async () => {
  const { effective } = new Config({
    effective: filesystem({ "~/x": "read" }) as unknown as ConfigTable,
  });
  await assert.rejects(
    toProfilePermission("dev", effective, "/", {
      cwd: "/",
      home: undefined,
      tmpdir: undefined,
    }),
    new InvalidPermission("filesystem path `~/x` needs a home directory"),
  );
});

Deno.test("toProfilePermission() opens every root of the workspace", async () => {
  await using at = await machine();
  const { path } = at;
  const { limits } = await toProfilePermission(
    "dev",
    tables({ dev: { filesystem: { ":workspace_roots": "write" } } }),
    `${path}/ws`,
    {
      cwd: "/",
      home: undefined,
      tmpdir: undefined,
      workspaceRoots: [`${path}/ws`, `${path}/other`],
    },
  );
  assert.deepEqual(limits?.writes, [`${path}/ws`, `${path}/other`]);
});
