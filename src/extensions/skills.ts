import type { Config, Configuration } from "../config/mod.ts";
import {
  RpcError,
  type SkillErrorInfo,
  type SkillMetadata,
  type SkillsConfigWriteParams,
  type SkillsListEntry,
} from "../protocol/mod.ts";
import { DirectoryCache } from "./_directory_cache.ts";
import { SkillsEncoder } from "./_encode_skills.ts";
import { findSkills } from "./_find_skills.ts";
import { readFrontMatter } from "./_front_matter.ts";
import { isTable } from "./_json.ts";
import { type Found, toListing } from "./_skill_listing.ts";
import { normalize, toName, toParent } from "./_paths.ts";
import { FileCache } from "./_read_small_file.ts";
import { toReloadFailure } from "./_reload_failure.ts";
import {
  noAgentFile,
  readAgentFile,
  type SkillAgentFile,
} from "./_skill_agent_file.ts";
import {
  type SkillHomes,
  type SkillPlace,
  toSkillPlaces,
} from "./_skill_places.ts";
import { isSameSelector, toSelector, toSwitches } from "./_skill_switches.ts";
import { SkillWatch } from "./_skill_watch.ts";
import type { Skill, SkillListing } from "./skill.ts";

/** What skills are found with. */
export interface SkillsOptions extends SkillHomes {
  readonly configuration: Pick<Configuration, "forThread" | "write">;
  /** Places of skills that installed plugins bring. */
  readonly pluginPlaces: (config: Config) => Promise<readonly SkillPlace[]>;
  /** Called when a list of skills is out of date; not too often. */
  readonly onChange: () => void;
}

/** What a file says, the same for whoever asks. */
type SkillFile = Pick<Skill, "isImplicit"> & {
  readonly told: Omit<SkillMetadata, "scope" | "enabled" | "pluginId">;
};

/** Listings that are remembered. */
const maxListings = 64;

interface Listed {
  readonly found: readonly Found[];
  readonly switches: string | undefined;
  readonly listing: SkillListing;
  /** The same as clients are told. */
  readonly told: Pick<SkillsListEntry, "skills" | "errors">;
}

/**
 * The skills of a server: finds them, remembers them while their files stay as
 * they are, and notices when they don't.
 */
export class Skills implements AsyncDisposable {
  readonly #options: SkillsOptions;
  readonly #heads = new FileCache<SkillFile>();
  readonly #agentFiles = new FileCache<SkillAgentFile>();
  readonly #found = new Map<string, Promise<Found>>();
  /** What was listed last, for as long as it is made of the same. */
  readonly #listings = new Map<string, Listed>();
  readonly #directories = new DirectoryCache();
  readonly #encoder = new SkillsEncoder();
  readonly #watch: SkillWatch;
  #extraRoots: readonly string[] = [];

  constructor(options: SkillsOptions) {
    this.#options = options;
    this.#watch = new SkillWatch(
      (path) => this.#found.delete(path),
      options.onChange,
    );
  }

  /** Watches the skills of whoever works there from now on. */
  async attend(cwd: string): Promise<void> {
    const config = await this.#options.configuration
      .forThread({ cwd, overrides: {} });
    for (const { path } of await this.#places(cwd, config)) {
      await this.#watch.add(path);
    }
  }

  /**
   * The skills of whoever works in `cwd`.
   *
   * @param config Which of them are on. Default: the one for `cwd`.
   */
  async list(cwd: string, config?: Config): Promise<SkillListing> {
    return (await this.#list(cwd, config)).listing;
  }

  /**
   * The same as clients are told, which is why there are none if the
   * configuration is broken. The skills are the same object for as long as
   * nothing changes.
   */
  async tell(cwd: string, forceReload: boolean): Promise<SkillsListEntry> {
    if (forceReload) this.#found.clear();
    const absolute = cwd.startsWith("/") ? cwd : `${Deno.cwd()}/${cwd}`;
    const place = normalize(absolute);
    let config: Config;
    try {
      config = await this.#options.configuration
        .forThread({ cwd: place, overrides: {} });
    } catch (error) {
      const message = toReloadFailure(error);
      return { cwd, skills: [], errors: [{ path: cwd, message }] };
    }
    return { cwd, ...(await this.#list(place, config)).told };
  }

  /** The response that tells this, in UTF-8. */
  encode(
    ...args: Parameters<SkillsEncoder["encode"]>
  ): Uint8Array<ArrayBuffer> {
    return this.#encoder.encode(...args);
  }

  /** Looks into further directories, and no longer into those set before. */
  setExtraRoots(roots: readonly string[]): void {
    this.#extraRoots = roots.map(normalize);
    this.#found.clear();
    this.#options.onChange();
  }

  /** What was found in plugins may be out of date. */
  forget(): void {
    this.#found.clear();
  }

  /**
   * Turns a skill on or off.
   *
   * @throws {RpcError} unless exactly one of path and name says which.
   */
  async turn(asked: SkillsConfigWriteParams): Promise<boolean> {
    const selector = toSelector(asked);
    if (selector === undefined) {
      throw RpcError.invalidParams(
        "skills/config/write requires exactly one of path or name",
      );
    }
    const { enabled } = asked;
    const { key, value } = selector;
    const config = await this.#options.configuration
      .forThread({ cwd: this.#options.home, overrides: {} });
    const entries = toSwitches(config);
    const others = entries.filter((entry) =>
      !isSameSelector(toSelector(entry), selector)
    );
    if (enabled && others.length === entries.length) return true;
    const next = enabled ? others : [...others, { [key]: value, enabled }];
    const said = config.get("skills");
    const isAlone = isTable(said) && Object.keys(said).length === 1;
    await this.#options.configuration.write({
      edits: [{
        keyPath: next.length === 0 && isAlone ? "skills" : "skills.config",
        value: next.length === 0 ? null : next,
        mergeStrategy: "replace",
      }],
      filePath: null,
      expectedVersion: null,
    });
    this.#found.clear();
    return enabled;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
  }

  async #list(cwd: string, config?: Config): Promise<Listed> {
    config ??= await this.#options.configuration
      .forThread({ cwd, overrides: {} });
    const places = await this.#places(cwd, config);
    const found = await Promise.all(places.map((place) => this.#look(place)));
    const switches = JSON.stringify(config.get("skills.config"));
    const last = this.#listings.get(cwd);
    const isSame = last?.switches === switches &&
      last?.found.length === found.length &&
      found.every((one, at) => one === last.found[at]);
    if (isSame) return last;
    const listing = toListing(found, config);
    const told = {
      skills: listing.skills.map((skill) => skill.told),
      errors: [...listing.errors],
    };
    if (this.#listings.size >= maxListings) this.#listings.clear();
    const listed = { found, switches, listing, told };
    this.#listings.set(cwd, listed);
    return listed;
  }

  /** Where two places lead to the same skill, it is of the first one. */
  async #places(cwd: string, config: Config): Promise<SkillPlace[]> {
    const { ofCodex, ofAgents } = toSkillPlaces(cwd, this.#options);
    const ofPlugins = await this.#options.pluginPlaces(config);
    const extra = this.#extraRoots.map((path): SkillPlace => ({
      path,
      scope: "user",
      followsLinks: true,
    }));
    return [...ofCodex, ...ofPlugins, ...extra, ...ofAgents];
  }

  /** Skills of a place; looked for again once it was seen to change. */
  #look(place: SkillPlace): Promise<Found> {
    const known = this.#watch.isWatched(place.path)
      ? this.#found.get(place.path)
      : undefined;
    if (known !== undefined) return known;
    this.#watch.add(place.path);
    const found = this.#search(place);
    if (this.#found.size >= maxListings) this.#found.clear();
    this.#found.set(place.path, found);
    return found;
  }

  async #search(place: SkillPlace): Promise<Found> {
    let root: string;
    try {
      root = await Deno.realPath(place.path);
    } catch {
      return { skills: [], errors: [] };
    }
    const skills: Skill[] = [];
    const errors: SkillErrorInfo[] = [];
    const paths = await findSkills(root, {
      followsLinks: place.followsLinks,
      directories: this.#directories,
    });
    await Promise.all(paths.map(async ({ path, hasAgents }) => {
      try {
        const file = await this.#read(path, hasAgents);
        if (file !== undefined) skills.push(toSkill(file, place, root));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        errors.push({ path, message });
      }
    }));
    return { skills, errors };
  }

  async #read(
    path: string,
    hasAgents: boolean,
  ): Promise<SkillFile | undefined> {
    const directory = toParent(path);
    const [head, beside] = await Promise.all([
      this.#heads.read(path, async (text) => {
        const { name, description, shortDescription } = await readFrontMatter(
          text,
        );
        return {
          told: {
            name: name ?? toName(directory),
            description,
            ...shortDescription !== undefined && { shortDescription },
            path,
          },
          isImplicit: true,
        };
      }),
      hasAgents
        ? this.#agentFiles.read(
          `${directory}/agents/openai.yaml`,
          (text) => readAgentFile(text, directory),
        ).catch(() => undefined)
        : undefined,
    ]);
    if (head === undefined) return undefined;
    const { interface: shown, dependencies, isImplicit } = beside ??
      noAgentFile;
    const { path: _, ...said } = head.told;
    return {
      told: {
        ...said,
        ...shown !== undefined && { interface: shown },
        ...dependencies !== undefined && { dependencies },
        path,
      },
      isImplicit,
    };
  }
}

function toSkill(file: SkillFile, place: SkillPlace, root: string): Skill {
  const { plugin, scope } = place;
  const name = plugin === undefined
    ? file.told.name
    : `${plugin.name}:${file.told.name}`;
  return {
    told: {
      ...file.told,
      name,
      scope,
      enabled: true,
      pluginId: plugin?.id ?? null,
    },
    root,
    isImplicit: file.isImplicit,
  };
}
