import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createHome, runGangway } from "./_gangway_process.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const sha256 = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

async function createSecret(): ReturnType<typeof createHome> {
  const home = await createHome();
  await Deno.writeTextFile(`${home.path}/secret`, ` ${SECRET}\n`);
  return home;
}

Deno.test("token mint signs what token verify lets in", async () => {
  await using home = await createSecret();
  const secret = ["--secret-file", `${home.path}/secret`];
  const claims = ["--issuer", "ci", "--audience", "prod"];
  const before = Math.floor(Date.now() / 1000);
  const minted = await runGangway([
    ...["token", "mint", ...secret, ...claims, "--subject", "me"],
    ...["--expires-in", "2h"],
  ]);
  assert.deepEqual([minted.code, minted.stderr], [0, ""]);
  const after = Math.floor(Date.now() / 1000);
  const verify = ["token", "verify", ...secret];
  const good = await runGangway([...verify, ...claims], {
    input: minted.stdout,
  });
  assert.deepEqual([good.code, good.stderr], [0, ""]);
  const { exp, iat, ...rest } = JSON.parse(good.stdout);
  assert.deepEqual(rest, { iss: "ci", sub: "me", aud: "prod" });
  assert.equal(exp - iat, 7200);
  assert.ok(iat >= before && iat <= after);
  const named = await runGangway([...verify, "--token-env", "TEST_TOKEN"], {
    env: { TEST_TOKEN: minted.stdout.trim() },
  });
  assert.equal(named.stdout, good.stdout);
  const other = await runGangway([...verify, "--issuer", "other"], {
    input: minted.stdout,
  });
  assert.deepEqual([other.code, other.stdout, other.stderr], [
    1,
    "",
    "Error: websocket jwt issuer mismatch\n",
  ]);
});

for (
  const [token, refusal] of [
    ["", "invalid authorization header"],
    ["a.b.c", "invalid websocket jwt"],
    ["eyJhbGciOiJub25lIn0.e30.", "invalid websocket jwt"],
  ] as const
) {
  Deno.test(`token verify refuses \`${token}\``, async () => {
    await using home = await createSecret();
    assert.deepEqual(
      await runGangway(
        ["token", "verify", "--secret-file", `${home.path}/secret`],
        { input: token },
      ),
      { code: 1, signal: null, stdout: "", stderr: `Error: ${refusal}\n` },
    );
  });
}

Deno.test("token mint --capability prints a token and its digest", async () => {
  const { code, stdout, stderr } = await runGangway([
    "token",
    "mint",
    "--capability",
  ]);
  const [, token, digest] =
    /^token {2}([\w-]{43})\nsha256 ([0-9a-f]{64})\n$/.exec(stdout) ?? [];
  assert.deepEqual([code, stderr, digest], [0, "", sha256(token!)]);
});

Deno.test("token mint --out writes a private file, never over another, and prints no token", async () => {
  await using home = await createSecret();
  const path = `${home.path}/token`;
  const mint = ["token", "mint", "--out", path];
  const { code, stdout } = await runGangway([...mint, "--capability"]);
  const token = (await Deno.readTextFile(path)).trim();
  assert.deepEqual([code, stdout], [0, `sha256 ${sha256(token)}\n`]);
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  const again = await runGangway([...mint, "--capability"]);
  assert.deepEqual([again.code, again.stdout, again.stderr], [
    1,
    "",
    `Error: Cannot create "${path}": File exists (os error 17)\n`,
  ]);
  assert.equal((await Deno.readTextFile(path)).trim(), token);
  await Deno.remove(path);
  const signed = await runGangway([
    ...mint,
    "--secret-file",
    `${home.path}/secret`,
  ]);
  assert.deepEqual([signed.code, signed.stdout], [0, ""]);
  assert.match(await Deno.readTextFile(path), /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
});

Deno.test("token mint refuses secrets that are missing, empty or short, and shows none", async () => {
  await using home = await createHome();
  const path = `${home.path}/secret`;
  const mint = ["token", "mint", "--secret-file", path];
  const none = await runGangway(["token", "mint"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^error: one of '--secret-file <FILE>' and/);
  const missing = await runGangway(mint);
  assert.deepEqual([missing.code, missing.stderr], [
    1,
    `Error: Cannot read "${path}": No such file or directory (os error 2)\n`,
  ]);
  await Deno.writeTextFile(path, " \n");
  const empty = await runGangway(mint);
  assert.deepEqual([empty.code, empty.stderr], [
    1,
    `Error: File "${path}" is empty\n`,
  ]);
  await Deno.writeTextFile(path, "short-secret-here\n");
  const short = await runGangway(mint);
  assert.equal(short.code, 1);
  assert.match(short.stderr, /less than 32 bytes\n$/);
  assert.doesNotMatch(short.stderr, /short-secret-here/);
});

Deno.test("token sha256 hashes what is between the blanks", async () => {
  const hashed = await runGangway(["token", "sha256"], { input: " abc\t\n" });
  assert.deepEqual(hashed, {
    code: 0,
    signal: null,
    stdout:
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n",
    stderr: "",
  });
  const nothing = await runGangway(["token", "sha256"], { input: "\n" });
  assert.deepEqual([nothing.code, nothing.stderr], [
    1,
    "Error: There is no token on standard input\n",
  ]);
});
