import { type Backend, SandboxUnavailable } from "./confinement.ts";

/** Which backend works, and why better ones don't. */
export interface Choice {
  readonly backend: Backend | undefined;
  readonly reasons: readonly string[];
}

/** What a choice depends on. */
export interface ChoiceOptions {
  /** The only backend to try. */
  readonly only: Backend["name"] | undefined;
  /** What no command may see. */
  readonly hidden: () => readonly string[] | Promise<readonly string[]>;
  /** A directory that no command can write. */
  readonly directory: string | undefined;
  /** The server's PATH. */
  readonly searchPath: string | undefined;
}

type Create = (options: ChoiceOptions) => Backend | Promise<Backend>;

const linux: ReadonlyMap<Backend["name"], Create> = new Map<
  Backend["name"],
  Create
>([
  [
    "bubblewrap",
    async (options) =>
      await (await import("./bubblewrap.ts")).createBubblewrap(options),
  ],
  // It lets nobody have a socket with a name, so no path need be hidden.
  ["landlock", async () => (await import("./landlock.ts")).createLandlock()],
]);

const darwin: ReadonlyMap<Backend["name"], Create> = new Map([
  [
    "seatbelt",
    async (options: ChoiceOptions) =>
      await (await import("./seatbelt.ts")).createSeatbelt(options),
  ],
]);

/** Takes the first backend that works here, the strongest first. */
export async function chooseBackend(options: ChoiceOptions): Promise<Choice> {
  const reasons: string[] = [];
  for (const [name, create] of candidates(Deno.build.os)) {
    if (options.only !== undefined && options.only !== name) continue;
    try {
      return { backend: await create(options), reasons };
    } catch (error) {
      if (error instanceof SandboxUnavailable) reasons.push(error.message);
      else if (error instanceof Deno.errors.NotCapable) {
        // What this process was not granted.
        reasons.push(`${name} can't be used: ${error.message}`);
      } else throw error;
    }
  }
  if (reasons.length === 0) {
    reasons.push(
      options.only === undefined
        ? `There is none for ${Deno.build.os}`
        : `There is no ${options.only} for ${Deno.build.os}`,
    );
  }
  return { backend: undefined, reasons };
}

function candidates(
  os: typeof Deno.build.os,
): ReadonlyMap<Backend["name"], Create> {
  if (os === "linux") return linux;
  return os === "darwin" ? darwin : new Map();
}
