import type { ThreadEnvironment } from "../protocol/mod.ts";
import { RefusedRequest } from "./_command_request.ts";
import { LocalSite, type LocalSiteOptions } from "./_local_site.ts";
import { RemoteSite } from "./_remote_site.ts";
import { findHere } from "./find_here.ts";
import type { Machine } from "./machine.ts";
import type { Site } from "./site.ts";
import type { Stage } from "./stage.ts";
import type { ToolContext } from "./tool.ts";
import { isOwnProfile } from "./told_permissions.ts";

/** What sites are made of. */
export interface SitesOptions extends LocalSiteOptions {
  /** Another machine, by the id of its environment. */
  readonly findMachine: (environmentId: string) => Machine | undefined;
}

/** The places that a thread can be set to work in. */
export class Sites {
  readonly #options: SitesOptions;
  /** Ids of the environments that calls are for that name none. */
  readonly #primaries = new WeakMap<Stage, string>();

  constructor(options: SitesOptions) {
    this.#options = options;
  }

  /**
   * The place that a call is for.
   *
   * @param id What the call says. Default: the first of the thread's that could
   * be reached when the first call of the turn was made; what comes back later
   * does not draw the calls of that turn to it.
   * @throws {RefusedRequest} if the thread has none, or not that one.
   */
  find(
    { settings, stage }: Pick<ToolContext, "settings" | "stage">,
    id?: string,
  ): Site {
    const environments = settings.environments ?? [findHere(settings)!];
    const named = (id: string | undefined) =>
      environments.find(({ environmentId }) => environmentId === id);
    const primary = named(this.#primaries.get(stage)) ??
      this.#findPrimary(environments);
    if (primary !== undefined) {
      this.#primaries.set(stage, primary.environmentId);
    }
    const one = id === undefined ? primary : named(id);
    if (one === undefined) {
      throw new RefusedRequest(
        id === undefined ? nowhere : `unknown turn environment id \`${id}\``,
      );
    }
    const { environmentId, cwd } = one;
    if (environmentId === "local") return new LocalSite(cwd, this.#options);
    const machine = this.#options.findMachine(environmentId);
    if (machine === undefined) throw new RefusedRequest(nowhere);
    const profile = settings.activePermissionProfile?.id;
    if (isOwnProfile(profile)) {
      throw new RefusedRequest(
        `permission profile \`${profile}\` holds on this server's own ` +
          `machine only: nothing can be done in environment ` +
          `\`${environmentId}\``,
      );
    }
    const { config } = this.#options;
    return new RemoteSite(one, { machine, config });
  }

  /** The first that can be reached; if none can, the first to be tried. */
  #findPrimary(
    environments: readonly ThreadEnvironment[],
  ): ThreadEnvironment | undefined {
    const { findMachine } = this.#options;
    return environments.find(({ environmentId }) =>
      environmentId === "local" || findMachine(environmentId)?.isReachable
    ) ?? environments[0];
  }
}

/** What a model is told that has no place to work in. */
const nowhere =
  "This thread has no environment now that commands and files could be used " +
  "in. Go on without this tool until you are told of one that is ready.";
