import assert from "node:assert/strict";
import { LoginProvider, StoredProvider } from "./_login_provider.ts";
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

const own = "https://as.test";
const issuers: readonly [
  what: string,
  asked: string,
  metadata: Record<string, unknown> | undefined,
  said: string | null,
  isFine: boolean,
][] = [
  ["nobody says so", own, { issuer: own }, null, true],
  ["nobody knows it", own, undefined, own, true],
  ["it is the one", own, { issuer: own }, own, true],
  ["it is another", own, { issuer: own }, "https://b.test", false],
  [
    "its issuer is hidden",
    own,
    {
      issuer: own,
      authorization_response_iss_parameter_supported: true,
    },
    null,
    false,
  ],
  [
    "a server describes it and gets no code",
    "https://mcp.test",
    {
      issuer: own,
      token_endpoint: `${own}/token`,
    },
    own,
    true,
  ],
  [
    "a server describes it and would get the code",
    "https://mcp.test",
    {
      issuer: own,
      token_endpoint: "https://mcp.test/token",
    },
    own,
    false,
  ],
  ["it is no address", own, { issuer: "x" }, "x", false],
];

for (const [what, authorizationServerUrl, metadata, said, isFine] of issuers) {
  Deno.test(`LoginProvider.checkIssuer where ${what}: ${isFine}`, () => {
    const login = new LoginProvider({} as CredentialKey, {
      credentials: new Credentials("/nowhere"),
      redirectUrl: "http://127.0.0.1/callback",
      state: "s",
      scope: undefined,
    });
    login.saveDiscoveryState({
      authorizationServerUrl,
      authorizationServerMetadata: metadata as never,
    });
    const check = () => login.checkIssuer(said);
    if (isFine) check();
    else assert.throws(check, Error);
  });
}
