import { decodeBase64, errorCodes, RpcError } from "../protocol/mod.ts";
import type { UserVerificationVerifyParams } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Host } from "./host.ts";

type VerificationMethod =
  | "userVerification/status"
  | "userVerification/enroll"
  | "userVerification/delete"
  | "userVerification/verify"
  | "userVerification/cancel";

const unavailable =
  "User verification is not available in this build or account.";

/** Bytes that parts of a verification may have. */
const bounds = { challenge: 4096, title: 256, description: 4096 } as const;

/** No machine that this server runs on keeps a key for its user. */
export const verificationHandlers: Handlers<Host, VerificationMethod> = {
  "userVerification/status": () => ({
    credentialId: null,
    unavailableReason: "providerUnavailable",
    unavailableMessage: unavailable,
  }),
  "userVerification/enroll": refuse,
  "userVerification/delete": refuse,
  "userVerification/verify"(_, params) {
    if (isSound(params)) return refuse();
    throw RpcError.invalidParams(
      "Invalid verification challenge or display text.",
      { type: "invalidRequest", reason: "invalidParams" },
    );
  },
  "userVerification/cancel": () => ({}),
};

function refuse(): never {
  throw new RpcError(errorCodes.internal, unavailable, {
    data: { type: "unavailable", reason: "providerUnavailable" },
  });
}

function isSound(
  { challenge, title, description }: UserVerificationVerifyParams,
): boolean {
  const bytesOf = (text: string) => new TextEncoder().encode(text).length;
  if (!/^[A-Za-z0-9_-]+$/.test(challenge)) return false;
  let bytes: Uint8Array;
  try {
    bytes = decodeBase64(toStandard(challenge));
  } catch {
    return false;
  }
  return bytes.length >= 1 && bytes.length <= bounds.challenge &&
    title !== "" && bytesOf(title) <= bounds.title &&
    bytesOf(description) <= bounds.description;
}

/** The alphabet and the padding that most decoders know. */
function toStandard(text: string): string {
  const padding = "=".repeat((4 - text.length % 4) % 4);
  return text.replaceAll("-", "+").replaceAll("_", "/") + padding;
}
