import type { JwtSpec } from "./case.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

const HASHES: Record<string, string> = {
  HS256: "SHA-256",
  HS384: "SHA-384",
  HS512: "SHA-512",
};

/** A compact JWS (RFC 7515) after `spec`, well made or bad on purpose. */
export async function mintJwt(spec: JwtSpec): Promise<string> {
  const header = spec.header ?? { alg: "HS256", typ: "JWT" };
  const head = segment(JSON.stringify(header));
  const body = segment(spec.payloadText ?? payload(spec.claims ?? {}));
  const algorithm = spec.sign ?? String(header.alg);
  const hash = HASHES[algorithm] ?? "SHA-256";
  const signature = spec.unsigned === true
    ? ""
    : await sign(`${head}.${body}`, spec.secret, hash);
  return [
    head,
    spec.tamperPayload === undefined
      ? body
      : segment(payload(spec.tamperPayload)),
    (spec.tamperSignature === true ? tamper(signature) : signature) +
    (spec.suffix ?? ""),
  ].join(".");
}

function payload(claims: JsonObject): string {
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(claims).map(([name, claim]) => [name, dated(claim)]),
    ),
  );
}

/** `{"$now": n}` becomes the time in n seconds, anything else stays. */
function dated(claim: Json): Json {
  if (!isObject(claim) || typeof claim.$now !== "number") return claim;
  const seconds = Math.floor(Date.now() / 1000) + claim.$now;
  return claim.as === "string" ? String(seconds) : seconds;
}

function tamper(signature: string): string {
  const end = signature.endsWith("AAAAAA") ? "BBBBBB" : "AAAAAA";
  return signature.slice(0, -end.length) + end;
}

async function sign(
  text: string,
  secret: string,
  hash: string,
): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash },
    false,
    ["sign"],
  );
  const bytes = await crypto.subtle.sign("HMAC", key, encoder.encode(text));
  return base64Url(new Uint8Array(bytes));
}

function segment(text: string): string {
  return base64Url(new TextEncoder().encode(text));
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
