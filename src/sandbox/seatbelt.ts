import {
  type Backend,
  type Confinable,
  type Confined,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
import { ancestors, isWithin } from "./_paths.ts";
import { realPlace } from "./_real_path.ts";

const PROGRAM = "/usr/bin/sandbox-exec";

/** What every program needs that is no file of the user's. */
const ground = `(version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow process-info* (target same-sandbox))
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow iokit-get-properties)
(allow ipc-posix-sem)
(allow mach-lookup
  (global-name "com.apple.system.opendirectoryd.libinfo")
  (global-name "com.apple.system.opendirectoryd.membership")
  (global-name "com.apple.system.logger")
  (global-name "com.apple.bsd.dirhelper")
  (global-name "com.apple.trustd.agent"))
(allow pseudo-tty)
(allow file-read* file-write* file-ioctl
  (literal "/dev/null") (literal "/dev/zero") (literal "/dev/dtracehelper")
  (literal "/dev/tty") (literal "/dev/ptmx") (regex #"^/dev/ttys[0-9]+$")
  (subpath "/dev/fd"))
(allow file-read* (literal "/dev/random") (literal "/dev/urandom"))
(allow file-read-metadata (literal "/"))
`;

/** Name resolution, certificates and the configuration of the network. */
const network = `(allow network*)
(allow system-socket)
(allow mach-lookup
  (global-name "com.apple.SystemConfiguration.configd")
  (global-name "com.apple.SystemConfiguration.DNSConfiguration")
  (global-name "com.apple.networkd")
  (global-name "com.apple.SecurityServer")
  (global-name "com.apple.ocspd"))
`;

/** A profile, and the paths that it speaks of by name. */
export interface SeatbeltProfile {
  /** In sandbox-exec's language. */
  readonly text: string;
  /** `NAME=path` each. */
  readonly parameters: readonly string[];
}

/**
 * Writes the profile that means a confinement. Paths are parameters, so that no
 * path can be read as a rule. The last rule that fits an operation decides.
 */
export function toSeatbeltProfile(limits: Confinement): SeatbeltProfile {
  const parameters: string[] = [];
  const rule = (
    verdict: "allow" | "deny",
    what: string,
    filter: "subpath" | "literal",
    paths: readonly string[],
  ) => {
    if (paths.length === 0) return "";
    const filters = paths.map((path) => {
      const name = `P${parameters.length}`;
      parameters.push(`${name}=${path}`);
      return ` (${filter} (param "${name}"))`;
    });
    return `(${verdict} ${what}${filters.join("")})\n`;
  };
  const { reads, writes, hidden, shielded } = limits;
  const roots = writes === "all" ? ["/"] : writes;
  // Whoever renamed a directory above could make a new one in its place.
  const above = new Set(
    [...hidden, ...shielded].flatMap(ancestors).filter((path) =>
      path !== "/" && roots.some((root) => isWithin(root, path))
    ),
  );
  const text = ground +
    (limits.network ? network : "") +
    (reads === "all"
      ? "(allow file-read*)\n"
      : rule("allow", "file-read*", "subpath", reads) +
        rule("allow", "file-read-metadata", "literal", [
          ...new Set(reads.flatMap(ancestors)),
        ])) +
    (writes === "all"
      ? "(allow file-write*)\n"
      : rule("allow", "file-write*", "subpath", writes)) +
    rule("deny", "file-write*", "subpath", shielded) +
    rule("deny", "file-write-unlink", "literal", [...above]) +
    rule("deny", "file-read* file-write* network-outbound", "subpath", hidden);
  return { text, parameters };
}

/**
 * Confines commands with the sandbox of macOS.
 *
 * @throws {SandboxUnavailable} on other systems.
 */
export async function createSeatbelt(
  options: {
    hidden?: () => readonly string[] | Promise<readonly string[]>;
  } = {},
): Promise<Backend> {
  try {
    await Deno.stat(PROGRAM);
  } catch {
    throw new SandboxUnavailable(`Cannot find "${PROGRAM}"`);
  }
  return {
    name: "seatbelt",
    async confine(what, limits) {
      const concealed = await options.hidden?.() ?? [];
      return toSeatbeltCommand(what, {
        ...limits,
        hidden: [
          ...limits.hidden,
          ...await Promise.all(concealed.map(realPlace)),
        ],
      });
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** What starts a command under the profile of a confinement. */
export function toSeatbeltCommand(
  what: Confinable,
  limits: Confinement,
): Confined {
  const { text, parameters } = toSeatbeltProfile(limits);
  return {
    command: [
      PROGRAM,
      "-p",
      text,
      ...parameters.flatMap((parameter) => ["-D", parameter]),
      "--",
      ...what.command,
    ],
    env: { ...what.env, CODEX_SANDBOX: "seatbelt" },
  };
}
