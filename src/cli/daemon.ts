/**
 * Tells that there is no daemon yet.
 *
 * @throws {Error} always.
 */
export function run(): Promise<number> {
  return Promise.reject(
    new Error(
      "the daemon is not offered yet; start a server on the control socket " +
        "with `gangway app-server --listen unix://`",
    ),
  );
}
