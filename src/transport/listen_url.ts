/** Where a server listens, as `--listen` names it. */
export type ListenAddress =
  | { readonly kind: "stdio" }
  | { readonly kind: "off" }
  | {
    readonly kind: "websocket";
    /** IP address, an IPv6 one without brackets. */
    readonly hostname: string;
    /** Port; 0 lets the system choose one. */
    readonly port: number;
  }
  | {
    readonly kind: "unix";
    /** Path of the socket, or `undefined` for the one in the home directory. */
    readonly path: string | undefined;
  };

/**
 * A command line value that cannot be used. The message is what stands behind
 * the colon of the usage error, in the words that the protocol's clients know;
 * a command line exits with code 2.
 */
export class ListenUrlError extends Error {
  /** The value as it was given. */
  readonly value: string;

  /** Makes the error for one value. */
  constructor(value: string, message: string) {
    super(message);
    this.name = "ListenUrlError";
    this.value = value;
  }
}

const IPV4_AND_PORT = /^((?:\d{1,3}\.){3}\d{1,3}):(\d{1,5})$/;
const IPV6_AND_PORT = /^\[([0-9A-Fa-f:.]+)\]:(\d{1,5})$/;

/**
 * Reads a `--listen` value: `stdio://`, `ws://IP:PORT`, `unix://`,
 * `unix://PATH` or `off`. Case counts and nothing is trimmed.
 *
 * @throws {ListenUrlError} if the value is none of these.
 *
 * @example
 * ```ts
 * import { parseListenUrl } from "@gangway/app-server";
 *
 * console.log(parseListenUrl("ws://127.0.0.1:4500"));
 * // { kind: "websocket", hostname: "127.0.0.1", port: 4500 }
 * ```
 */
export function parseListenUrl(value: string): ListenAddress {
  if (value === "stdio://") return { kind: "stdio" };
  if (value === "off") return { kind: "off" };
  if (value.startsWith("unix://")) {
    const path = value.slice("unix://".length);
    return { kind: "unix", path: path === "" ? undefined : path };
  }
  if (value.startsWith("ws://")) {
    const address = toSocketAddress(value.slice("ws://".length));
    if (address) return { kind: "websocket", ...address };
    throw new ListenUrlError(
      value,
      `invalid websocket --listen URL \`${value}\`; expected \`ws://IP:PORT\``,
    );
  }
  throw new ListenUrlError(
    value,
    `unsupported --listen URL \`${value}\`; expected \`stdio://\`, ` +
      "`unix://`, `unix://PATH`, `ws://IP:PORT`, or `off`",
  );
}

/** `host:port` as an address is written, an IPv6 one in brackets. */
export function formatSocketAddress(hostname: string, port: number): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/** Whether only this machine can reach the address: 127.0.0.0/8 and ::1. */
export function isLoopback(hostname: string): boolean {
  return hostname === "::1" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function toSocketAddress(
  text: string,
): { hostname: string; port: number } | undefined {
  const v4 = IPV4_AND_PORT.exec(text);
  const v6 = v4 ? null : IPV6_AND_PORT.exec(text);
  const [, host = "", digits = ""] = v4 ?? v6 ?? [];
  const port = Number(digits);
  if (host === "" || port > 65_535) return undefined;
  if (v4) {
    const isValid = host.split(".").every((part) =>
      Number(part) <= 255 && String(Number(part)) === part
    );
    return isValid ? { hostname: host, port } : undefined;
  }
  // The URL parser knows every spelling of an IPv6 address and gives the
  // canonical one.
  const url = URL.parse(`ws://[${host}]/`);
  return url ? { hostname: url.hostname.slice(1, -1), port } : undefined;
}
