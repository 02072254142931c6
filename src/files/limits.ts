/** Longest file in bytes that is read whole; ranges have no such bound. */
export const MAX_READ_BYTES = 512 * 1024 * 1024;
