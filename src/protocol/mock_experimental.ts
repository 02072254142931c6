/**
 * A method that does nothing: for clients that try the experimental gate.
 *
 * @module
 */

/** Tries the experimental gate; does nothing. */
export interface MockExperimentalMethodParams {
  /** Comes back as `echoed`. */
  value?: string | null;
}

/** The echo. */
export interface MockExperimentalMethodResponse {
  /** What was sent as `value`, else null. */
  echoed: string | null;
}
