/**
 * What the index of threads costs with 50,000 threads in it.
 *
 * ```sh
 * deno bench -A tests/bench/catalog_bench.ts
 * ```
 */
import { openCatalog, type ThreadRow } from "../../src/catalog/mod.ts";
import type { ThreadListParams } from "../../src/protocol/mod.ts";
import { silentLogger } from "../../src/telemetry/mod.ts";

const THREADS = 50_000;
const home = await Deno.makeTempDir();
const toId = (n: number): string =>
  `01a1f000-0000-7000-8000-${String(n).padStart(12, "0")}`;
let ids = 900_000;
const catalog = await openCatalog({
  home,
  log: silentLogger,
  nextId: () => toId(++ids),
});
addEventListener("unload", () => {
  void catalog.close();
  Deno.removeSync(home, { recursive: true });
});

function toRow(n: number): ThreadRow {
  const startMs = Date.parse("2026-01-01T00:00:00Z");
  return {
    id: toId(n),
    sessionId: toId(n),
    forkedFromId: null,
    attachedToThreadId: null,
    parentThreadId: n % 20 === 1 ? toId(n - 1) : null,
    preview: `Please mend fault ${n} and tell why it was there. ${
      "word ".repeat(n % 60)
    }`,
    hasUserMessage: true,
    historyMode: "paginated",
    modelProvider: n % 4 ? "mock" : `provider-${n % 7}`,
    model: "mock-model",
    reasoningEffort: null,
    createdAtMs: startMs + n * 977,
    updatedAtMs: startMs + (n * 7_919 % THREADS) * 1_000,
    recencyAtMs: startMs + (n * 104_729 % THREADS) * 1_000,
    path: `${home}/sessions/2026/01/01/rollout-2026-01-01T00-00-00-${
      toId(n)
    }.jsonl`,
    cwd: n % 3 ? "/work" : `/projects/${n % 500}`,
    cliVersion: "1.0.0",
    originator: "bench",
    source: n % 10 ? "vscode" : "exec",
    threadSource: null,
    agentNickname: null,
    agentRole: null,
    gitInfo: null,
    archived: false,
  };
}

for (let n = 0; n < THREADS; n++) catalog.threads.upsert(toRow(n));
const { section } = catalog.sections.create({ name: "Section" });
const { project } = catalog.projects.create({
  name: "Project",
  roots: [],
  idempotencyKey: "bench",
}).result;
for (let n = 0; n < 300; n++) {
  catalog.sections.move({ threadId: toId(n * 11), sectionId: section.id });
  catalog.projects.assign(toId(n * 13), project.id);
}
const first = await catalog.threads.list({});

const pages: Record<string, ThreadListParams> = {
  "first page": {},
  "second page": { cursor: first.nextCursor },
  "100 by update": { sortKey: "updated_at", limit: 100 },
  "oldest by recency": { sortKey: "recency_at", sortDirection: "asc" },
  "a directory": { cwd: "/projects/3" },
  "a directory without threads": { cwd: "/none", sortKey: "updated_at" },
  "a provider without threads": { modelProviders: ["none"] },
  "a kind of source": { sourceKinds: ["exec"] },
  "a title that is rare": { searchTerm: "fault 4999 " },
  "a title that is nowhere": { searchTerm: "nowhere", sortKey: "updated_at" },
  "a title that is everywhere": { searchTerm: "Please" },
  "a section by hand": {
    sortKey: "section_position",
    sectionId: section.id,
  },
  "a section by update": { sortKey: "updated_at", sectionId: section.id },
  "no section": { sectionId: null },
  "a project": { projectId: project.id },
  "children": { parentThreadId: toId(20) },
  "descendants": { ancestorThreadId: toId(20) },
  "100 left out": {
    excludedThreadIds: Array.from(
      { length: 100 },
      (_, n) => toId(THREADS - 1 - n),
    ),
  },
};

for (const [name, params] of Object.entries(pages)) {
  Deno.bench(`thread/list of 50,000: ${name}`, { group: "list" }, async () => {
    await catalog.threads.list(params);
  });
}

let turns = 0;
Deno.bench("a turn is noted", { group: "note" }, () => {
  const updatedAtMs = Date.now() + ++turns;
  catalog.threads.upsert({ ...toRow(turns % THREADS), updatedAtMs });
});

Deno.bench("a change of a thread is noted", { group: "note" }, () => {
  catalog.threads.touch(toId(7), { updatedAtMs: Date.now() + ++turns });
});
