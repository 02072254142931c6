/**
 * `command/exec*` and `process/*`: programs that clients run, with their
 * names, caps, timeouts, quotas and ends.
 *
 * @module
 */
export {};
