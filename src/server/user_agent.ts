import { RpcError } from "../protocol/mod.ts";
import { PROTOCOL_VERSION } from "./identity.ts";

/** What the user agent says of the machine, read once per server. */
export interface Platform {
  /** Operating system with version, such as `Debian 12.0.0`. */
  readonly system: string;
  /** Processor architecture, such as `x86_64`. */
  readonly arch: string;
  /** Terminal, such as `tmux/3.3a` or `xterm`. */
  readonly terminal: string;
  /** `"unix"` or `"windows"`. */
  readonly family: string;
  /** `"linux"`, `"macos"`, `"windows"`, … */
  readonly os: string;
}

/** Reads what the user agent says of the machine. */
export function readPlatform(env: {
  get(name: string): string | undefined;
}): Platform {
  const program = env.get("TERM_PROGRAM");
  const version = env.get("TERM_PROGRAM_VERSION");
  const terminal = program
    ? version ? `${program}/${version}` : program
    : env.get("TERM") || "unknown";
  const { os, arch } = Deno.build;
  return {
    system: readSystem(),
    arch: arch === "aarch64" && os === "darwin" ? "arm64" : arch,
    terminal: toHeaderText(terminal),
    family: os === "windows" ? "windows" : "unix",
    os: os === "darwin" ? "macos" : os,
  };
}

/**
 * `ORIGINATOR/0.169.0 (Debian 12.0.0; x86_64) xterm (NAME; VERSION)`: the
 * originator is the first client of the process, the last pair the present one.
 */
export function toUserAgent(
  platform: Platform,
  originator: string,
  client: { name: string; version: string },
): string {
  const { system, arch, terminal } = platform;
  return toHeaderText(
    `${originator}/${PROTOCOL_VERSION} (${system}; ${arch}) ${terminal} ` +
      `(${client.name}; ${client.version})`.replace("; )", ";)"),
  );
}

/**
 * A client's name becomes a header towards model providers.
 *
 * @throws {RpcError} if it can't be one.
 */
export function checkClientName(name: string): void {
  // deno-lint-ignore no-control-regex -- those are what is looked for
  if (!/[\x00-\x08\x0a-\x1f\x7f]/.test(name)) return;
  throw RpcError.invalidRequest(
    `Invalid clientInfo.name: '${name}'. Must be a valid HTTP header value.`,
  );
}

function toHeaderText(text: string): string {
  // deno-lint-ignore no-control-regex -- those are what is replaced
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, "_");
}

function readSystem(): string {
  try {
    if (Deno.build.os === "linux") {
      const text = Deno.readTextFileSync("/etc/os-release");
      const field = (name: string) =>
        new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
      const name = systemNames[field("ID")] ?? field("NAME") ?? "Linux";
      return `${name} ${toTriple(field("VERSION_ID"))}`.trim();
    }
    const name = Deno.build.os === "darwin" ? "Mac OS" : Deno.build.os;
    return `${name} ${Deno.osRelease()}`;
  } catch {
    // Without the permission to look, the user agent says less.
    return `${Deno.build.os} unknown`;
  }
}

/** Systems whose release file says more than their usual name. */
const systemNames: Readonly<Record<string, string>> = {
  debian: "Debian",
  ubuntu: "Ubuntu",
  fedora: "Fedora",
  arch: "Arch Linux",
  alpine: "Alpine Linux",
};

function toTriple(version: string): string {
  const numbers = version.split(".").map(Number);
  if (version === "" || numbers.some(Number.isNaN)) return version || "unknown";
  return [...numbers, 0, 0].slice(0, 3).join(".");
}
