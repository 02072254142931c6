/**
 * Giving up a request that was sent.
 *
 * @module
 */

/** Which request to cancel. */
export interface CancelRequestParams {
  /** The id exactly as it was sent. */
  id: string | number;
}
