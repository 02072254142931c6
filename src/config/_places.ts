import {
  type EitherSource,
  readEither,
  type ReadSource,
  type SourceFile,
} from "./_source.ts";
import type { LoadConfigOptions } from "./load_config_options.ts";

/** Where configuration lies on this machine. */
export interface Places {
  /** Home directory of the server. */
  readonly home: string;
  /** Directory of the administrator's files. */
  readonly etc: string;
  /** Home directory of the user, for paths that begin with `~/`. */
  readonly userHome: () => string | undefined;
  /** Name of a file that goes over the user's: `NAME.config.toml` beside it. */
  readonly profile?: string;
  /** Whether the user's file is left out; a profile is not. */
  readonly ignoresUser?: boolean;
}

/** Where the files of these settings lie. */
export function toPlaces(
  { home, etc = "/etc/codex", env = Deno.env, profile, ignoresUser = false }:
    LoadConfigOptions,
): Places {
  return {
    home,
    etc,
    userHome: () => env.get("HOME"),
    ignoresUser,
    ...profile !== undefined && { profile },
  };
}

/** The files that do not depend on where somebody works. */
export interface Sources {
  readonly system: SourceFile | undefined;
  readonly user: EitherSource;
  /** What the user has chosen to go over that, for this run. */
  readonly profile: SourceFile | undefined;
  readonly managed: SourceFile | undefined;
  readonly requirements: SourceFile | undefined;
}

/** Reads the files that do not depend on where somebody works. */
export async function readSources(
  { home, etc, profile, ignoresUser = false }: Omit<Places, "userHome">,
  read: ReadSource,
): Promise<Sources> {
  const [system, user, own, managed, requirements] = await Promise.all([
    read(`${etc}/config.toml`),
    ignoresUser ? { source: undefined } : readEither(home, read),
    profile === undefined ? undefined : read(toProfilePath(home, profile)),
    read(`${etc}/managed_config.toml`),
    read(`${etc}/requirements.toml`),
  ]);
  return { system, user, profile: own, managed, requirements };
}

/** Where the file of a profile lies. */
export function toProfilePath(home: string, profile: string): string {
  return `${home}/${profile}.config.toml`;
}
