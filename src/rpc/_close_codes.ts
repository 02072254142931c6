/** Close codes of websockets (RFC 6455, section 7.4.1, and IANA's registry). */
export const closeCodes = {
  normal: 1000,
  messageTooBig: 1009,
  internalError: 1011,
  tryAgainLater: 1013,
} as const;

/** Those for a peer that was cut off, not let go. */
export const troubles: ReadonlySet<number> = new Set([
  closeCodes.messageTooBig,
  closeCodes.internalError,
  closeCodes.tryAgainLater,
]);
