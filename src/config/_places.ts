import {
  type EitherSource,
  readEither,
  type ReadSource,
  type SourceFile,
} from "./_source.ts";

/** Where configuration lies on this machine. */
export interface Places {
  /** Home directory of the server. */
  readonly home: string;
  /** Directory of the administrator's files. */
  readonly etc: string;
  /** Home directory of the user, for paths that begin with `~/`. */
  readonly userHome: () => string | undefined;
}

/** The files that do not depend on where somebody works. */
export interface Sources {
  readonly system: SourceFile | undefined;
  readonly user: EitherSource;
  readonly managed: SourceFile | undefined;
  readonly requirements: SourceFile | undefined;
}

/** Reads the files that do not depend on where somebody works. */
export async function readSources(
  { home, etc }: Pick<Places, "home" | "etc">,
  read: ReadSource,
): Promise<Sources> {
  const [system, user, managed, requirements] = await Promise.all([
    read(`${etc}/config.toml`),
    readEither(home, read),
    read(`${etc}/managed_config.toml`),
    read(`${etc}/requirements.toml`),
  ]);
  return { system, user, managed, requirements };
}
