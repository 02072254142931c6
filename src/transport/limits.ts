/** Longest line that is taken on stdio unless told otherwise: 128 MiB. */
export const MAX_LINE_BYTES: number = 128 * 1024 * 1024;

/**
 * Longest websocket message that a server takes, in one frame or joined:
 * 64 MiB. Longer ones end the connection with code 1009.
 */
export const MAX_MESSAGE_BYTES: number = 64 * 1024 * 1024;
