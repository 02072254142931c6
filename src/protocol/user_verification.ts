/**
 * Making sure that a person sits at the machine, with a key that it keeps.
 *
 * @module
 */
import type { Empty } from "./scalar.ts";
import type { MessageId } from "./thread_work.ts";

/** Asks whether it can be done. */
export type UserVerificationStatusParams = Empty;

/** Why it can't be done. */
export type UserVerificationUnavailableReason =
  | "credentialMissing"
  | "biometricsUnavailable"
  | "providerUnavailable";

/** Whether it can be done. */
export interface UserVerificationStatusResponse {
  /** The key, if there is one. */
  credentialId: string | null;
  /** Why it can't be done. */
  unavailableReason: UserVerificationUnavailableReason | null;
  /** The same for people. */
  unavailableMessage: string | null;
}

/** Makes a key. */
export type UserVerificationEnrollParams = Empty;

/** The key. */
export interface UserVerificationEnrollResponse {
  /** Its id. */
  credentialId: string;
  /** What it signs with. */
  algorithm: string | null;
  /** Its public half: SubjectPublicKeyInfo in DER, base64url without padding. */
  publicKey: string | null;
}

/** Deletes the key. */
export type UserVerificationDeleteParams = Empty;

/** It is deleted. */
export type UserVerificationDeleteResponse = Empty;

/**
 * Lets a person confirm something.
 *
 * @closed
 */
export interface UserVerificationVerifyParams {
  /** What is signed: 1 to 4096 bytes, base64url without padding. */
  challenge: string;
  /** What the person reads first: 1 to 256 bytes of UTF-8. */
  title: string;
  /** What the person reads next: up to 4096 bytes of UTF-8. */
  description: string;
}

/** That the person was there. */
export interface UserVerificationProof {
  /** The key. */
  credentialId: string;
  /** ECDSA with P-256 and SHA-256 in DER, base64url without padding. */
  signature: string;
}

/** The person has confirmed. */
export interface UserVerificationVerifyResponse {
  /** That it was so. */
  proof: UserVerificationProof;
}

/**
 * Gives up a request of this kind.
 *
 * @closed
 */
export interface UserVerificationCancelParams {
  /** Id of that request, on the same connection. */
  requestId: MessageId;
}

/** It is given up, if it still ran. */
export type UserVerificationCancelResponse = Empty;
