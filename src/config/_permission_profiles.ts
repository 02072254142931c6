import {
  anything,
  boolean,
  integer,
  type Kind,
  mapOf,
  oneOf,
  openTable,
  record,
  string,
} from "./_schema.ts";
import { isTable, type TomlValue } from "./toml.ts";

const rights: readonly TomlValue[] = ["read", "write", "deny", "none"];

/** What may be done with a path, or with paths below it. */
const right: Kind = {
  ...anything,
  findMismatch(value) {
    const isFitting = isTable(value)
      ? Object.values(value).every((inner) => rights.includes(inner))
      : rights.includes(value);
    return isFitting ? undefined : {
      path: [],
      message:
        "data did not match any variant of untagged enum FilesystemPermissionToml",
    };
  },
};

const profile = record({
  description: string,
  extends: string,
  workspace_roots: mapOf(boolean),
  filesystem: record({
    glob_scan_max_depth: integer("usize", 0n, 2n ** 64n - 1n),
  }, { others: right }),
  network: record({
    enabled: boolean,
    mode: oneOf(["limited", "full"]),
    domains: mapOf(oneOf(["allow", "deny"])),
    allow_local_binding: boolean,
    allow_upstream_proxy: boolean,
    dangerously_allow_all_unix_sockets: boolean,
    dangerously_allow_non_loopback_proxy: boolean,
    enable_socks5: boolean,
    enable_socks5_udp: boolean,
    proxy_url: string,
    socks_url: string,
    unix_sockets: openTable,
  }, { others: anything }),
}, { others: anything });

/**
 * `[permissions]`. What is wrong in it is told of the table as a whole, as
 * clients know it.
 */
export const permissionProfiles: Kind = {
  ...openTable,
  findMismatch(value) {
    if (!isTable(value)) return openTable.findMismatch(value);
    for (const table of Object.values(value)) {
      const found = profile.findMismatch(table);
      if (found) return { path: [], message: found.message };
    }
    return undefined;
  },
};
