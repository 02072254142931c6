import { timingSafeEqual } from "node:crypto";
import { resolve } from "node:path";
import { osErrorText } from "./_os_error.ts";
import { sha256 } from "./capability_token.ts";
import { decodeSignedToken, MIN_SECRET_BYTES } from "./signed_token.ts";

/** Decides from the `Authorization` header who is let in. */
export interface BearerPolicy {
  /**
   * Why a request is refused, in the words of the 401, or `undefined` where it
   * is let in.
   *
   * @param authorization The header's value, `undefined` where it is absent.
   * @param nowSeconds The time to judge by, in Unix seconds. Default: now.
   */
  refusal(
    authorization: string | undefined,
    nowSeconds?: number,
  ): string | undefined;
}

/** The `--ws-…` flags of a command line, as they were given. */
export interface BearerOptions {
  /** `--ws-auth`. */
  readonly mode?: "capability-token" | "signed-bearer-token" | undefined;
  /** `--ws-token-file`: file with the capability token. */
  readonly tokenFile?: string | undefined;
  /** `--ws-token-sha256`: SHA-256 of the capability token, 64 hex digits. */
  readonly tokenSha256?: string | undefined;
  /** `--ws-shared-secret-file`: file with the HMAC secret. */
  readonly sharedSecretFile?: string | undefined;
  /** `--ws-issuer`: the `iss` that tokens must have; blank means any. */
  readonly issuer?: string | undefined;
  /** `--ws-audience`: the `aud` that tokens must have; blank means any. */
  readonly audience?: string | undefined;
  /** `--ws-max-clock-skew-seconds`. Default: 30. */
  readonly maxClockSkewSeconds?: number | bigint | undefined;
}

const DEFAULT_SKEW_SECONDS = 30n;
const MAX_I64 = 2n ** 63n - 1n;

/**
 * Makes the policy that the flags ask for, or `undefined` where there are
 * none. Files are read once, here, and trimmed at both ends.
 *
 * @throws {Error} if the flags contradict each other or a file cannot be used,
 * in the words that the protocol's users know. No message holds a secret.
 */
export async function createBearerPolicy(
  options: BearerOptions,
): Promise<BearerPolicy | undefined> {
  const { mode, tokenFile, tokenSha256, sharedSecretFile } = options;
  const hasTokenFlag = tokenFile !== undefined || tokenSha256 !== undefined;
  const hasSignedFlag = sharedSecretFile !== undefined ||
    options.issuer !== undefined || options.audience !== undefined ||
    options.maxClockSkewSeconds !== undefined;
  if (mode === "capability-token") {
    if (hasSignedFlag) {
      throw new Error(
        "`--ws-shared-secret-file`, `--ws-issuer`, `--ws-audience`, and " +
          "`--ws-max-clock-skew-seconds` require " +
          "`--ws-auth signed-bearer-token`",
      );
    }
    return await createCapabilityPolicy(tokenFile, tokenSha256);
  }
  if (mode === "signed-bearer-token") {
    if (hasTokenFlag) {
      throw new Error(
        "`--ws-token-file` and `--ws-token-sha256` require " +
          "`--ws-auth capability-token`, not `signed-bearer-token`",
      );
    }
    return await createSignedPolicy(options);
  }
  if (hasTokenFlag || hasSignedFlag) {
    throw new Error(
      "websocket auth flags require `--ws-auth capability-token` or " +
        "`--ws-auth signed-bearer-token`",
    );
  }
  return undefined;
}

async function createCapabilityPolicy(
  tokenFile: string | undefined,
  tokenSha256: string | undefined,
): Promise<BearerPolicy> {
  if (tokenFile !== undefined && tokenSha256 !== undefined) {
    throw new Error(
      "`--ws-token-file` and `--ws-token-sha256` are mutually exclusive",
    );
  }
  let digest: Uint8Array;
  if (tokenFile !== undefined) {
    digest = sha256(await readSecret(tokenFile));
  } else if (tokenSha256 !== undefined) {
    const hex = tokenSha256.trim();
    if (!/^[0-9A-Fa-f]{64}$/.test(hex)) {
      throw new Error(
        "--ws-token-sha256 must be a 64-character hex SHA-256 digest",
      );
    }
    digest = Uint8Array.fromHex(hex);
  } else {
    throw new Error(
      "`--ws-token-file` or `--ws-token-sha256` is required when " +
        "`--ws-auth capability-token` is set",
    );
  }
  return bearerPolicy((token) =>
    timingSafeEqual(sha256(token), digest)
      ? undefined
      : "invalid websocket bearer token"
  );
}

async function createSignedPolicy(
  options: BearerOptions,
): Promise<BearerPolicy> {
  const path = options.sharedSecretFile;
  if (path === undefined) {
    throw new Error(
      "`--ws-shared-secret-file` is required when " +
        "`--ws-auth signed-bearer-token` is set",
    );
  }
  const secret = await readSecret(path);
  if (new TextEncoder().encode(secret).length < MIN_SECRET_BYTES) {
    throw new Error(
      `signed websocket bearer secret ${resolve(path)} must be at least ` +
        `${MIN_SECRET_BYTES} bytes`,
    );
  }
  const skew = BigInt(options.maxClockSkewSeconds ?? DEFAULT_SKEW_SECONDS);
  if (skew > MAX_I64) {
    throw new Error(
      "websocket auth clock skew must fit in a signed 64-bit integer",
    );
  }
  // A blank flag means that the claim is not looked at.
  const issuer = options.issuer?.trim() || undefined;
  const audience = options.audience?.trim() || undefined;
  return bearerPolicy((token, nowSeconds) => {
    const claims = decodeSignedToken(token, secret);
    if (!claims) return "invalid websocket jwt";
    const now = BigInt(nowSeconds);
    if (now > claims.exp + skew) return "expired websocket jwt";
    if (claims.nbf !== undefined && now < claims.nbf - skew) {
      return "websocket jwt is not valid yet";
    }
    if (issuer !== undefined && claims.iss !== issuer) {
      return "websocket jwt issuer mismatch";
    }
    if (audience !== undefined && !claims.aud.includes(audience)) {
      return "websocket jwt audience mismatch";
    }
    return undefined;
  });
}

/** Wraps a judge of tokens with the reading of the header (RFC 6750). */
function bearerPolicy(
  judge: (token: string, nowSeconds: number) => string | undefined,
): BearerPolicy {
  return {
    refusal(authorization, nowSeconds = Math.floor(Date.now() / 1000)) {
      if (authorization === undefined) return "missing websocket bearer token";
      const token = toBearerToken(authorization);
      if (token === undefined) return "invalid authorization header";
      return judge(token, nowSeconds);
    },
  };
}

function toBearerToken(authorization: string): string | undefined {
  if (!/^[\t\x20-\x7e]*$/.test(authorization)) return undefined;
  const space = authorization.indexOf(" ");
  if (authorization.slice(0, space).toLowerCase() !== "bearer") {
    return undefined;
  }
  return authorization.slice(space).trim() || undefined;
}

async function readSecret(path: string): Promise<string> {
  const absolute = resolve(path);
  const secret = (await readText(absolute)).trim();
  if (secret === "") {
    throw new Error(`websocket auth secret ${absolute} must not be empty`);
  }
  return secret;
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await Deno.readFile(path);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (error) {
    const text = error instanceof TypeError
      ? "stream did not contain valid UTF-8"
      : osErrorText(error);
    throw new Error(`failed to read websocket auth secret ${path}: ${text}`);
  }
}
