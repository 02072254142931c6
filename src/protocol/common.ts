/**
 * Types that several domains share.
 *
 * @module
 */

/**
 * An absolute path of the server's machine. `..`, `.`, doubled and trailing
 * slashes are resolved by name only, before anything is opened.
 *
 * @format absolute-path
 */
export type AbsolutePath = string;

/**
 * Whole number from 0 to 65 535.
 *
 * @asType integer
 * @minimum 0
 * @maximum 65535
 */
export type Uint16 = number;

/**
 * Whole number from 0 up to 2^53 - 1.
 *
 * @asType integer
 * @minimum 0
 */
export type Uint = number;

/**
 * Whole number between -(2^53 - 1) and 2^53 - 1.
 *
 * @asType integer
 */
export type Int = number;

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type UnixMs = Int;

/** Any JSON value. */
export type JsonValue = unknown;

/** The answer of methods that have nothing to say but "done". */
export interface Empty {
  [key: string]: never;
}
