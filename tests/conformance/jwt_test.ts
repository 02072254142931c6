import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mintJwt } from "./jwt.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

function decode(segment = ""): unknown {
  return JSON.parse(
    new TextDecoder().decode(
      Uint8Array.fromBase64(segment, { alphabet: "base64url" }),
    ),
  );
}

function signatureOf(token: string, hash: string): string {
  const signed = token.split(".").slice(0, 2).join(".");
  return createHmac(hash, SECRET).update(signed).digest("base64url");
}

Deno.test("mintJwt() signs header and claims with HS256 by default", async () => {
  const token = await mintJwt({ secret: SECRET, claims: { exp: 5, sub: "u" } });
  const [header, claims, signature] = token.split(".");
  assert.deepEqual(decode(header), { alg: "HS256", typ: "JWT" });
  assert.deepEqual(decode(claims), { exp: 5, sub: "u" });
  assert.equal(signature, signatureOf(token, "sha256"));
});

Deno.test("mintJwt() signs with the algorithm of the header, or another one", async () => {
  const header = { alg: "HS512" };
  const honest = await mintJwt({ secret: SECRET, header });
  assert.equal(honest.split(".")[2], signatureOf(honest, "sha512"));
  const lying = await mintJwt({ secret: SECRET, header, sign: "HS256" });
  assert.equal(lying.split(".")[2], signatureOf(lying, "sha256"));
});

Deno.test("mintJwt() dates claims from now, as number or text", async () => {
  const before = Math.floor(Date.now() / 1000);
  const token = await mintJwt({
    secret: SECRET,
    claims: { exp: { $now: 60 }, nbf: { $now: -5, as: "string" } },
  });
  const { exp, nbf } = decode(token.split(".")[1]) as {
    exp: number;
    nbf: unknown;
  };
  assert.ok(exp >= before + 60 && exp <= before + 65, `exp ${exp}`);
  assert.equal(nbf, String(exp - 65));
});

Deno.test("mintJwt() makes bad tokens on request", async () => {
  const claims = { exp: 5 };
  const unsigned = await mintJwt({ secret: SECRET, claims, unsigned: true });
  assert.equal(unsigned.split(".")[2], "");
  const tampered = await mintJwt({
    secret: SECRET,
    claims,
    tamperSignature: true,
  });
  assert.notEqual(tampered.split(".")[2], signatureOf(tampered, "sha256"));
  const swapped = await mintJwt({
    secret: SECRET,
    claims,
    tamperPayload: { exp: 9 },
  });
  assert.deepEqual(decode(swapped.split(".")[1]), { exp: 9 });
  assert.notEqual(swapped.split(".")[2], signatureOf(swapped, "sha256"));
  const longer = await mintJwt({ secret: SECRET, claims, suffix: ".x" });
  assert.equal(longer.split(".").length, 4);
});
