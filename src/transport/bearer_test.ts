import { createHmac } from "node:crypto";
import assert from "node:assert/strict";
import { type BearerOptions, createBearerPolicy } from "./bearer.ts";
import { createCapabilityToken, sha256Hex } from "./capability_token.ts";
import { mintSignedToken } from "./signed_token.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const NOW = 1_800_000_000;
const INVALID = "invalid websocket jwt";
const MAX_I64 = "9223372036854775807";

async function withFiles(
  work: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = (name: string) => `${directory}/${name}`;
  try {
    await Deno.writeTextFile(path("token"), "  sekret token\n\n");
    await Deno.writeTextFile(path("secret"), `${SECRET}\n`);
    await Deno.writeTextFile(path("short"), ` ${SECRET.slice(1)} `);
    await Deno.writeTextFile(path("empty"), "");
    await Deno.writeTextFile(path("blank"), " \n\t");
    await Deno.writeFile(path("binary"), new Uint8Array(40).fill(0xff));
    await Deno.mkdir(path("directory"));
    await work(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function base64url(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return new TextEncoder().encode(text)
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** A token with a good signature over whatever parts it is given. */
function token(
  claims: unknown,
  { header = { alg: "HS256" } as unknown, secret = SECRET, hash = "sha256" } =
    {},
): string {
  const body = `${base64url(header)}.${base64url(claims)}`;
  const mac = createHmac(hash, secret).update(body).digest();
  return `${body}.${mac.toString("base64url")}`;
}

async function signedPolicy(options: BearerOptions = {}) {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, SECRET);
  const policy = await createBearerPolicy({
    mode: "signed-bearer-token",
    sharedSecretFile: path,
    ...options,
  });
  await Deno.remove(path);
  assert.ok(policy);
  return (jwt: string, now = NOW) => policy.refusal(`Bearer ${jwt}`, now);
}

Deno.test("createBearerPolicy() refuses flags that contradict each other", async () => {
  await withFiles(async (path) => {
    const noMode =
      "websocket auth flags require `--ws-auth capability-token` or `--ws-auth signed-bearer-token`";
    const needsToken =
      "`--ws-token-file` or `--ws-token-sha256` is required when `--ws-auth capability-token` is set";
    const bothTokens =
      "`--ws-token-file` and `--ws-token-sha256` are mutually exclusive";
    const signedOnly =
      "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and `--ws-max-clock-skew-seconds` require `--ws-auth signed-bearer-token`";
    const needsSecret =
      "`--ws-shared-secret-file` is required when `--ws-auth signed-bearer-token` is set";
    const capabilityOnly =
      "`--ws-token-file` and `--ws-token-sha256` require `--ws-auth capability-token`, not `signed-bearer-token`";
    const badDigest =
      "--ws-token-sha256 must be a 64-character hex SHA-256 digest";
    const skew =
      "websocket auth clock skew must fit in a signed 64-bit integer";
    const tokenFile = path("token");
    const sharedSecretFile = path("secret");
    const capability = { mode: "capability-token" } as const;
    const signed = { mode: "signed-bearer-token" } as const;
    const cases: [BearerOptions, string][] = [
      [{ tokenFile }, noMode],
      [{ tokenSha256: "" }, noMode],
      [{ sharedSecretFile }, noMode],
      [{ issuer: "" }, noMode],
      [{ audience: "x" }, noMode],
      [{ maxClockSkewSeconds: 30 }, noMode],
      [capability, needsToken],
      [{ ...capability, tokenFile, tokenSha256: "x" }, bothTokens],
      [{ ...capability, tokenFile, sharedSecretFile }, signedOnly],
      [{ ...capability, tokenFile, issuer: "" }, signedOnly],
      [{ ...capability, audience: "x" }, signedOnly],
      [{ ...capability, tokenFile, maxClockSkewSeconds: 1 }, signedOnly],
      [signed, needsSecret],
      [{ ...signed, tokenFile }, capabilityOnly],
      [{ ...signed, sharedSecretFile, tokenSha256: "x" }, capabilityOnly],
      [{ ...capability, tokenSha256: " " }, badDigest],
      [{ ...capability, tokenSha256: "ab" }, badDigest],
      [{ ...capability, tokenSha256: `sha256:${"a".repeat(64)}` }, badDigest],
      [{ ...capability, tokenSha256: "g".repeat(64) }, badDigest],
      [{ ...signed, sharedSecretFile, maxClockSkewSeconds: 2n ** 63n }, skew],
    ];
    for (const [options, message] of cases) {
      await assert.rejects(createBearerPolicy(options), { message });
    }
    assert.equal(await createBearerPolicy({}), undefined);
  });
});

Deno.test("createBearerPolicy() refuses a secret file it cannot use, and never tells what is in it", async () => {
  await withFiles(async (path) => {
    const failed = (name: string, text: string) =>
      `failed to read websocket auth secret ${path(name)}: ${text}`;
    const cases: [string, string][] = [
      ["nothing", failed("nothing", "No such file or directory (os error 2)")],
      ["directory", failed("directory", "Is a directory (os error 21)")],
      ["binary", failed("binary", "stream did not contain valid UTF-8")],
      ["empty", `websocket auth secret ${path("empty")} must not be empty`],
      ["blank", `websocket auth secret ${path("blank")} must not be empty`],
    ];
    for (const [name, message] of cases) {
      await assert.rejects(
        createBearerPolicy({ mode: "capability-token", tokenFile: path(name) }),
        { message },
      );
      await assert.rejects(
        createBearerPolicy({
          mode: "signed-bearer-token",
          sharedSecretFile: path(name),
        }),
        { message },
      );
    }
    await assert.rejects(
      createBearerPolicy({
        mode: "signed-bearer-token",
        sharedSecretFile: path("short"),
      }),
      {
        message: `signed websocket bearer secret ${
          path("short")
        } must be at least 32 bytes`,
      },
    );
  });
});

Deno.test("refusal() reads the header as RFC 6750 says, and a little wider", async () => {
  const policy = await createBearerPolicy({
    mode: "capability-token",
    tokenSha256: ` ${sha256Hex("good").toUpperCase()} `,
  });
  assert.ok(policy);
  const good = ["Bearer good", "bearer good", "BEARER good", "Bearer   good  "];
  const malformed = [
    "",
    " ",
    "good",
    "Bearer",
    "Bearer ",
    "Bearer    ",
    "Bearer\tgood",
    "Basic good",
    "Bearerx good",
    " Bearer good",
    "Bearer göod",
    "Bearer g\u0000od",
    "Bearer:good",
    "Token good",
  ];
  const wrong = [
    "Bearer bad",
    "Bearer Good",
    "Bearer goo",
    "Bearer goodd",
    "Bearer good good",
    "Bearer good,Bearer good",
    `Bearer ${sha256Hex("good")}`,
  ];
  for (const value of good) {
    assert.equal(policy.refusal(value), undefined, value);
  }
  for (const value of malformed) {
    assert.equal(policy.refusal(value), "invalid authorization header", value);
  }
  for (const value of wrong) {
    assert.equal(
      policy.refusal(value),
      "invalid websocket bearer token",
      value,
    );
  }
  assert.equal(policy.refusal(undefined), "missing websocket bearer token");
});

Deno.test("createBearerPolicy() trims the token file at its ends only, and reads it once", async () => {
  await withFiles(async (path) => {
    const policy = await createBearerPolicy({
      mode: "capability-token",
      tokenFile: path("token"),
    });
    await Deno.writeTextFile(path("token"), "other");
    assert.equal(policy?.refusal("Bearer sekret token"), undefined);
    assert.equal(
      policy?.refusal("Bearer other"),
      "invalid websocket bearer token",
    );
  });
});

Deno.test("createBearerPolicy() takes a relative path against the working directory", async () => {
  await assert.rejects(
    createBearerPolicy({
      mode: "capability-token",
      tokenFile: "no-such-token-file",
    }),
    {
      message:
        `failed to read websocket auth secret ${Deno.cwd()}/no-such-token-file: No such file or directory (os error 2)`,
    },
  );
});

Deno.test("refusal() lets in any well-signed token that is in time", async () => {
  const refusal = await signedPolicy();
  const exp = NOW + 60;
  const good: unknown[] = [
    { exp },
    { exp, nbf: null, iss: null, aud: null },
    { exp, nbf: NOW - 10 },
    { exp, nbf: NOW + 30 },
    { exp: NOW - 30 },
    { exp, iat: NOW + 9999, jti: 5, sub: [], anything: { at: "all" } },
    { exp, iss: "anyone", aud: "anybody" },
    { exp, aud: ["a", "b"] },
    { exp, aud: [] },
    `{"exp":${MAX_I64}}`,
    `{"exp":${exp},"nbf":-9223372036854775808}`,
    ` { "exp" : ${exp} } `,
  ];
  for (const claims of good) {
    assert.equal(refusal(token(claims)), undefined, JSON.stringify(claims));
  }
  const headers: unknown[] = [
    { typ: "JWT", alg: "HS256" },
    { alg: "HS256", typ: "nonsense" },
    { alg: "HS256", kid: "../../etc/passwd" },
    { alg: "HS256", crit: ["exp", "unknown"], unknown: 1 },
    { alg: "HS256", b64: true, jwk: { kty: "oct", k: "AAAA" } },
  ];
  for (const header of headers) {
    assert.equal(
      refusal(token({ exp }, { header })),
      undefined,
      JSON.stringify(header),
    );
  }
});

Deno.test("refusal() tells an expired token and one that is not valid yet", async () => {
  const refusal = await signedPolicy();
  const early = "websocket jwt is not valid yet";
  const late = "expired websocket jwt";
  assert.equal(refusal(token({ exp: NOW - 31 })), late);
  assert.equal(refusal(token({ exp: 0 })), late);
  assert.equal(refusal(token({ exp: -1 })), late);
  assert.equal(refusal(token(`{"exp":-9223372036854775808}`)), late);
  assert.equal(refusal(token({ exp: NOW + 99, nbf: NOW + 31 })), early);
  assert.equal(refusal(token(`{"exp":${MAX_I64},"nbf":${MAX_I64}}`)), early);
  assert.equal(refusal(token({ exp: NOW - 99, nbf: NOW + 99 })), late);

  const strict = await signedPolicy({ maxClockSkewSeconds: 0 });
  assert.equal(strict(token({ exp: NOW })), undefined);
  assert.equal(strict(token({ exp: NOW - 1 })), late);
  assert.equal(strict(token({ exp: NOW, nbf: NOW })), undefined);
  assert.equal(strict(token({ exp: NOW + 9, nbf: NOW + 1 })), early);

  const lax = await signedPolicy({ maxClockSkewSeconds: 2n ** 63n - 1n });
  assert.equal(lax(token({ exp: 0, nbf: NOW * 2 })), undefined);
});

Deno.test("refusal() refuses every token that is not exactly HS256", async () => {
  const refusal = await signedPolicy();
  const claims = { exp: NOW + 60 };
  const headers: unknown[] = [
    { alg: "none" },
    { alg: "None" },
    { alg: "HS384" },
    { alg: "HS512" },
    { alg: "RS256" },
    { alg: "hs256" },
    { alg: "HS256 " },
    { alg: ["HS256"] },
    { alg: null },
    {},
    { typ: "JWT" },
    [],
    "null",
    '"HS256"',
    "{",
    "",
    '{"alg":"HS256"',
    '["HS256"]',
  ];
  for (const header of headers) {
    assert.equal(
      refusal(token(claims, { header })),
      INVALID,
      JSON.stringify(header),
    );
  }
  for (const hash of ["sha384", "sha512", "sha1"]) {
    assert.equal(refusal(token(claims, { hash })), INVALID, hash);
  }
  const unsigned = `${base64url({ alg: "none" })}.${base64url(claims)}`;
  assert.equal(refusal(`${unsigned}.`), INVALID);
  assert.equal(refusal(unsigned), INVALID);
});

Deno.test("refusal() refuses a token that was changed in any one place", async () => {
  const refusal = await signedPolicy();
  const jwt = token({ exp: NOW + 60 });
  assert.equal(refusal(jwt), undefined);
  for (let at = 0; at < jwt.length; at++) {
    for (const other of ["A", "b", "-", ".", "=", "+", " ", ""]) {
      const changed = jwt.slice(0, at) + other + jwt.slice(at + 1);
      if (changed === jwt) continue;
      assert.equal(refusal(changed), INVALID, `${at}: ${other}`);
    }
  }
  assert.equal(
    refusal(token({ exp: NOW + 60 }, { secret: "x".repeat(32) })),
    INVALID,
  );
});

Deno.test("refusal() refuses a token of the wrong shape", async () => {
  const refusal = await signedPolicy();
  const jwt = token({ exp: NOW + 60 });
  const [header, payload, signature] = jwt.split(".");
  const shapes = [
    "abc",
    "a.b",
    ".",
    "..",
    "...",
    `${jwt}.x`,
    `${jwt}.`,
    `${jwt}=`,
    `.${jwt}`,
    `${header}..${signature}`,
    `.${payload}.${signature}`,
    `${header}=.${payload}.${signature}`,
    `${header}.${payload}==.${signature}`,
    `${header}.${payload}`,
    `${header}.${payload}.`,
    jwt.replaceAll(".", ","),
    JSON.stringify(jwt),
  ];
  for (const shape of shapes) assert.equal(refusal(shape), INVALID, shape);
});

Deno.test("refusal() refuses claims of the wrong type before it looks at the time", async () => {
  const refusal = await signedPolicy();
  const exp = NOW + 60;
  const bad: unknown[] = [
    {},
    [1],
    "zz",
    "",
    "null",
    "5",
    '"x"',
    "{",
    `{"exp":${exp}}x`,
    { exp: null },
    { exp: String(exp) },
    { exp: true },
    { exp: [exp] },
    `{"exp":${exp}.0}`,
    `{"exp":${exp}.5}`,
    '{"exp":1e20}',
    '{"exp":18e8}',
    '{"exp":-0}',
    '{"exp":9223372036854775808}',
    '{"exp":-9223372036854775809}',
    { exp, nbf: "x" },
    `{"exp":${exp},"nbf":1.5}`,
    `{"exp":${exp},"nbf":1.0}`,
    { exp, nbf: false },
    { exp, nbf: {} },
    { exp, iss: 5 },
    { exp, iss: ["me"] },
    { exp, iss: false },
    { exp, aud: 5 },
    { exp, aud: {} },
    { exp, aud: ["a", 5] },
    { exp, aud: [null] },
    { exp: 0, nbf: "x" },
    { exp: 0, iss: 5 },
  ];
  for (const claims of bad) {
    assert.equal(refusal(token(claims)), INVALID, JSON.stringify(claims));
  }
  const notUtf8 = `${base64url({ alg: "HS256" })}.${"_".repeat(8)}`;
  const mac = createHmac("sha256", SECRET).update(notUtf8).digest("base64url");
  assert.equal(refusal(`${notUtf8}.${mac}`), INVALID);
});

Deno.test("refusal() compares issuer and audience only where they are configured", async () => {
  const exp = NOW + 60;
  const issuer = "websocket jwt issuer mismatch";
  const audience = "websocket jwt audience mismatch";
  const both = await signedPolicy({ issuer: " me ", audience: "you\n" });
  const cases: [object, string | undefined][] = [
    [{ exp, iss: "me", aud: "you" }, undefined],
    [{ exp, iss: "me", aud: ["them", "you"] }, undefined],
    [{ exp, aud: "you" }, issuer],
    [{ exp, iss: "Me", aud: "you" }, issuer],
    [{ exp, iss: " me ", aud: "you" }, issuer],
    [{ exp, iss: "them", aud: "them" }, issuer],
    [{ exp, iss: "me" }, audience],
    [{ exp, iss: "me", aud: null }, audience],
    [{ exp, iss: "me", aud: [] }, audience],
    [{ exp, iss: "me", aud: "yo" }, audience],
    [{ exp, iss: "me", aud: ["youu"] }, audience],
    [{ exp: 1, iss: "them" }, "expired websocket jwt"],
    [{ exp, nbf: exp, iss: "them" }, "websocket jwt is not valid yet"],
  ];
  for (const [claims, want] of cases) {
    assert.equal(both(token(claims)), want, JSON.stringify(claims));
  }
  const blank = await signedPolicy({ issuer: "", audience: "  " });
  assert.equal(blank(token({ exp })), undefined);
});

Deno.test("refusal() judges by the clock where no time is given", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, SECRET);
  const policy = await createBearerPolicy({
    mode: "signed-bearer-token",
    sharedSecretFile: path,
  });
  await Deno.remove(path);
  const now = Math.floor(Date.now() / 1000);
  assert.equal(policy?.refusal(`Bearer ${token({ exp: now + 5 })}`), undefined);
  assert.equal(
    policy?.refusal(`Bearer ${token({ exp: now - 60 })}`),
    "expired websocket jwt",
  );
});

Deno.test("mintSignedToken() mints what the policy lets in", async () => {
  const refusal = await signedPolicy({ issuer: "me", audience: "you" });
  const jwt = mintSignedToken({
    secret: SECRET,
    expiresAt: NOW + 60,
    notBefore: NOW,
    issuer: "me",
    audience: ["you"],
    subject: "ü",
  });
  assert.equal(refusal(jwt), undefined);
  assert.equal(refusal(jwt, NOW + 91), "expired websocket jwt");
  assert.equal(refusal(jwt, NOW - 31), "websocket jwt is not valid yet");
});

Deno.test("mintSignedToken() refuses a weak secret and a broken time, without telling the secret", () => {
  const secret = SECRET.slice(1);
  assert.throws(() => mintSignedToken({ secret, expiresAt: NOW }), {
    name: "RangeError",
    message: "Cannot sign a token: the secret has less than 32 bytes",
  });
  for (const expiresAt of [NaN, Infinity, 1.5]) {
    assert.throws(() => mintSignedToken({ secret: SECRET, expiresAt }), {
      name: "RangeError",
      message:
        `Cannot sign a token: "${expiresAt}" is not a whole number of seconds`,
    });
  }
});

Deno.test("createCapabilityToken() gives 256 random bits that a policy takes", async () => {
  const one = createCapabilityToken();
  assert.match(one, /^[A-Za-z0-9_-]{43}$/);
  assert.notEqual(one, createCapabilityToken());
  const policy = await createBearerPolicy({
    mode: "capability-token",
    tokenSha256: sha256Hex(one),
  });
  assert.equal(policy?.refusal(`Bearer ${one}`), undefined);
  assert.equal(
    sha256Hex("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
