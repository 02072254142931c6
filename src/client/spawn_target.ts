/** A server that is started as a child process and spoken to over its stdio. */
export interface SpawnTarget {
  /** Program and arguments, such as `["gangway", "app-server"]`. */
  readonly spawn: readonly [program: string, ...args: string[]];
  /** Environment variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory of the child. Default: that of this process. */
  readonly cwd?: string;
}
