import { askWithoutTurn } from "./_ask_without_turn.ts";
import { Agenda } from "./agenda.ts";
import { AgentLife } from "./agent_life.ts";
import type { AgentsBelow } from "./agents_below.ts";
import { noExternalTools } from "./external_tools.ts";
import type { AgentOptions } from "../agent/mod.ts";
import type { Thread as ThreadView } from "../protocol/mod.ts";
import type { Household } from "./household.ts";
import { Thread } from "./thread.ts";
import type { ThreadSeed, ThreadsOptions } from "./threads_options.ts";

type SpawnedBy = NonNullable<AgentOptions["spawnedBy"]> | null;

/** Where a thread is to live. */
export interface AssemblyOptions {
  /** What it is made with. */
  readonly options: ThreadsOptions;
  readonly household: Household;
  /** Gives the agents below it, once it is there. */
  readonly createAgents: (thread: () => Thread) => AgentsBelow;
  /** Called when a turn is over, or a follower has left. */
  readonly onRest: () => void;
  /** Called whenever what lists show of it has changed. */
  readonly onChange: (thread: Thread) => void;
}

/** Makes a thread with all that it works with, of what it is loaded from. */
export function assembleThread(
  seed: ThreadSeed,
  { options, household, createAgents, onRest, onChange }: AssemblyOptions,
): { thread: Thread; agenda: Agenda } {
  const { log, audience, createToolbox, createAgent, createReviewer } = options;
  const { view, settings, config, models } = seed;
  const agenda = new Agenda(household, view, () => thread);
  const spawnedBy = toSpawnedBy(view);
  const life = new AgentLife();
  const agents = createAgents(() => thread);
  const common = {
    threadId: view.id,
    sessionId: view.sessionId,
    model: (provider: string) => models.model(provider),
    facts: (slug: string) => models.facts(slug),
    installationId: options.installationId,
    originator: seed.originator,
  };
  const reviewer = createReviewer({
    ...common,
    history: () => agent.history,
  });
  const external = options.createExternalTools?.({
    threadId: view.id,
    config,
    cwd: settings.cwd,
    reviewer,
    publish: (method, params) => thread.publish(method, params),
    ask: (method, params, options) =>
      askWithoutTurn(thread, method, params, options),
  }) ?? noExternalTools;
  const toolbox = createToolbox({
    threadId: view.id,
    config,
    dynamicTools: seed.dynamicTools,
    external: () => external.tools(),
    findMachine: (id) => options.places?.()?.find(id),
    goals: agenda.goals,
    agents,
    reviewer,
  });
  const agent = createAgent({
    ...options.createExtensions !== undefined && {
      extensions: options.createExtensions({
        threadId: view.id,
        transcriptPath: view.path,
        agent: spawnedBy && {
          id: view.id,
          type: spawnedBy.role,
          parentTranscriptPath: household.find(spawnedBy.threadId)?.view.path ??
            null,
        },
        isHooked: config.get(["features", "hooks"]) !== false,
      }),
    },
    ...common,
    ...options.access && { checkRead: options.access.checkRead },
    config,
    findPlace: (id) => options.places?.()?.find(id),
    home: options.home,
    tools: () => toolbox.tools(),
    tellDiff: (stage) => toolbox.tellDiff(stage),
    baseInstructions: seed.baseInstructions,
    developerInstructions: seed.developerInstructions,
    threadSource: view.threadSource,
    spawnedBy,
    takeNews: () => agents.takeNews(),
    past: seed.past,
  });
  const thread: Thread = new Thread({
    view,
    gitInfo: seed.gitInfo ?? view.gitInfo,
    settings,
    agent,
    toolbox,
    external,
    journal: seed.journal,
    past: seed.turns,
    life,
    companion: life.follow(agenda, () => thread.isIdle),
    models,
    config,
    fallbacks: seed.fallbacks,
    omissions: seed.omissions ?? [],
    findFeatureNotices: async () => await options.findFeatureNotices?.(config),
    beginsAnew: seed.beginsAnew ?? false,
    audience,
    log,
    onRest,
    onChange: () => onChange(thread),
  });
  return { thread, agenda };
}

/** Whose agent a thread is, and what for; null for none. */
function toSpawnedBy({ parentThreadId, agentRole }: ThreadView): SpawnedBy {
  return parentThreadId === null
    ? null
    : { threadId: parentThreadId, role: agentRole ?? "default" };
}
