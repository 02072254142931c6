import type { ConfigTable, ConfigValue } from "../config/mod.ts";
import { InvalidPermission } from "./permission.ts";

/** What may be done with a path. */
export type Right = "read" | "write" | "deny";

/** A profile as it is written down, with what it extends put in. */
export interface Profile {
  /** Rights by path as written: absolute, `~/…` or special such as `:root`. */
  readonly paths: ReadonlyMap<string, Right>;
  /** Further directories that `:workspace_roots` stands for. */
  readonly workspaceRoots: readonly string[];
  /** Patterns of paths that are denied, as written. */
  readonly globs: readonly string[];
  /** Whether the network may be used. */
  readonly network: boolean;
  /** What of it nobody here can enforce, if anything. */
  readonly unenforceable: string | undefined;
}

/** Specials that stand for the directories of the work at hand. */
export const workspaceNames: readonly string[] = [
  ":workspace_roots",
  ":project_roots",
];

/** Specials that mean something here. */
export const specials: readonly string[] = [
  ...workspaceNames,
  ":root",
  ":minimal",
  ":slash_tmp",
  ":tmpdir",
];

/** Profiles that exist without being written down, if others may extend them. */
const builtIn: Readonly<Record<string, Profile>> = {
  ":read-only": {
    paths: new Map([[":root", "read"]]),
    workspaceRoots: [],
    globs: [],
    network: false,
    unenforceable: undefined,
  },
  ":workspace": {
    paths: new Map<string, Right>([
      [":root", "read"],
      [":workspace_roots", "write"],
      [":slash_tmp", "write"],
      [":tmpdir", "write"],
    ]),
    workspaceRoots: [],
    globs: [],
    network: false,
    unenforceable: undefined,
  },
};

/** The one that limits nothing. */
export const FULL_ACCESS = ":danger-full-access";

/**
 * Reads a profile.
 *
 * @param tables The configuration's `[permissions]`.
 * @returns Nothing if it limits nothing.
 * @throws {InvalidPermission} if there is none, or if it is wrong.
 */
export function readProfile(
  name: string,
  tables: ConfigValue | undefined,
): Profile | undefined {
  const reserved = isTable(tables) &&
    Object.keys(tables).find((key) => key.startsWith(":"));
  if (reserved) {
    throw new InvalidPermission(
      `permissions profile \`${reserved}\` uses a reserved built-in profile prefix`,
    );
  }
  if (name === FULL_ACCESS) return undefined;
  if (name.startsWith(":")) {
    if (Object.hasOwn(builtIn, name)) return builtIn[name];
    throw new InvalidPermission(
      `default_permissions refers to unknown built-in profile \`${name}\``,
    );
  }
  if (!isTable(tables)) {
    throw new InvalidPermission(
      "default_permissions requires a `[permissions]` table",
    );
  }
  if (!Object.hasOwn(tables, name)) {
    throw new InvalidPermission(
      `default_permissions refers to undefined profile \`${name}\``,
    );
  }
  return readTable([name], tables);
}

/**
 * The same, for those who have to enforce it.
 *
 * @throws {InvalidPermission} if that can't be done, too.
 */
export function readEnforceable(
  name: string,
  tables: ConfigValue | undefined,
): Profile | undefined {
  const profile = readProfile(name, tables);
  if (profile?.unenforceable === undefined) return profile;
  throw new InvalidPermission(profile.unenforceable);
}

/** What a profile of the configuration builds upon. */
export function findParent(
  name: string,
  tables: ConfigValue | undefined,
): string | null {
  const table = isTable(tables) ? tables[name] : undefined;
  const parent = isTable(table) ? table.extends : undefined;
  return typeof parent === "string" ? parent : null;
}

/** Reads the last profile of a chain in which each extends the next. */
function readTable(chain: readonly string[], tables: ConfigTable): Profile {
  const name = chain.at(-1)!;
  const table = tables[name];
  if (!isTable(table)) throw wrong(name, "is no table");
  const { extends: parent, filesystem = {}, network = {} } = table;
  const { workspace_roots: roots = {} } = table;
  if (!isTable(filesystem)) {
    throw wrong(name, "has a `filesystem` that is no table");
  }
  if (!isTable(network)) throw wrong(name, "has a `network` that is no table");
  if (!isTable(roots)) {
    throw wrong(name, "has `workspace_roots` that are no table");
  }
  const base = parent === undefined
    ? undefined
    : extended(chain, parent, tables);
  const { paths, globs } = readPaths(name, filesystem);
  const limit = findNetworkLimit(network);
  return {
    paths: new Map([...base?.paths ?? [], ...paths]),
    workspaceRoots: [
      ...base?.workspaceRoots ?? [],
      ...Object.keys(roots).filter((root) => roots[root] === true),
    ],
    globs: [...new Set([...base?.globs ?? [], ...globs])],
    network: readNetwork(name, network) ?? base?.network ?? false,
    unenforceable: globs[0] !== undefined
      ? `filesystem glob path \`${globs[0]}\` cannot be enforced by this ` +
        "server; name the paths"
      : limit !== undefined
      ? `permissions profile \`${name}\` limits the network by \`${limit}\`, ` +
        "which this server cannot enforce"
      : base?.unenforceable,
  };
}

function extended(
  chain: readonly string[],
  parent: ConfigValue,
  tables: ConfigTable,
): Profile {
  const name = chain.at(-1)!;
  if (typeof parent !== "string") throw wrong(name, "extends what is no name");
  if (parent.startsWith(":")) {
    if (Object.hasOwn(builtIn, parent)) return builtIn[parent]!;
    throw wrong(
      name,
      `cannot extend unsupported built-in profile \`${parent}\``,
    );
  }
  if (chain.includes(parent)) {
    throw new InvalidPermission(
      "permissions profile inheritance cycle detected: " +
        [...chain, parent].join(" -> "),
    );
  }
  if (!Object.hasOwn(tables, parent)) {
    throw wrong(name, `extends undefined profile \`${parent}\``);
  }
  return readTable([...chain, parent], tables);
}

/** Rights by path, and what is denied by a pattern. */
interface Paths {
  readonly paths: Map<string, Right>;
  readonly globs: string[];
}

function readPaths(name: string, filesystem: ConfigTable): Paths {
  const paths: Paths = { paths: new Map(), globs: [] };
  for (const [path, value] of Object.entries(filesystem)) {
    if (path === "glob_scan_max_depth") continue;
    if (!/^(\/|:|~\/|~$)/.test(path)) {
      throw new InvalidPermission(
        `filesystem path \`${path}\` must be absolute, use \`~/...\`, or start with \`:\``,
      );
    }
    if (!isTable(value)) {
      setRight(paths, name, path, value);
      continue;
    }
    if (path.startsWith(":") && !workspaceNames.includes(path)) {
      throw new InvalidPermission(
        `filesystem path \`${path}\` does not support nested entries`,
      );
    }
    for (const [below, right] of Object.entries(value)) {
      if (below === ".") setRight(paths, name, path, right);
      else if (
        below.split("/").some((part) => ["", ".", ".."].includes(part))
      ) {
        throw new InvalidPermission(
          `filesystem subpath \`${below}\` must be a descendant path without \`.\` or \`..\` components`,
        );
      } else setRight(paths, name, `${path}/${below}`, right);
    }
  }
  return paths;
}

function setRight(
  { paths, globs }: Paths,
  name: string,
  path: string,
  value: ConfigValue,
): void {
  const right = value === "none" ? "deny" : value;
  if (right !== "read" && right !== "write" && right !== "deny") {
    throw wrong(
      name,
      `gives filesystem path \`${path}\` neither \`read\` nor \`write\` nor \`deny\``,
    );
  }
  const tree = path.replace(/\/\*\*$/, "") || "/";
  if (/[*?[\]{}]/.test(tree)) {
    if (right === "deny") {
      globs.push(path);
      return;
    }
    throw new InvalidPermission(
      `filesystem glob path \`${path}\` only supports \`deny\` access; ` +
        `use an exact path or trailing \`/**\` for \`${right}\` subtree access`,
    );
  }
  paths.set(tree, right);
}

function readNetwork(name: string, network: ConfigTable): boolean | undefined {
  const { enabled } = network;
  if (enabled !== undefined && typeof enabled !== "boolean") {
    throw wrong(name, "has a `network.enabled` that is no boolean");
  }
  return enabled;
}

/** By what an open network is limited. */
function findNetworkLimit(
  { enabled, ...others }: ConfigTable,
): string | undefined {
  return enabled === true ? Object.keys(others)[0] : undefined;
}

function wrong(name: string, what: string): InvalidPermission {
  return new InvalidPermission(`permissions profile \`${name}\` ${what}`);
}

function isTable(value: ConfigValue | undefined): value is ConfigTable {
  return typeof value === "object" && !Array.isArray(value);
}
