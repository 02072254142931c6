import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

/** Shortest secret that HS256 tokens are signed with, in bytes. */
export const MIN_SECRET_BYTES = 32;

/** The claims that are looked at; times in Unix seconds. */
export interface TokenClaims {
  /** When the token ends. */
  readonly exp: bigint;
  /** When it begins. */
  readonly nbf: bigint | undefined;
  /** Who made it. */
  readonly iss: string | undefined;
  /** Whom it is for. */
  readonly aud: readonly string[];
}

/** Claims and key of a token to mint. */
export interface SignedTokenOptions {
  /** The HMAC secret, at least 32 bytes. */
  readonly secret: string;
  /** `exp`, in Unix seconds. */
  readonly expiresAt: number;
  /** `iat`, in Unix seconds. Default: now. */
  readonly issuedAt?: number;
  /** `nbf`, in Unix seconds. */
  readonly notBefore?: number;
  /** `iss`. */
  readonly issuer?: string;
  /** `aud`. */
  readonly audience?: string | readonly string[];
  /** `sub`. */
  readonly subject?: string;
}

const MIN_I64 = -(2n ** 63n);
const MAX_I64 = 2n ** 63n - 1n;

/**
 * Mints a JWT for `--ws-auth signed-bearer-token` (RFC 7519, HS256).
 *
 * @throws {RangeError} if the secret is shorter than 32 bytes or a time is not
 * a whole number of seconds.
 */
export function mintSignedToken(options: SignedTokenOptions): string {
  const { secret, expiresAt, issuedAt, notBefore, issuer, audience, subject } =
    options;
  if (new TextEncoder().encode(secret).length < MIN_SECRET_BYTES) {
    throw new RangeError(
      `Cannot sign a token: the secret has less than ${MIN_SECRET_BYTES} bytes`,
    );
  }
  const issued = issuedAt ?? Math.floor(Date.now() / 1000);
  for (const seconds of [expiresAt, issued, notBefore ?? 0]) {
    if (!Number.isSafeInteger(seconds)) {
      throw new RangeError(
        `Cannot sign a token: "${seconds}" is not a whole number of seconds`,
      );
    }
  }
  const claims = {
    iss: issuer,
    sub: subject,
    aud: audience,
    exp: expiresAt,
    nbf: notBefore,
    iat: issued,
  };
  const body = [{ alg: "HS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${body}.${sign(secret, body).toString("base64url")}`;
}

/**
 * The claims of a JWT in compact form that was signed with the secret, or
 * `undefined` where anything about it is wrong. Nothing of the payload is
 * looked at before the signature holds.
 *
 * A JWT library is not used because the protocol is narrower and wider than
 * RFC 7519: `alg` must be exactly `HS256`, times must be 64-bit integers, and
 * every other header field, `crit` too, is ignored.
 */
export function decodeSignedToken(
  token: string,
  secret: string,
): TokenClaims | undefined {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".");
  if (rest.length > 0) return undefined;
  const fields = decodePart(header);
  if (fields?.get("alg") !== "HS256") return undefined;
  const given = decodeBase64Url(signature);
  const wanted = sign(secret, `${header}.${payload}`);
  if (given?.length !== wanted.length) return undefined;
  if (!timingSafeEqual(given, wanted)) return undefined;
  return toClaims(decodePart(payload));
}

function toClaims(
  fields: ReadonlyMap<string, unknown> | undefined,
): TokenClaims | undefined {
  const exp = fields?.get("exp");
  const nbf = fields?.get("nbf") ?? undefined;
  const iss = fields?.get("iss") ?? undefined;
  const aud = fields?.get("aud") ?? [];
  if (typeof exp !== "bigint") return undefined;
  if (nbf !== undefined && typeof nbf !== "bigint") return undefined;
  if (iss !== undefined && typeof iss !== "string") return undefined;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.every((name) => typeof name === "string")) return undefined;
  return { exp, nbf, iss, aud: audiences };
}

/**
 * The members of a JSON object in base64url. Whole numbers that fit 64 bits
 * are bigints, digit for digit; all other numbers stay numbers.
 */
function decodePart(part: string): Map<string, unknown> | undefined {
  const bytes = decodeBase64Url(part);
  if (!bytes) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
    const value: unknown = JSON.parse(text, toExactNumber);
    if (typeof value !== "object" || value === null) return undefined;
    return Array.isArray(value) ? undefined : new Map(Object.entries(value));
  } catch {
    return undefined;
  }
}

function toExactNumber(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  const source = context?.source;
  if (typeof value !== "number" || source === undefined) return value;
  // `-0` is a float to a strict reader.
  if (!/^(0|-?[1-9]\d*)$/.test(source)) return value;
  const exact = BigInt(source);
  return exact >= MIN_I64 && exact <= MAX_I64 ? exact : value;
}

/** Strict base64url: no padding, no blanks, no stray bits at the end. */
function decodeBase64Url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

function sign(secret: string, body: string): Buffer {
  return createHmac("sha256", secret).update(body).digest();
}
