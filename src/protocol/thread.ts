/**
 * What a thread is: its place, its origin, what it does at the moment, and the
 * notifications about its life.
 *
 * @module
 */
import type { AbsolutePath, Int32, Path, UnixSeconds } from "./scalar.ts";
import type {
  ReasoningEffort,
  ThreadHistoryMode,
  ThreadSource,
} from "./session.ts";
import type { ThreadSection } from "./thread_section.ts";
import type { Turn } from "./turn.ts";

/** What a working thread waits for. */
export type ThreadActiveFlag = "waitingOnApproval" | "waitingOnUserInput";

/** It is not in memory. */
export interface NotLoadedThreadStatus {
  /** Tag of this state. */
  type: "notLoaded";
}

/** It is in memory and has nothing to do. */
export interface IdleThreadStatus {
  /** Tag of this state. */
  type: "idle";
}

/** Its last turn failed; the next one may well succeed. */
export interface SystemErrorThreadStatus {
  /** Tag of this state. */
  type: "systemError";
}

/** A turn runs. */
export interface ActiveThreadStatus {
  /** Tag of this state. */
  type: "active";
  /** What it waits for; empty while it works. */
  activeFlags: ThreadActiveFlag[];
}

/** What a thread does at the moment. */
export type ThreadStatus =
  | NotLoadedThreadStatus
  | IdleThreadStatus
  | SystemErrorThreadStatus
  | ActiveThreadStatus;

/** A place where a loaded thread works, reachable or not. */
export interface ThreadEnvironment {
  /** Name of the place. */
  environmentId: string;
  /** Directory where it works there. */
  cwd: Path;
  /** Directories there that count as the workspace. */
  runtimeWorkspaceRoots: Path[];
}

/** The state of a git repository. */
export interface GitInfo {
  /** Commit that was checked out. */
  sha: string | null;
  /** Branch that was checked out. */
  branch: string | null;
  /** Address of the remote `origin`. */
  originUrl: string | null;
}

/** A thread that another started on its own. */
export interface SpawnedThread {
  /** Thread that started it. */
  parent_thread_id: string;
  /** Steps up to the first thread; 1 for its children. */
  depth: Int32;
  /** Where it stands below the first thread. */
  agent_path: string | null;
  /** Name that it goes by. */
  agent_nickname: string | null;
  /** What it is good at. */
  agent_role: string | null;
}

/** A thread was started by another. */
export interface ThreadSpawnSource {
  /** By which, and as what. */
  thread_spawn: SpawnedThread;
}

/** A sub-agent that no other word fits. */
export interface OtherSubAgentSource {
  /** What it is. */
  other: string;
}

/** Which work of the server a thread was started for. */
export type SubAgentSource =
  | "review"
  | "compact"
  | ThreadSpawnSource
  | "memory_consolidation"
  | OtherSubAgentSource;

/** A program that named itself. */
export interface CustomSessionSource {
  /** Its name. */
  custom: string;
}

/** The server itself. */
export interface SubAgentSessionSource {
  /** For which work. */
  subAgent: SubAgentSource;
}

/** What kind of program a thread comes from. */
export type SessionSource =
  | "cli"
  | "vscode"
  | "exec"
  | "appServer"
  | CustomSessionSource
  | SubAgentSessionSource
  | "unknown";

/** Nothing is in it yet. */
export interface ThreadExtra {
  /** Nothing is in it. */
  [key: string]: never;
}

/** A conversation with the model, and what is known of it. */
export interface Thread {
  /** Its id, a UUID of version 7. */
  id: string;
  /**
   * Where it works, the main place first; null if it is not in memory.
   *
   * @experimental
   */
  environments: ThreadEnvironment[] | null;
  /**
   * Room for what one server adds; always null here.
   *
   * @experimental
   */
  extra: ThreadExtra | null;
  /** Id of the first thread of its family; its own if it has none. */
  sessionId: string;
  /** Thread whose past it took over. */
  forkedFromId: string | null;
  /**
   * Thread that it hangs on.
   *
   * @experimental
   */
  attachedToThreadId: string | null;
  /** Thread that started it. */
  parentThreadId: string | null;
  /** Beginning of the first message of the user; else empty. */
  preview: string;
  /** Whether it is kept in memory only. */
  ephemeral: boolean;
  /** Section that it was sorted into. */
  section: ThreadSection | null;
  /** When it came into that section. */
  sectionEnteredAt: UnixSeconds | null;
  /** Project that it belongs to. */
  projectId: string | null;
  /** How its turns are stored. */
  historyMode: ThreadHistoryMode;
  /** Name of the model provider. */
  modelProvider: string;
  /** Model that it is set to, or last was. */
  model: string | null;
  /** Effort that it is set to, or last was. */
  reasoningEffort: ReasoningEffort | null;
  /** When it began. */
  createdAt: UnixSeconds;
  /** When something last happened in it. */
  updatedAt: UnixSeconds;
  /** When the user last did something in it. */
  recencyAt: UnixSeconds | null;
  /** What it does at the moment. */
  status: ThreadStatus;
  /** File that it is stored in. */
  path: Path | null;
  /** Directory where it works. */
  cwd: AbsolutePath;
  /** Version of the server that it began on. */
  cliVersion: string;
  /** Name of the client that began it. */
  originator: string | null;
  /** What kind of program it comes from. */
  source: SessionSource;
  /**
   * Whether the user may give it tasks; null if it is not in memory.
   *
   * @experimental
   */
  canAcceptDirectInput: boolean | null;
  /** What it was started for, in the client's words. */
  threadSource: ThreadSource | null;
  /** Name of the sub-agent that it is. */
  agentNickname: string | null;
  /** What that sub-agent is good at. */
  agentRole: string | null;
  /** Repository that it began in. */
  gitInfo: GitInfo | null;
  /** Its name, if somebody gave it one. */
  name: string | null;
  /**
   * The client's choice of that name; changes nothing.
   *
   * @experimental
   */
  daybreakEnabled: boolean | null;
  /** Its turns, where they were asked for; else empty. */
  turns: Turn[];
}

/** Profile of permissions that a thread has. */
export interface ActivePermissionProfile {
  /** Its name; those that are built in begin with a colon. */
  id: string;
  /** Name of the profile that it builds upon. */
  extends: string | null;
}

/** A thread began. Goes to every connection. */
export interface ThreadStartedNotification {
  /** The thread, without its turns. */
  thread: Thread;
}

/** A thread works, waits, rests or failed. Goes to every connection. */
export interface ThreadStatusChangedNotification {
  /** Which thread. */
  threadId: string;
  /** What it does now. */
  status: ThreadStatus;
}

/** A thread was archived. */
export interface ThreadArchivedNotification {
  /** Which thread. */
  threadId: string;
}

/** A thread was brought back. */
export interface ThreadUnarchivedNotification {
  /** Which thread. */
  threadId: string;
}

/** A thread was deleted. */
export interface ThreadDeletedNotification {
  /** Which thread. */
  threadId: string;
}

/** A thread is no longer in memory. */
export interface ThreadClosedNotification {
  /** Which thread. */
  threadId: string;
}

/** Stored turns of a thread were dropped; read the rest again. */
export interface ThreadRevertedNotification {
  /** Which thread. */
  threadId: string;
}

/** A thread has another name. */
export interface ThreadNameUpdatedNotification {
  /** Which thread. */
  threadId: string;
  /** Its name; absent if it has none any more. */
  threadName?: string;
}
