/** Where a marketplace of plugins comes from. */
export interface PluginSource {
  /** A directory, `owner/repository`, or the address of a repository. */
  readonly source: string;
  /** What is to be checked out there; null for what it shows. */
  readonly ref: string | null;
}

/** Installs plugins. */
export interface PluginKeeper {
  /** What known marketplaces have that is not installed, by their names. */
  offered(): Promise<ReadonlyMap<string, ReadonlySet<string>>>;

  /**
   * Makes a marketplace known, if it is not.
   *
   * @returns what it calls itself.
   * @throws {Error} if it can't be had.
   */
  add(source: PluginSource): Promise<string>;

  /** @throws {Error} if there is no such plugin, or it can't be installed. */
  install(marketplace: string, plugin: string): Promise<void>;
}
