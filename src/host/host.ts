import type { Access } from "../access/mod.ts";

/** What is known of this machine. */
export interface Host {
  /** Its name for people. */
  readonly name: string;
  /** Lasting id of the installation. */
  readonly installationId: string;
  /** The environment. */
  readonly env: { get(name: string): string | undefined };
  /** What clients may touch. */
  readonly access: Access;
  /** Directory that work starts in. */
  readonly cwd: string;
  /** Whether somebody is signed in at ChatGPT. */
  readonly hasChatgpt: () => Promise<boolean>;
}
