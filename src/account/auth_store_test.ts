import assert from "node:assert/strict";
import { AuthStore } from "./auth_store.ts";
import { Secret } from "./_secret.ts";

const isWindows = Deno.build.os === "windows";

async function inHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir());
  try {
    await work(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("AuthStore: a file that others could read is for its owner alone from then on", () =>
  inHome(async (home) => {
    const path = `${home}/auth.json`;
    await Deno.writeTextFile(path, "{}", { mode: 0o644 });
    await new AuthStore(home).save("file", { OPENAI_API_KEY: "sk" });
    assert.deepEqual(await new AuthStore(home).load("auto"), {
      OPENAI_API_KEY: "sk",
    });
    if (!isWindows) {
      assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    }
    const names = await Array.fromAsync(Deno.readDir(home));
    assert.deepEqual(names.map(({ name }) => name), ["auth.json"]);
  }));

Deno.test({
  name: "AuthStore: a link stays one",
  ignore: isWindows,
  fn: () =>
    inHome(async (home) => {
      await Deno.writeTextFile(`${home}/elsewhere`, "{}");
      await Deno.symlink(`${home}/elsewhere`, `${home}/auth.json`);
      await new AuthStore(home).save("file", { OPENAI_API_KEY: "sk" });
      assert.ok((await Deno.lstat(`${home}/auth.json`)).isSymlink);
      assert.match(await Deno.readTextFile(`${home}/elsewhere`), /"sk"/);
    }),
});

Deno.test("AuthStore: a file that can't be written leaves nothing behind", () =>
  inHome(async (home) => {
    await Deno.mkdir(`${home}/auth.json`);
    await assert.rejects(new AuthStore(home).save("file", {}), Error);
    const names = await Array.fromAsync(Deno.readDir(home));
    assert.deepEqual(names.map(({ name }) => name), ["auth.json"]);
  }));

Deno.test("AuthStore: ephemeral is kept in memory, and a keyring not at all", () =>
  inHome(async (home) => {
    const store = new AuthStore(home);
    await store.save("ephemeral", { OPENAI_API_KEY: "sk" });
    assert.deepEqual(await store.load("ephemeral"), { OPENAI_API_KEY: "sk" });
    assert.equal(await store.load("file"), undefined);
    await store.remove("ephemeral");
    assert.equal(await store.load("ephemeral"), undefined);
    await assert.rejects(
      store.save("keyring", {}),
      Deno.errors.NotSupported,
    );
    assert.equal(await store.load("keyring"), undefined);
    assert.deepEqual(await Array.fromAsync(Deno.readDir(home)), []);
  }));

Deno.test("AuthStore: what is no document is not repeated", () =>
  inHome(async (home) => {
    for (const text of ["", "null", "[1]", '"sk-secret"', "{sk-secret"]) {
      await Deno.writeTextFile(`${home}/auth.json`, text);
      await assert.rejects(new AuthStore(home).load("file"), {
        name: "SyntaxError",
        message: "invalid credential JSON",
      });
    }
  }));

Deno.test("Secret: is shown nowhere, and found out by nobody", () => {
  const secret = new Secret("sk-secret");
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    Deno.inspect({ secret }),
    `${secret}`,
    Object.keys(secret).join(),
  ];
  assert.ok(!shown.join().includes("sk-secret"), shown.join());
  assert.equal(secret.reveal(), "sk-secret");
  assert.deepEqual(
    ["sk-secret", "sk-secreT", "sk", "sk-secret2", "sk-secretsk-secret", ""]
      .map((text) => secret.equals(text)),
    [true, false, false, false, false, false],
  );
  assert.ok(new Secret("").equals(""));
  assert.ok(!new Secret("").equals("\0"));
});
