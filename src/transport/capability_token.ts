import { createHash, randomBytes } from "node:crypto";

/** SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/** SHA-256 of a text's UTF-8 bytes, as 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A new capability token: 32 random bytes, as base64url. */
export function createCapabilityToken(): string {
  return randomBytes(32).toString("base64url");
}
