import {
  type AdditionalPermissionProfile,
  resolvePath,
} from "../protocol/mod.ts";
import type { Arguments } from "./_arguments.ts";
import { readPermissions } from "./_permissions.ts";
import type { Site } from "./site.ts";

/** A command as a call asks for it. */
export interface CommandRequest {
  /** Where it runs. */
  readonly site: Site;
  /** What the shell is given. */
  readonly script: string;
  /** All of it. */
  readonly argv: readonly [shell: string, ...string[]];
  /** Its directory there: absolute. */
  readonly cwd: string;
  /**
   * The same by real path, as far as it exists: whoever agrees means that
   * directory.
   */
  readonly place: string;
  /** Whether it gets a terminal. */
  readonly hasTerminal: boolean;
  /** Whether it is to run outside of the sandbox. */
  readonly isEscalated: boolean;
  /** What it wants beyond the sandbox. */
  readonly additional: AdditionalPermissionProfile | null;
  /** What the model would tell the user. */
  readonly justification: string | undefined;
  /** First words that the model would have allowed for good. */
  readonly prefixRule: readonly string[] | undefined;
}

/** What a request is read against. */
export interface CommandSurroundings {
  readonly site: Site;
  /** Whether permissions can be asked for command by command. */
  readonly takesAdditional: boolean;
  /** Whether a shell may read what the user's own reads at its start. */
  readonly allowsLogin: boolean;
  /** Aborted when the turn is interrupted. */
  readonly signal: AbortSignal;
}

/** A request that is refused as it stands; the message is for the model. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
}

/**
 * Reads the arguments that all commands have.
 *
 * @param script Name of the argument that holds the command.
 * @throws {ArgumentError} if they can't be read.
 * @throws {RefusedRequest} if they ask for what is not possible.
 */
export async function readCommand(
  args: Arguments,
  script: string,
  { site, takesAdditional, allowsLogin, signal }: CommandSurroundings,
): Promise<CommandRequest> {
  const text = args.text(script);
  const login = args.flag("login") ?? allowsLogin;
  if (login && !allowsLogin) {
    throw new RefusedRequest(
      "login shell is disabled by config; omit `login` or set it to false.",
    );
  }
  const hasTerminal = args.flag("tty") ?? false;
  const justification = args.optionalText("justification");
  const prefixRule = args.texts("prefix_rule");
  const cwd = resolvePath(site.cwd, args.optionalText("workdir") ?? "");
  const kind = args.choice("sandbox_permissions", [
    "use_default",
    "require_escalated",
    "with_additional_permissions",
  ]);
  if (justification !== undefined && kind === undefined) {
    throw new RefusedRequest(
      "`justification` requires an explicit `sandbox_permissions`; use " +
        '`sandbox_permissions: "require_escalated"` for unsandboxed ' +
        "execution, or omit `justification`.",
    );
  }
  const isEscalated = kind === "require_escalated";
  const isExtended = kind === "with_additional_permissions";
  if (isExtended && !takesAdditional) {
    throw new RefusedRequest(
      "additional permissions are disabled; enable " +
        "`features.exec_permission_approvals` before using " +
        "`with_additional_permissions`",
    );
  }
  const additional = isExtended
    ? await readPermissions(args.object("additional_permissions"), {
      cwd,
      site,
      signal,
    })
    : null;
  if (isExtended && additional === null) {
    throw new RefusedRequest(
      "`with_additional_permissions` requires `additional_permissions` that " +
        "ask for something",
    );
  }
  const file = await site.findShell(args.optionalText("shell"), signal);
  return {
    site,
    script: text,
    argv: [file, login ? "-lc" : "-c", text],
    cwd,
    place: await toPlace(cwd, { site, signal }),
    hasTerminal,
    isEscalated,
    additional,
    justification,
    prefixRule,
  };
}

/**
 * Where a directory leads. If nobody can say so now, it is taken by its name:
 * then nothing is started there, either, and that is told with the command.
 */
async function toPlace(
  cwd: string,
  { site, signal }: Pick<CommandSurroundings, "site" | "signal">,
): Promise<string> {
  try {
    return await site.realPlace(cwd, signal);
  } catch (error) {
    if (!(error instanceof RefusedRequest)) throw error;
    return cwd;
  }
}
