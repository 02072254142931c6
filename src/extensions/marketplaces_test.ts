import assert from "node:assert/strict";
import { createGround, type Ground } from "./_extension_ground_test.ts";

const { signal } = new AbortController();

const manifest = { name: "mp", plugins: [] };

function add(
  { extensions }: Ground,
  source: string,
  more: { refName?: string; sparsePaths?: string[] } = {},
) {
  return extensions.marketplaces.add({ source, ...more }, signal);
}

Deno.test("marketplace/add takes a directory, once; marketplace/remove forgets it", async () => {
  await using ground = await createGround({
    "shop/.agents/plugins/marketplace.json": manifest,
  });
  const shop = `${ground.root}/shop`;
  const added = { marketplaceName: "mp", installedRoot: shop };
  assert.deepEqual(await add(ground, shop), { ...added, alreadyAdded: false });
  assert.deepEqual(await add(ground, `${shop}/../shop/`), {
    ...added,
    alreadyAdded: true,
  });
  assert.equal(
    await ground.read("home/config.toml"),
    `[marketplaces.mp]\nsource_type = "local"\nsource = "${shop}"\n`,
  );
  const { marketplaces } = ground.extensions;
  assert.deepEqual(await marketplaces.remove("mp"), {
    marketplaceName: "mp",
    installedRoot: null,
  });
  assert.equal(await ground.read("home/config.toml"), "");
  await assert.rejects(marketplaces.remove("mp"), {
    message: "marketplace `mp` is not configured or installed",
  });
  assert.ok((await Deno.stat(shop)).isDirectory);
});

const refused: [source: string, message: RegExp][] = [
  ["", /^marketplace source must not be empty$/],
  [" ", /^marketplace source must not be empty$/],
  ["owner", /^invalid marketplace source format/],
  ["owner/repo/x", /^invalid marketplace source format/],
  ["../..@x", /^failed to resolve local marketplace source path/],
  ["owner/..", /^invalid marketplace source format/],
  ["-x", /^invalid marketplace source format/],
  ["--upload-pack=touch /tmp/x", /^invalid marketplace source format/],
  ["https://-x/y", /^invalid marketplace source format/],
  ["ssh://-oProxyCommand=x/y", /^invalid marketplace source format/],
  ["-oProxyCommand=x@host:y", /^invalid marketplace source format/],
  ["ext::sh -c true", /^invalid marketplace source format/],
  ["file:///etc", /^invalid marketplace source format/],
  ["ftp://x/y", /^invalid marketplace source format/],
  ["owner/repo@--orphan", /^invalid git ref: "--orphan"$/],
  ["https://example.com/x.git#-f", /^invalid git ref: "-f"$/],
  ["${ROOT}/none", /No such file or directory \(os error 2\)$/],
  ["${ROOT}/file", /^local marketplace source must be a directory/],
  ["${ROOT}/empty", /does not contain a supported manifest$/],
  ["${ROOT}/dots", /^invalid marketplace name/],
  ["${ROOT}/vendor", /^marketplace `openai-curated` is reserved/],
  ["${ROOT}/broken", /^invalid marketplace file/],
];

for (const [source, message] of refused) {
  Deno.test(`marketplace/add refuses ${JSON.stringify(source)}`, async () => {
    await using ground = await createGround({
      file: "",
      "empty/file": "",
      "dots/.agents/plugins/marketplace.json": { name: "..", plugins: [] },
      "vendor/.agents/plugins/marketplace.json": {
        name: "openai-curated",
        plugins: [],
      },
      "broken/.agents/plugins/marketplace.json": "{",
    });
    await assert.rejects(
      add(ground, source.replace("${ROOT}", ground.root)),
      { code: -32600, message },
    );
  });
}

for (const path of ["/etc", "../x", "a/../../b", "--stdin", ""]) {
  Deno.test(`marketplace/add refuses the sparse path ${JSON.stringify(path)}`, async () => {
    await using ground = await createGround();
    await assert.rejects(
      add(ground, "owner/repo", { sparsePaths: [path] }),
      /^RpcError: invalid sparse path/,
    );
  });
}

Deno.test("marketplace/add refuses another source of the same name, and what only git has", async () => {
  await using ground = await createGround({
    "one/.agents/plugins/marketplace.json": manifest,
    "two/.claude-plugin/marketplace.json": manifest,
  });
  await add(ground, `${ground.root}/one`);
  await assert.rejects(add(ground, `${ground.root}/two`), {
    message:
      "marketplace 'mp' is already added from a different source; remove it before adding this source",
  });
  await assert.rejects(add(ground, `${ground.root}/two`, { refName: "main" }), {
    message: "--ref is only supported for git marketplace sources",
  });
  await assert.rejects(
    add(ground, `${ground.root}/two`, { sparsePaths: ["a"] }),
    {
      message: "--sparse is only supported for git marketplace sources",
    },
  );
});

for (const name of ["..", "a/b", "a b", "", "."]) {
  Deno.test(`marketplace/remove refuses ${JSON.stringify(name)}`, async () => {
    await using ground = await createGround({
      "home/.tmp/marketplaces/x/y": "",
    });
    await assert.rejects(
      ground.extensions.marketplaces.remove(name),
      /invalid marketplace name/,
    );
  });
}

Deno.test("marketplace/upgrade knows only clones", async () => {
  await using ground = await createGround({
    "shop/.agents/plugins/marketplace.json": manifest,
  });
  await add(ground, `${ground.root}/shop`);
  const { marketplaces } = ground.extensions;
  assert.deepEqual(await marketplaces.upgrade(undefined, signal), {
    selectedMarketplaces: [],
    upgradedRoots: [],
    errors: [],
  });
  await assert.rejects(marketplaces.upgrade("mp", signal), {
    message: "marketplace `mp` is not configured as a Git marketplace",
  });
});

Deno.test("marketplace/add is not kept by files that never end", async () => {
  await using ground = await createGround({ "shop/huge.json": "" });
  const shop = `${ground.root}/shop`;
  const file = `${shop}/.agents/plugins/marketplace.json`;
  await Deno.mkdir(`${shop}/.agents/plugins`, { recursive: true });
  await Deno.truncate(`${shop}/huge.json`, 2 ** 40);
  for (
    const [target, why] of [
      ["/dev/zero", "not a regular file"],
      [`${shop}/huge.json`, "file is larger than 1048576 bytes"],
    ] as const
  ) {
    await Deno.symlink(target, file);
    await assert.rejects(add(ground, shop), {
      message: `invalid marketplace file \`${file}\`: ${why}`,
    });
    await Deno.remove(file);
  }
});

Deno.test("marketplace/add tells no key of an address", async () => {
  await using ground = await createGround();
  const error = await add(ground, "https://me:hush@127.0.0.1:1/x.git")
    .then(() => undefined, String);
  assert.match(
    error!,
    /git clone https:\/\/\[REDACTED\]@127\.0\.0\.1:1\/x\.git/,
  );
  assert.doesNotMatch(error!, /hush/);
});
