import type { Bounds } from "../access/mod.ts";
import { letterMask } from "./_fuzzy_haystack.ts";
import { IgnoreChain } from "./_ignore_chain.ts";
import type { IgnoreRules } from "./_ignore_rules.ts";

/** Most entries that are kept of all roots together. */
const MAX_ENTRIES = 1_000_000;

/** Most characters that their paths may have together. */
const MAX_CHARACTERS = 128 * 1024 * 1024;

/** Where to look. */
export interface TreeWalkOptions {
  /** Absolute paths of directories. */
  readonly roots: readonly string[];
  /** Where reading is allowed, by real path. */
  readonly bounds: Bounds;
  /** What is left out in every repository. */
  readonly excludes: IgnoreRules | undefined;
}

/** A directory that is still to be read. */
interface Place {
  readonly root: number;
  /** Below the root; empty for the root itself. */
  readonly path: string;
  /** As it is opened. */
  readonly full: string;
  readonly chain: IgnoreChain | undefined;
  readonly name: string;
  /** The directories around it, to notice links in circles. */
  readonly above: Place | undefined;
  /** Which directory it is, once somebody asks. */
  identity?: string;
}

/**
 * Lists the trees below some directories, one directory after the other, near
 * ones first. Links are followed unless they lead to a directory around them;
 * what leads nowhere, can't be read or may not be read is left out, and so is
 * what {@linkcode IgnoreChain} leaves out. Hidden files are there.
 *
 * It blocks: for a thread of its own.
 */
export class TreeWalk {
  /** Paths below their roots. */
  readonly paths: string[] = [];
  /** For each path twice the number of its root, plus 1 for a directory. */
  readonly kinds: number[] = [];
  /** For each path its letters, and those of its name. */
  readonly masks: number[] = [];
  readonly #options: TreeWalkOptions;
  readonly #isBounded: boolean;
  #places: Place[] = [];
  #next: Place[] = [];
  #characters = 0;

  constructor(options: TreeWalkOptions) {
    this.#options = options;
    const { allowed, denied } = options.bounds;
    this.#isBounded = allowed !== "all" || denied.length > 0;
    this.#next = options.roots.map((root, index) => {
      const full = root === "/" ? "" : root;
      return {
        root: index,
        path: "",
        full,
        name: "",
        chain: undefined,
        above: undefined,
      };
    }).reverse();
  }

  /** Reads one more directory. Gives false if there is none. */
  step(): boolean {
    if (this.#places.length === 0) {
      this.#places = this.#next.reverse();
      this.#next = [];
    }
    const place = this.#places.pop();
    if (place === undefined) return false;
    try {
      this.#read(place);
    } catch {
      // Gone, not a directory, or closed to this process.
    }
    return true;
  }

  #read(place: Place): void {
    const directory = place.full === "" ? "/" : place.full;
    if (this.#isBounded && !this.#mayRead(directory)) return;
    const entries = [...Deno.readDirSync(directory)];
    const names = new Set(entries.map(({ name }) => name));
    const has = (name: string) => names.has(name);
    const chain = place.above?.chain?.child(place.full, place.name, has) ??
      IgnoreChain.of(place.full, this.#options.excludes);
    const here = { ...place, chain };
    for (const entry of entries) {
      const { name } = entry;
      // Names that are no text can't be asked for.
      if (name.includes("\ufffd")) continue;
      const full = `${place.full}/${name}`;
      let isDirectory = entry.isDirectory;
      if (entry.isSymlink) {
        const target = stat(full);
        if (target === undefined) continue;
        isDirectory = target.isDirectory;
        if (this.#isBounded && !this.#mayRead(full)) continue;
        if (isDirectory && surrounds(here, identify(target))) continue;
      } else if (this.#isBounded && this.#isDenied(full)) continue;
      if (chain.ignores(name, isDirectory)) continue;
      const path = place.path === "" ? name : `${place.path}/${name}`;
      if (!this.#add(path, place.root, isDirectory)) return;
      if (isDirectory) {
        this.#next.push({
          root: place.root,
          path,
          full,
          name,
          chain: undefined,
          above: here,
        });
      }
    }
  }

  #add(path: string, root: number, isDirectory: boolean): boolean {
    this.#characters += path.length;
    if (
      this.paths.length >= MAX_ENTRIES || this.#characters > MAX_CHARACTERS
    ) {
      this.#places = [];
      this.#next = [];
      return false;
    }
    this.paths.push(path);
    this.kinds.push(root * 2 + (isDirectory ? 1 : 0));
    this.masks.push(
      letterMask(path, 0),
      letterMask(path, path.lastIndexOf("/") + 1),
    );
    return true;
  }

  #mayRead(path: string): boolean {
    const { allowed } = this.#options.bounds;
    const real = Deno.realPathSync(path);
    if (this.#isDenied(real)) return false;
    return allowed === "all" || allowed.some((one) => isWithin(real, one));
  }

  #isDenied(path: string): boolean {
    return this.#options.bounds.denied.some((one) => isWithin(path, one));
  }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || directory === "/" ||
    path.startsWith(`${directory}/`);
}

function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined; // It leads nowhere, or in a circle.
  }
}

function identify({ dev, ino }: Deno.FileInfo): string {
  return `${dev}:${ino}`;
}

/** Whether a directory is one of those that this one lies in. */
function surrounds(place: Place, identity: string): boolean {
  for (let at: Place | undefined = place; at !== undefined; at = at.above) {
    at.identity ??= identify(Deno.statSync(at.full === "" ? "/" : at.full));
    if (at.identity === identity) return true;
  }
  return false;
}
