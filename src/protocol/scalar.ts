/**
 * Numbers, paths and times, and the other values without a subject of their own.
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
 * A path of the server's machine; a relative one counts from the server's
 * working directory.
 *
 * @format path
 */
export type Path = string;

/**
 * Whole number from 0 to 65 535.
 *
 * @asType integer
 * @format uint16
 * @minimum 0
 * @maximum 65535
 */
export type Uint16 = number;

/**
 * Whole number of 32 bits without a sign.
 *
 * @asType integer
 * @format uint32
 * @minimum 0
 * @maximum 4294967295
 */
export type Uint32 = number;

/**
 * Whole number from 0 up to 2^53 - 1.
 *
 * @asType integer
 * @format uint
 * @minimum 0
 * @maximum 9007199254740991
 */
export type Uint = number;

/**
 * Whole number from 0 up to 2^64 - 1; what is beyond 2^53 - 1 is taken as the
 * nearest JavaScript number. For bounds, which some clients send as the largest
 * number that their language has.
 *
 * @asType integer
 * @format uint
 * @minimum 0
 * @maximum 18446744073709551615
 */
export type Uint64 = number;

/**
 * Whole number between -(2^53 - 1) and 2^53 - 1.
 *
 * @asType integer
 * @format int64
 * @minimum -9007199254740991
 * @maximum 9007199254740991
 */
export type Int = number;

/**
 * Whole number of 64 bits with a sign; what is beyond 2^53 - 1 is taken as the
 * nearest JavaScript number.
 *
 * @asType integer
 * @format int64
 * @minimum -9223372036854775808
 * @maximum 9223372036854775807
 */
export type Int64 = number;

/**
 * Whole number of 32 bits with a sign.
 *
 * @asType integer
 * @format int32
 * @minimum -2147483648
 * @maximum 2147483647
 */
export type Int32 = number;

/** Seconds since 1970-01-01T00:00:00Z, a whole number. */
export type UnixSeconds = Int;

/** Milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type UnixMs = Int;

/** Any JSON value. */
export type JsonValue = unknown;

/** The parameters of methods that need none; what stands there is ignored. */
// deno-lint-ignore no-empty-interface -- fields may be added later
export interface NoParams {}

/** The answer of methods that have nothing to say but "done". */
export interface Empty {
  /** Nothing is in it. */
  [key: string]: never;
}
