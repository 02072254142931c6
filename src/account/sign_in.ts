import type { AuthMode } from "../protocol/mod.ts";
import {
  type Claims,
  isObject,
  readClaims,
  toObject,
  toText,
} from "./_claims.ts";
import { clientId, toRandomText } from "./_oauth.ts";
import { Secret } from "./_secret.ts";

/** A key of the API. */
export interface KeySignIn {
  readonly mode: "apikey";
  readonly key: Secret;
}

/** An account of ChatGPT whose tokens the server keeps. */
export interface ChatgptSignIn {
  readonly mode: "chatgpt";
  readonly accessToken: Secret;
  readonly refreshToken: Secret | undefined;
  /** The chosen workspace. */
  readonly accountId: string | null;
  /** Id of this sign-in, the same after every renewal. */
  readonly ownerId: string | null;
  /** Of its id token. */
  readonly claims: Claims;
}

/** An account of ChatGPT whose tokens a client keeps. */
export interface ExternalSignIn {
  readonly mode: "chatgptAuthTokens";
  readonly accessToken: Secret;
  /** The chosen workspace. */
  readonly accountId: string;
  readonly claims: Claims;
}

/** An account of ChatGPT, whoever keeps its tokens. */
export type ChatgptAccess = ChatgptSignIn | ExternalSignIn;

/** A way that another program knows, and this server does not. */
export interface OtherSignIn {
  readonly mode: Exclude<AuthMode, "apikey" | "chatgpt" | "chatgptAuthTokens">;
}

/** What the server is signed in with. */
export type SignIn =
  | KeySignIn
  | ChatgptSignIn
  | ExternalSignIn
  | OtherSignIn;

/** What `auth.json` holds, and is kept with all fields that others put there. */
export type AuthDocument = Record<string, unknown>;

const otherModes: readonly string[] = [
  "headers",
  "agentIdentity",
  "personalAccessToken",
  "bedrockApiKey",
  "bedrockAccessKeys",
];

/** The sign-in that a document holds, if it holds one. */
export function toSignIn(document: AuthDocument): SignIn | undefined {
  const { OPENAI_API_KEY: given } = document;
  const key = typeof given === "string" ? given : null; // "" counts
  const mode = document["auth_mode"] ??
    (key === null ? "chatgpt" : "apikey"); // older files do not say
  if (mode === "apikey") {
    return key === null ? undefined : { mode, key: new Secret(key) };
  }
  if (mode === "chatgpt") return toChatgpt(toObject(document["tokens"]));
  return typeof mode === "string" && otherModes.includes(mode)
    ? { mode: mode as OtherSignIn["mode"] }
    : undefined;
}

function toChatgpt(
  tokens: Record<string, unknown>,
): ChatgptSignIn | undefined {
  const idToken = toText(tokens["id_token"]);
  const accessToken = toText(tokens["access_token"]);
  const refreshToken = toText(tokens["refresh_token"]);
  if (idToken === null || accessToken === null) return undefined;
  let claims: Claims;
  try {
    claims = readClaims(idToken);
  } catch {
    return undefined;
  }
  return {
    mode: "chatgpt",
    accessToken: new Secret(accessToken),
    refreshToken: refreshToken === null ? undefined : new Secret(refreshToken),
    accountId: toText(tokens["account_id"]) ?? claims.accountId,
    ownerId: toText(tokens["login_owner_id"]),
    claims: { ...claims, expiresAtMs: toEnd(accessToken) },
  };
}

/** Tokens that end this soon are renewed before they are used. */
const marginMs = 60_000;

/** Whether the server has to renew its tokens before it uses them. */
export function needsRenewal(
  signIn: SignIn | undefined,
): signIn is ChatgptSignIn {
  return signIn?.mode === "chatgpt" && signIn.refreshToken !== undefined &&
    (signIn.claims.expiresAtMs ?? Infinity) < Date.now() + marginMs;
}

/** When a token ends, if it says so. */
function toEnd(token: string): number | null {
  try {
    return readClaims(token).expiresAtMs;
  } catch {
    return null; // only its issuer can read it
  }
}

/** Tokens as an issuer gives them; what is missing stays as it was. */
export interface IssuedTokens {
  readonly idToken: string | null;
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
}

/** The document with newer tokens in it. */
export function withTokens(
  document: AuthDocument,
  { idToken, accessToken, refreshToken }: IssuedTokens,
  now: Date,
): AuthDocument {
  const tokens = toObject(document["tokens"]);
  return {
    ...document,
    tokens: {
      ...tokens,
      ...(idToken !== null && { id_token: idToken }),
      ...(accessToken !== null && { access_token: accessToken }),
      ...(refreshToken !== null && { refresh_token: refreshToken }),
    },
    last_refresh: now.toISOString(),
  };
}

/** The document of somebody who has just signed in. */
export function toDocument(
  { idToken, accessToken, refreshToken }: IssuedTokens,
  { key, accountId, issuer }: {
    /** A key of the API that came along. */
    readonly key: string | null;
    readonly accountId: string | null;
    /** Who gave the tokens. */
    readonly issuer: string;
  },
): AuthDocument {
  return {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: key,
    tokens: {
      id_token: idToken,
      access_token: accessToken,
      refresh_token: refreshToken ?? "",
      oauth_provenance: { issuer, client_id: clientId },
      login_owner_id: toRandomText(32),
      account_id: accountId,
    },
    last_refresh: new Date().toISOString(),
  };
}

/** Reads the text of `auth.json`; what is in it is not repeated by errors. */
export function parseDocument(text: string): AuthDocument {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  if (isObject(document)) return document;
  throw new SyntaxError("invalid credential JSON");
}

/**
 * Reads tokens that a client brings.
 *
 * @throws {SyntaxError} if they are none.
 */
export function toExternal(
  { accessToken, chatgptAccountId, chatgptPlanType }: {
    readonly accessToken: string;
    readonly chatgptAccountId: string;
    readonly chatgptPlanType?: string | null;
  },
): ExternalSignIn {
  const claims = readClaims(accessToken);
  return {
    mode: "chatgptAuthTokens",
    accessToken: new Secret(accessToken),
    accountId: chatgptAccountId,
    claims: { ...claims, planType: chatgptPlanType ?? claims.planType },
  };
}

/** Whether it is an account of ChatGPT. */
export function isChatgpt(
  signIn: SignIn | undefined,
): signIn is ChatgptAccess {
  return signIn?.mode === "chatgpt" || signIn?.mode === "chatgptAuthTokens";
}
