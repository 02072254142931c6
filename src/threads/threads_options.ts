import type {
  Agent,
  AgentExtensions,
  AgentOptions,
  Past,
  ReviewerOptions,
} from "../agent/mod.ts";
import type {
  Config,
  FeatureNotices,
  ThreadConfigRequest,
  TrustLevel,
} from "../config/mod.ts";
import type { Models } from "../model/mod.ts";
import type {
  ConfigWarningNotification,
  DynamicToolSpec,
  GitInfo,
  Thread as ThreadView,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type {
  Goals,
  Machine,
  Reviewer,
  Subagents,
  Tool,
  Toolbox,
} from "../tools/mod.ts";
import type { Places } from "./places.ts";
import type { Audience } from "./audience.ts";
import type { ExternalTools, ExternalToolsOrder } from "./external_tools.ts";
import type { WatchClock } from "./idle_watch.ts";
import type { Journal } from "./journal.ts";
import type { PastTurns } from "./past_turns.ts";

/** What the server's own rules let be done to the files that clients name. */
export interface ThreadAccess {
  /** Gives the real path to read; throws if it may not be read. */
  readonly checkRead: (path: string) => Promise<string>;
  /** The same for writing. */
  readonly checkWrite: (path: string) => Promise<string>;
}

/** Where threads live. */
export interface ThreadsOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Where relative paths start. Default: where this process runs. */
  readonly cwd?: () => string;
  /** Version that threads are stored with. */
  readonly version: string;
  /** The connections. */
  readonly audience: Audience;
  readonly log: Logger;
  /** Identity of this installation, for model providers. */
  readonly installationId: string;
  /**
   * The configuration of a thread.
   *
   * @throws {Error} if it is broken; the message says where.
   */
  readonly configFor: (
    asked: ThreadConfigRequest,
  ) => Promise<Config>;
  /** What the user says of the project around a directory. Default: nothing. */
  readonly findTrust?: (
    config: Config,
    cwd: string,
  ) => Promise<TrustLevel | undefined>;
  /** What users are told of features that are named. Default: nothing. */
  readonly findFeatureNotices?: (config: Config) => Promise<FeatureNotices>;
  /** What every client is told of the configuration when it connects. */
  readonly toldWarnings?: readonly ConfigWarningNotification[];
  /**
   * How long a thread stays loaded that nobody follows and in which nothing
   * happens, in milliseconds. Default: 30 minutes.
   */
  readonly idleUnloadMs?: number;
  /** What threads that are started are listed as. Default: `vscode`. */
  readonly source?: "vscode" | "exec";
  /** Time, for tests. Default: that of the machine. */
  readonly clock?: WatchClock;
  /** Where else than here threads can be set to work. Default: nowhere. */
  readonly places?: () => Places | undefined;
  /** Default: everything may be read and written. */
  readonly access?: ThreadAccess;
  /** Who asks models, under a configuration, in the name of a client. */
  readonly createModels: (config: Config, originator: string) => Models;
  readonly createAgent: (options: AgentOptions) => Agent;
  /** What skills, plugins and hooks add to a thread. Default: nothing. */
  readonly createExtensions?: (
    thread: {
      readonly threadId: string;
      readonly transcriptPath: string | null;
      /** Which agent it is; null for none. */
      readonly agent: {
        readonly id: string;
        readonly type: string;
        /** Where the thread above it is stored, if it is. */
        readonly parentTranscriptPath: string | null;
      } | null;
      /** False if its configuration, which clients add to, wants no hooks. */
      readonly isHooked: boolean;
    },
  ) => AgentExtensions;
  /** Who answers in place of a person, where a thread is set to that. */
  readonly createReviewer: (options: ReviewerOptions) => Reviewer;
  /**
   * Reads the file of settings that a role of agents has. Default: none can be
   * read.
   *
   * @throws {Error} if it is none; the message says why.
   */
  readonly readRoleFile?: (
    path: string,
  ) => Promise<Readonly<Record<string, unknown>>>;
  /** What models are told first when a client does not say; kept with threads. */
  readonly baseInstructions: string;
  /** Brings along tools that are not those of the toolbox. */
  readonly createExternalTools?: (order: ExternalToolsOrder) => ExternalTools;
  readonly createToolbox: (asked: {
    threadId: string;
    config: Config;
    dynamicTools: readonly DynamicToolSpec[];
    /** Tools of others that work now. */
    external: () => readonly Tool[];
    /** Another machine, by the id of its environment. */
    findMachine: (environmentId: string) => Machine | undefined;
    goals: Goals;
    agents: Subagents;
    reviewer: Reviewer;
  }) => Toolbox;
}

/** What a thread is loaded from. */
export interface ThreadSeed {
  readonly view: ThreadView;
  /** Where a new one begins; its view has it once there is something of it. */
  readonly gitInfo?: GitInfo | null;
  readonly settings: ThreadSettings;
  readonly config: Config;
  readonly models: Models;
  /** What was said before. */
  readonly past: Past;
  readonly dynamicTools: readonly DynamicToolSpec[];
  /** What the client wants in place of the built-in instructions. */
  readonly baseInstructions: string | null;
  /** What the client adds to them. */
  readonly developerInstructions: string | null;
  /** Name of the client. */
  readonly originator: string;
  readonly journal: Journal;
  readonly turns: PastTurns;
  /** What was asked for and not granted, for users. */
  readonly fallbacks: readonly string[];
  /** What requests to models go without, for users. Default: nothing. */
  readonly omissions?: readonly string[];
  /**
   * Whether its file holds nothing that was said, only what it goes on from:
   * then what is said next is what lists show of it. Default: no.
   */
  readonly beginsAnew?: boolean;
}
