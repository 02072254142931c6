import { silentLogger } from "../telemetry/mod.ts";
import { type Catalog, openCatalog, type ThreadRow } from "./mod.ts";

/** A thread that nothing special is known of. */
export function toRow(id: string, change: Partial<ThreadRow> = {}): ThreadRow {
  return {
    id,
    sessionId: id,
    forkedFromId: null,
    attachedToThreadId: null,
    parentThreadId: null,
    preview: `Message of ${id.slice(-4)}`,
    hasUserMessage: true,
    historyMode: "paginated",
    modelProvider: "mock",
    model: "mock-model",
    reasoningEffort: null,
    createdAtMs: 1_000,
    updatedAtMs: 1_000,
    recencyAtMs: 1_000,
    path: `/nowhere/rollout-${id}.jsonl`,
    cwd: "/work",
    cliVersion: "1.0.0",
    originator: "test",
    source: "vscode",
    threadSource: null,
    agentNickname: null,
    agentRole: null,
    gitInfo: null,
    archived: false,
    ...change,
  };
}

/** The n-th id. */
export function toId(n: number): string {
  return `01a1f000-0000-7000-8000-${String(n).padStart(12, "0")}`;
}

/** A home of its own, removed at the end, and catalogs in it. */
export class TestHome implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "gangway-catalog-" });
  readonly #open: Catalog[] = [];
  #ids = 900_000;
  /**
   * What the clock says: something long ago. A folder that changed since then
   * counts as one that may still change, however coarse its time stamp is.
   */
  nowMs = Date.parse("2006-11-21T16:00:00.000Z");

  /** Opens a catalog; closed at the end. */
  async open(): Promise<Catalog> {
    const catalog = await openCatalog({
      home: this.path,
      log: silentLogger,
      nextId: () => toId(++this.#ids),
      cwd: "/work",
      now: () => this.nowMs,
    });
    this.#open.push(catalog);
    return catalog;
  }

  /** Puts a rollout on the disk, as another server would. */
  async place(
    n: number,
    options: {
      day?: string;
      archived?: boolean;
      message?: string | null;
      answer?: string;
      meta?: Record<string, unknown>;
    } = {},
  ): Promise<string> {
    const { day = "2026/11/10", archived = false, message = `Message ${n}` } =
      options;
    const id = toId(n);
    const timestamp = `${day.replaceAll("/", "-")}T10:00:00.${
      String(n % 1000).padStart(3, "0")
    }Z`;
    const records: unknown[] = [{
      timestamp,
      ordinal: 0,
      type: "session_meta",
      payload: {
        id,
        timestamp,
        cwd: "/work",
        originator: "other",
        cli_version: "0.169.0",
        source: "cli",
        model_provider: "mock",
        history_mode: "paginated",
        ...options.meta,
      },
    }];
    const complete = (item: unknown): void => {
      records.push({
        timestamp,
        ordinal: records.length,
        type: "event_msg",
        payload: {
          type: "item_completed",
          thread_id: id,
          turn_id: `turn-${n}`,
          item,
        },
      });
    };
    if (message !== null) {
      records.push({
        timestamp,
        ordinal: records.length,
        type: "event_msg",
        payload: { type: "task_started", turn_id: `turn-${n}` },
      });
      complete({
        type: "UserMessage",
        id: `user-${n}`,
        content: [{ type: "text", text: message, text_elements: [] }],
      });
    }
    if (options.answer !== undefined) {
      complete({
        type: "AgentMessage",
        id: `agent-${n}`,
        content: [{ type: "Text", text: options.answer }],
      });
    }
    const folder = archived
      ? `${this.path}/archived_sessions`
      : `${this.path}/sessions/${day}`;
    await Deno.mkdir(folder, { recursive: true });
    const path = `${folder}/rollout-${
      day.replaceAll("/", "-")
    }T10-00-00-${id}.jsonl`;
    await Deno.writeTextFile(
      path,
      records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const catalog of this.#open) await catalog.close();
    await Deno.remove(this.path, { recursive: true });
  }
}
