import { findProgram, SpawnError } from "../spawn/mod.ts";
import { toBounded } from "./_bounded.ts";
import { type Choice, chooseBackend } from "./_choose.ts";
import {
  confines,
  readDefault,
  type SandboxWarning,
} from "./_default_permission.ts";
import { findBubblewrap } from "./_find_bubblewrap.ts";
import { isWithin } from "./_paths.ts";
import { realPath, realPlace } from "./_real_path.ts";
import {
  type Backend,
  type Confinable,
  type Confined,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
import { type Surroundings, unlimited } from "./permission.ts";
import { Policies, type Wish } from "./policies.ts";
import type { Sandbox, SandboxOptions } from "./sandbox.ts";

const EACCES = 13;

/** Tells a command that it has no network. */
const NO_NETWORK = { CODEX_SANDBOX_NETWORK_DISABLED: "1" };

const withoutBubblewrap =
  "Cannot find bubblewrap (bwrap) on PATH. Install it with the package " +
  "manager of your system. In the meantime commands are confined with " +
  "Landlock, where the kernel has it; what Landlock cannot enforce, such as " +
  "protected names in writable directories, is refused.";

/** Decides how commands are started; looks for a backend when the first needs one. */
export class LiveSandbox implements Sandbox {
  readonly #options: SandboxOptions;
  readonly #policies: Policies;
  #choice: Promise<Choice> | undefined;

  constructor(options: SandboxOptions) {
    this.#options = options;
    const { config, readConfig, env = Deno.env, cwd = Deno.cwd } = options;
    this.#policies = new Policies(
      config,
      (): Surroundings => ({
        cwd: cwd(),
        home: env.get("HOME"),
        tmpdir: env.get("TMPDIR"),
      }),
      readConfig,
    );
  }

  async findWarnings(): Promise<SandboxWarning[]> {
    const { config, only, access, env = Deno.env } = this.#options;
    const { permission, warnings } = readDefault(config);
    const isNeeded = confines(permission) || access.restrictsReads ||
      access.restrictsWrites;
    if (!isNeeded || only !== undefined || Deno.build.os !== "linux") {
      return warnings;
    }
    try {
      await findBubblewrap(env.get("PATH"));
    } catch {
      warnings.push({ summary: withoutBubblewrap, details: null });
    }
    return warnings;
  }

  async launch(
    what: Confinable,
    wish: Wish | "unconfined",
  ): Promise<Confined> {
    const { access } = this.#options;
    const permission = wish === "unconfined"
      ? unlimited
      : await this.#policies.resolve(wish);
    const env = permission.network ? what.env : { ...what.env, ...NO_NETWORK };
    const told = { ...what, env };
    const wanted = await this.#keepSettings(permission.limits);
    const limits = access.restrictsReads || access.restrictsWrites
      ? toBounded(wanted, await access.bounds())
      : wanted;
    if (limits === undefined) return told;
    await access.checkRead(what.cwd);
    const program = findProgram({
      program: what.command[0],
      cwd: what.cwd,
      searchPath: env.PATH,
    });
    await access.checkRead(program);
    await Promise.all([
      requireVisible(program, limits),
      requireVisible(what.cwd, limits),
    ]);
    const backend = await this.#backend();
    return await backend.confine(told, limits);
  }

  async findWritable(wish: Wish): Promise<(place: string) => boolean> {
    const permission = await this.#policies.resolve(wish);
    const limits = await this.#keepSettings(permission.limits);
    if (limits === undefined) return () => true;
    const { writes, shielded, hidden } = limits;
    return (place) =>
      (writes === "all" || isBelow(writes, place)) &&
      !isBelow(shielded, place) && !isBelow(hidden, place);
  }

  async findReadable(wish: Wish): Promise<(place: string) => boolean> {
    const { limits } = await this.#policies.resolve(wish);
    if (limits === undefined) return () => true;
    const { reads, hidden } = limits;
    return (place) =>
      (reads === "all" || isBelow(reads, place)) && !isBelow(hidden, place);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const choice = await this.#choice;
    this.#choice = undefined;
    await choice?.backend?.[Symbol.asyncDispose]();
  }

  async #keepSettings(
    limits: Confinement | undefined,
  ): Promise<Confinement | undefined> {
    const { home } = this.#options;
    if (!limits?.writes.length || limits.writes === "all") return limits;
    if (home === undefined) return limits;
    const { writes, shielded } = limits;
    const place = await realPlace(home);
    const isMeant = writes.some((root) => isWithin(place, root));
    const isBelow = writes.some((root) => isWithin(root, place));
    return isBelow && !isMeant
      ? { ...limits, shielded: [...shielded, place] }
      : limits;
  }

  async #backend(): Promise<Backend> {
    this.#choice ??= this.#choose();
    const { backend, reasons } = await this.#choice;
    if (backend !== undefined) return backend;
    throw new SandboxUnavailable(
      `No sandbox works here. ${reasons.join(". ")}`,
    );
  }

  async #choose(): Promise<Choice> {
    const { only, hidden = () => [], directory, log, env = Deno.env } =
      this.#options;
    const choice = await chooseBackend({
      only,
      hidden,
      directory,
      searchPath: env.get("PATH"),
    });
    log?.debug("a sandbox was chosen", {
      name: choice.backend?.name ?? "none",
      reasons: choice.reasons,
    });
    return choice;
  }
}

function isBelow(roots: readonly string[], place: string): boolean {
  return roots.some((root) => isWithin(root, place));
}

/** Makes sure that the command finds a path in its box. */
async function requireVisible(path: string, limits: Confinement) {
  if (limits.reads === "all" && limits.hidden.length === 0) return;
  const real = await realPath(path);
  // What is missing fails when it is started.
  if (real === undefined) return;
  const isThere = limits.reads === "all" ||
    limits.reads.some((root) => isWithin(root, real));
  if (isThere && !limits.hidden.some((root) => isWithin(root, real))) return;
  throw new SpawnError(EACCES, path);
}
