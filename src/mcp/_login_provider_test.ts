import assert from "node:assert/strict";
import { StoredProvider } from "./_login_provider.ts";
import { type CredentialKey, Credentials } from "./credentials.ts";

function provider(oauthResource?: string): StoredProvider {
  const key = { name: "a", place: { oauthResource } } as CredentialKey;
  return new StoredProvider(key, new Credentials("/nowhere"));
}

Deno.test("StoredProvider.validateResourceURL: what is configured, what the server says of itself, its address", async () => {
  const ask = async (said?: string) =>
    (await provider().validateResourceURL("https://a.test/mcp/x", said)).href;
  assert.equal(await ask(), "https://a.test/mcp/x");
  assert.equal(await ask("https://a.test"), "https://a.test/");
  assert.equal(await ask("https://a.test/mcp"), "https://a.test/mcp");
  assert.equal(await ask("https://a.test/mcp/x/"), "https://a.test/mcp/x/");
  for (
    const said of [
      "https://evil.test/mcp/x",
      "http://a.test/mcp/x",
      "https://a.test/mc",
      "https://a.test/mcp/x/y",
      "nothing",
    ]
  ) await assert.rejects(ask(said), Error);
  const named = provider("https://r.test/");
  const { href } = await named.validateResourceURL("https://a.test/", "x");
  assert.equal(href, "https://r.test/");
});
