import type { Access } from "../access/mod.ts";
import type { Programs } from "../exec/mod.ts";
import type { ServerDiagnosticsGauge } from "../protocol/mod.ts";
import type { Environments } from "./environments.ts";

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
  /** Runs programs. */
  readonly programs: Pick<Programs, "start">;
  /** What the server counts, as it is now. */
  readonly gauges: () => ServerDiagnosticsGauge[];
  /** Directory that work starts in. */
  readonly cwd: string;
  /** Whether somebody is signed in at ChatGPT. */
  readonly hasChatgpt: () => Promise<boolean>;
  /** The places beside it. */
  readonly environments: Environments;
}
