import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import {
  type Credential,
  type CredentialKey,
  Credentials,
} from "./credentials.ts";

function key(name: string, url: string): CredentialKey {
  return { name, place: { url } } as CredentialKey;
}

function login(token: string): Credential {
  return {
    tokens: { access_token: token, token_type: "Bearer" },
    client: { client_id: "c" },
  };
}

Deno.test("Credentials belong to a name and an address, and only their owner reads them", async () => {
  await using home = await createTempDir();
  const credentials = new Credentials(home.path);
  const a = key("a", "https://a.test");
  assert.equal(await credentials.get(a), undefined);
  await Promise.all([
    credentials.set(a, login("1")),
    credentials.set(key("b", "https://b.test"), login("2")),
  ]);
  const again = new Credentials(home.path);
  assert.deepEqual(await again.get(a), login("1"));
  assert.equal(await again.get(key("a", "https://evil.test")), undefined);
  assert.equal(await again.get(key("b", "https://a.test")), undefined);
  const [{ name }] = await Array.fromAsync(Deno.readDir(home.path)) as [
    Deno.DirEntry,
  ];
  assert.equal(name, "gangway_mcp_credentials.json");
  const { mode } = await Deno.stat(`${home.path}/${name}`);
  assert.equal(mode! & 0o777, 0o600);
  await credentials.delete(a);
  assert.equal(await again.get(a), undefined);
});

Deno.test("Credentials: a broken file counts as empty", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/gangway_mcp_credentials.json`;
  await Deno.writeTextFile(path, "{");
  const credentials = new Credentials(home.path);
  const a = key("a", "https://a.test");
  assert.equal(await credentials.get(a), undefined);
  await credentials.set(a, login("1"));
  assert.deepEqual(await credentials.get(a), login("1"));
});
