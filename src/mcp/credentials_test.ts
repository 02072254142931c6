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
  const names = await Array.fromAsync(
    Deno.readDir(home.path),
    ({ name }) => name,
  );
  assert.deepEqual(names.sort(), [".credentials.json", "mcp-oauth-locks"]);
  const { mode } = await Deno.stat(`${home.path}/.credentials.json`);
  assert.equal(mode! & 0o777, 0o600);
  const renewed = { ...login("3"), tokens: { ...login("3").tokens } };
  renewed.tokens.refresh_token = "new";
  await credentials.set(a, renewed);
  await credentials.delete(a, "old");
  assert.deepEqual(await again.get(a), renewed);
  await credentials.delete(a, "new");
  assert.equal(await again.get(a), undefined);
});

Deno.test("Credentials: a broken file counts as empty", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/.credentials.json`;
  for (const text of ["", "{", "null", "7", '"text"', "[]"]) {
    await Deno.writeTextFile(path, text);
    const credentials = new Credentials(home.path);
    const a = key("a", "https://a.test");
    assert.equal(await credentials.get(a), undefined);
    await credentials.set(a, login("1"));
    assert.deepEqual(await new Credentials(home.path).get(a), login("1"));
  }
});

Deno.test("Credentials: logins that another server of the protocol has kept", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/.credentials.json`;
  const url = "http://127.0.0.1:36521/mcp";
  const at = "tiny|71b1bacbd6f23b33";
  const expires_at = Date.now() + 3_600_500;
  const kept = {
    server_name: "tiny",
    server_url: url,
    issuer: "http://127.0.0.1:36521",
    client_id: "client1",
    access_token: "token4",
    expires_at,
    refresh_token: "refresh",
    scopes: ["a", "b"],
  };
  const other = { access_token: "of somebody else" };
  await Deno.writeTextFile(path, JSON.stringify({ [at]: kept, other }));
  const credentials = new Credentials(home.path);
  const tiny = key("tiny", url);
  assert.deepEqual(await credentials.get(tiny), {
    tokens: {
      access_token: "token4",
      token_type: "Bearer",
      refresh_token: "refresh",
      expires_in: 3600,
      scope: "a b",
      issuer: "http://127.0.0.1:36521",
    },
    client: { client_id: "client1", issuer: "http://127.0.0.1:36521" },
  });
  await credentials.set(tiny, login("5"));
  assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), {
    [at]: {
      ...kept,
      client_id: "c",
      access_token: "5",
      expires_at: null,
      refresh_token: null,
      scopes: [],
    },
    other,
  });
});
