import assert from "node:assert/strict";
import type { AgentExtensions, HookOccasion, HookScene } from "../agent/mod.ts";
import type { HookRunSummary, ThreadSettings } from "../protocol/mod.ts";
import type { Stage } from "../tools/mod.ts";
import {
  createGround,
  type Ground,
  threadId,
} from "./_extension_ground_test.ts";
import type { ExtendedThread } from "./extensions.ts";

function command(line: string, more: Record<string, unknown> = {}) {
  return { type: "command", command: line, ...more };
}

async function groundWith(
  hooks: Record<string, unknown[]>,
  more: Record<string, unknown> = {},
): Promise<Ground> {
  const declared = Object.fromEntries(
    Object.entries(hooks).map(([event, hooks]) => [event, [{ hooks }]]),
  );
  const ground = await createGround({
    "home/hooks.json": { hooks: declared },
    ...more,
  });
  await ground.trustHooks();
  return ground;
}

interface Played {
  readonly thread: AgentExtensions;
  readonly runs: HookRunSummary[];
  readonly scene: HookScene;
}

function open(
  ground: Ground,
  { signal = new AbortController().signal, ...thread }:
    & Partial<ExtendedThread>
    & { signal?: AbortSignal } = {},
): Played {
  const runs: HookRunSummary[] = [];
  const stage = {
    threadId,
    turnId: "turn",
    tell: (_: string, { run }: { run: HookRunSummary }) => runs.push(run),
  } as unknown as Stage;
  const settings = {
    cwd: ground.work,
    model: "m",
    approvalPolicy: "on-request",
  } as unknown as ThreadSettings;
  return {
    thread: ground.extensions.forThread({
      threadId,
      transcriptPath: "/transcript",
      ...thread,
    }),
    runs,
    scene: { sessionId: "session", stage, settings, signal },
  };
}

const prompt: HookOccasion = { event: "userPromptSubmit", prompt: "hi" };

/** Waits until something holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error("it never came true");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a line is in a file, which is there a moment before. */
async function isSaid(path: string): Promise<boolean> {
  return (await Deno.readTextFile(path).catch(() => "")).endsWith("\n");
}

/** Whether a process runs, by the file that its number is written into. */
async function isAlive(path: string): Promise<boolean> {
  const pid = (await Deno.readTextFile(path)).trim();
  assert.match(pid, /^\d+$/);
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return stat !== "" && !/\) [ZX]/.test(stat);
}

const tool = {
  callId: "c",
  name: "mcp__s__t",
  aliases: [],
  input: { a: 1 },
};

const occasions: [HookOccasion, Record<string, unknown>][] = [
  [
    { event: "sessionStart", source: "fork" },
    { turn_id: undefined, hook_event_name: "SessionStart", source: "fork" },
  ],
  [
    { event: "preModelRequest" },
    { hook_event_name: "PreModelRequest", permission_mode: undefined },
  ],
  [
    {
      event: "postModelRequest",
      status: "cancelled",
      error: null,
      usage: { total_tokens: 5 },
    },
    {
      hook_event_name: "PostModelRequest",
      permission_mode: undefined,
      status: "cancelled",
      error: null,
      token_usage: { total_tokens: 5 },
    },
  ],
  [
    { event: "preToolUse", tool },
    {
      hook_event_name: "PreToolUse",
      tool_name: "mcp__s__t",
      tool_input: { a: 1 },
      tool_use_id: "c",
    },
  ],
  [
    { event: "permissionRequest", tool },
    {
      hook_event_name: "PermissionRequest",
      tool_name: "mcp__s__t",
      tool_input: { a: 1 },
    },
  ],
  [
    { event: "postToolUse", tool, response: ["r"] },
    {
      hook_event_name: "PostToolUse",
      tool_name: "mcp__s__t",
      tool_input: { a: 1 },
      tool_response: ["r"],
      tool_use_id: "c",
    },
  ],
  [
    { event: "preCompact", trigger: "auto" },
    {
      hook_event_name: "PreCompact",
      permission_mode: undefined,
      trigger: "auto",
    },
  ],
  [
    { event: "stop", isActive: true, lastAgentMessage: "m" },
    {
      hook_event_name: "Stop",
      stop_hook_active: true,
      last_assistant_message: "m",
    },
  ],
  [{ event: "interrupt" }, { hook_event_name: "Interrupt" }],
];

for (const [occasion, particulars] of occasions) {
  Deno.test(`a hook for ${occasion.event} reads what it is about`, async () => {
    const declared = particulars.hook_event_name as string;
    await using ground = await groundWith({
      [declared]: [command("cat > ${ROOT}/read")],
    });
    const { thread, scene } = open(ground);
    await thread.occur(occasion, scene);
    assert.deepEqual(
      JSON.parse(await ground.read("read")),
      JSON.parse(JSON.stringify({
        session_id: "session",
        turn_id: "turn",
        transcript_path: "/transcript",
        cwd: ground.work,
        model: "m",
        permission_mode: "default",
        ...particulars,
      })),
    );
  });
}

Deno.test("a hook runs where its thread works, and not as of a login", async () => {
  await using ground = await groundWith({
    UserPromptSubmit: [command("pwd; tr '\\0' ' ' < /proc/$$/cmdline")],
  });
  const { thread, scene } = open(ground);
  const { contexts } = await thread.occur(prompt, scene);
  const [cwd, line] = contexts[0]!.split("\n");
  assert.equal(cwd, ground.work);
  assert.match(line!, /^\/bin\/sh -c /);
});

Deno.test("a hook that is broken off dies with all that it started, and nobody is told how it ended", async () => {
  await using ground = await groundWith({
    UserPromptSubmit: [
      command(
        "sleep 60 & echo $! > ${ROOT}/child; echo $$ > ${ROOT}/own; wait",
      ),
    ],
  });
  const interrupt = new AbortController();
  const { thread, scene, runs } = open(ground, { signal: interrupt.signal });
  const played = thread.occur(prompt, scene);
  await until(() => isSaid(`${ground.root}/own`));
  interrupt.abort(new DOMException("Stop", "AbortError"));
  await assert.rejects(played, { name: "AbortError" });
  for (const name of ["own", "child"]) {
    await until(async () => !await isAlive(`${ground.root}/${name}`));
  }
  assert.deepEqual(runs.map(({ status }) => status), ["running"]);
});

Deno.test("a hook whose time is up dies with all that it started", async () => {
  await using ground = await groundWith({
    UserPromptSubmit: [
      command("sleep 60 & echo $! > ${ROOT}/child; wait", { timeout: 6 }),
    ],
  });
  const { thread, scene, runs } = open(ground);
  await thread.occur(prompt, scene);
  assert.deepEqual(runs[1]!.entries, [
    { kind: "error", text: "hook timed out after 6s" },
  ]);
  await until(async () => !await isAlive(`${ground.root}/child`));
});

Deno.test("what nobody waits for is heard later, and ends with its thread", async () => {
  const background = { async: true };
  await using ground = await groundWith({
    UserPromptSubmit: [
      command(
        `echo '{"systemMessage":"w","decision":"block","reason":"r","hookSpecificOutput":{"hookEventName":"UserPromptSubmit","additionalContext":"c"}}'; touch \${ROOT}/said`,
        background,
      ),
      command("echo $$ > ${ROOT}/own; exec sleep 60", background),
    ],
  });
  const { thread, scene, runs } = open(ground);
  const verdict = await thread.occur(prompt, scene);
  assert.equal(verdict.blocked, null);
  const late: unknown[] = [];
  await until(() => {
    late.push(...thread.takeLate());
    return Promise.resolve(late.length > 0);
  });
  assert.deepEqual(late, [{ context: "c", warning: "w" }]);
  assert.deepEqual(thread.takeLate(), []);
  await until(() => isSaid(`${ground.root}/own`));
  await thread.leave({
    sessionId: "session",
    threadId,
    cwd: ground.work,
    tell: () => {},
  });
  await until(async () => !await isAlive(`${ground.root}/own`));
  assert.deepEqual(runs, []);
});

Deno.test("a thread that is closed twice says so once, and waits for its hooks", async () => {
  await using ground = await groundWith({
    SessionEnd: [
      command("exec cat >> ${ROOT}/read", { async: true, timeout: 60 }),
    ],
  });
  const { hooks, warnings } = await ground.extensions.hooks.tell(ground.work);
  assert.deepEqual(hooks.map(({ timeoutSec }) => timeoutSec), [3]);
  assert.deepEqual(warnings.map((text) => text.replaceAll(ground.home, "~")), [
    "clamping SessionEnd hook timeout to 3s in ~/hooks.json",
    "running async SessionEnd hook synchronously in ~/hooks.json",
  ]);
  const { thread } = open(ground);
  const told: unknown[] = [];
  const farewell = {
    sessionId: "session",
    threadId,
    cwd: ground.work,
    tell: ((method: string, { turnId }: { turnId: string | null }) => {
      told.push([method, turnId]);
    }) as Stage["tell"],
  };
  await Promise.all([thread.leave(farewell), thread.leave(farewell)]);
  assert.deepEqual(told, [["hook/started", null], ["hook/completed", null]]);
  assert.deepEqual(JSON.parse(await ground.read("read")), {
    session_id: "session",
    transcript_path: "/transcript",
    cwd: ground.work,
    hook_event_name: "SessionEnd",
    reason: "other",
  });
});

Deno.test("of two hooks that rewrite an input, the slower has the last word", async () => {
  const say = (command: string) => ({
    isError: false,
    text: JSON.stringify({
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "allow",
        updatedInput: { command },
      },
    }),
  });
  await using ground = await groundWith({
    PreToolUse: ["slow", "quick"].map((tool) => ({
      type: "mcp_tool",
      server: "s",
      tool,
    })),
  });
  const { thread, scene } = open(ground, {
    async callTool({ tool }) {
      // Whatever comes of the other one is done with when a timer fires.
      if (tool === "slow") await new Promise((resolve) => setTimeout(resolve));
      return say(tool);
    },
  });
  const { input } = await thread.occur({ event: "preToolUse", tool }, scene);
  assert.deepEqual(input, { command: "slow" });
});

Deno.test("one no to a permission outweighs a yes", async () => {
  const yes = command(
    `echo '{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"allow"}}}'`,
  );
  await using ground = await groundWith({
    PermissionRequest: [yes, command("echo no >&2; exit 2"), yes],
  });
  const { thread, scene } = open(ground);
  const { blocked } = await thread.occur(
    { event: "permissionRequest", tool },
    scene,
  );
  assert.equal(blocked, "no");
});

Deno.test("a context that is too long is kept in a file that only its owner reads", async () => {
  await using ground = await groundWith({
    UserPromptSubmit: [
      command("seq 1 5000"),
      command("seq 1 5000", { additionalContextLimit: 0 }),
      command("echo short", { additionalContextLimit: 1000 }),
    ],
  });
  const { thread, scene, runs } = open(ground);
  const { contexts: [cut = "", whole, short] } = await thread.occur(
    prompt,
    scene,
  );
  const all = `${Array.from({ length: 5000 }, (_, at) => at + 1).join("\n")}`;
  assert.equal(whole, all);
  assert.equal(short, "short");
  const path = /\n\nFull hook output saved to: (.*)$/.exec(cut)?.[1] ?? "";
  assert.ok(path.startsWith(`${ground.home}/tmp/hook_outputs/${threadId}/`));
  assert.equal(await Deno.readTextFile(path), all);
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  assert.ok(cut.length < 2500 * 4 + 300);
  // People are shown what the hook said.
  assert.equal(runs[3]!.entries[0]!.text, all);
});

Deno.test("a hook that is a tool is called with what it asks for, and heard as any other", async () => {
  await using ground = await groundWith({
    PreToolUse: [{
      type: "mcp_tool",
      server: "s",
      tool: "check",
      input: { what: "${tool_input}", who: "by ${tool_name}" },
    }],
  });
  const calls: unknown[] = [];
  const { thread, scene, runs } = open(ground, {
    callTool: ({ signal: _, ...call }) => {
      calls.push(call);
      const text = '{"decision":"block","reason":"no"}';
      return Promise.resolve({ text, isError: false });
    },
  });
  const { blocked } = await thread.occur({ event: "preToolUse", tool }, scene);
  assert.equal(blocked, "no");
  assert.deepEqual(calls, [{
    server: "s",
    tool: "check",
    input: { what: { a: 1 }, who: "by mcp__s__t" },
  }]);
  assert.deepEqual(
    runs.map(({ handlerType, status }) => [handlerType, status]),
    [
      ["mcpTool", "running"],
      ["mcpTool", "blocked"],
    ],
  );
});

const failures: [string, ExtendedThread["callTool"], string][] = [
  ["fails", () => Promise.reject(new Error("gone")), "gone"],
  [
    "answers with an error",
    () => Promise.resolve({ text: "bad", isError: true }),
    "MCP tool returned an error: bad",
  ],
  [
    "does not answer",
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    "hook timed out after 1s",
  ],
];

for (const [how, callTool, expected] of failures) {
  Deno.test(`a hook that is a tool which ${how} is told as failed`, async () => {
    await using ground = await groundWith({
      UserPromptSubmit: [
        { type: "mcp_tool", server: "s", tool: "t", timeout: 1 },
      ],
    });
    const { thread, scene, runs } = open(ground, { callTool: callTool! });
    const { blocked, contexts } = await thread.occur(prompt, scene);
    assert.deepEqual({ blocked, contexts }, { blocked: null, contexts: [] });
    assert.deepEqual(runs[1]!.entries, [{ kind: "error", text: expected }]);
  });
}

Deno.test("a hook that is a tool has as long as it wants", async () => {
  for (const timeout of [3_000_000, Number.MAX_SAFE_INTEGER]) {
    await using ground = await groundWith({
      UserPromptSubmit: [{ type: "mcp_tool", server: "s", tool: "t", timeout }],
    });
    const { thread, scene, runs } = open(ground, {
      async callTool({ signal }) {
        const { promise, reject } = Promise.withResolvers<never>();
        const onAbort = () => reject(signal.reason);
        signal.addEventListener("abort", onAbort);
        const answered = new Promise((resolve) => setTimeout(resolve, 50));
        await Promise.race([answered, promise]);
        signal.removeEventListener("abort", onAbort);
        return { text: "", isError: false };
      },
    });
    await thread.occur(prompt, scene);
    assert.equal(runs[1]!.status, "completed");
  }
});

Deno.test("what a plugin is made of is not looked at for events that it has no hooks for", async () => {
  const stop = { hooks: [command("true")] };
  const plugin = "home/plugins/cache/mp/a/1";
  const path = `${plugin}/.codex-plugin/plugin.json`;
  await using ground = await createGround({
    [path]: { name: "a", version: "1" },
    [`${plugin}/hooks/hooks.json`]: { hooks: { Stop: [stop, stop] } },
    "home/hooks.json": { hooks: { Stop: [stop] } },
    "home/config.toml": '[plugins."a@mp"]\nenabled = true\n',
  });
  const { hooks } = ground.extensions;
  const all = await hooks.list(ground.work);
  assert.equal(all.hooks.length, 3);
  assert.deepEqual(await hooks.list(ground.work, "stop"), all);
  // Whoever looks at all of it comes upon a link, which nobody can trust.
  await Deno.symlink("plugin.json", `${ground.root}/${path}.link`);
  const stopped = await hooks.list(ground.work, "stop");
  assert.equal(stopped.hooks.length, 1);
  assert.deepEqual(
    stopped.warnings.map((text) => /fingerprint/.test(text)),
    [true, true],
  );
  assert.deepEqual(await hooks.list(ground.work, "preToolUse"), {
    hooks: [],
    warnings: [],
  });
});

Deno.test("hooks that are off do not run, and are not listed", async () => {
  await using ground = await groundWith(
    { UserPromptSubmit: [command("touch ${ROOT}/ran")] },
    { "home/config.toml": "[features]\nhooks = false\n" },
  );
  const { thread, scene, runs } = open(ground);
  await thread.occur(prompt, scene);
  assert.deepEqual(runs, []);
  assert.deepEqual(await ground.extensions.hooks.tell(ground.work), {
    cwd: ground.work,
    hooks: [],
    warnings: [],
    errors: [],
  });
  await assert.rejects(Deno.stat(`${ground.root}/ran`), Deno.errors.NotFound);
});

Deno.test("where only the administrator's hooks are allowed, no others run, trusted or not", async () => {
  await using ground = await groundWith(
    { UserPromptSubmit: [command("echo mine")] },
    {
      "etc/requirements.toml": `
allow_managed_hooks_only = true
[[hooks.UserPromptSubmit]]
[[hooks.UserPromptSubmit.hooks]]
type = "command"
command = "echo theirs"
timeout = 7
`,
    },
  );
  const { hooks } = await ground.extensions.hooks.tell(ground.work);
  assert.deepEqual(
    hooks.map(({ key, source, timeoutSec, trustStatus, enabled }) => ({
      key: key.replace(ground.root, "~"),
      source,
      timeoutSec,
      trustStatus,
      enabled,
    })),
    [{
      key: "~/etc/requirements.toml:user_prompt_submit:0:0",
      source: "system",
      timeoutSec: 7,
      trustStatus: "managed",
      enabled: true,
    }],
  );
  const { thread, scene } = open(ground);
  const { contexts } = await thread.occur(prompt, scene);
  assert.deepEqual(contexts, ["theirs"]);
});

Deno.test("the administrator's hooks run beside those of the user, who can't switch them off", async () => {
  await using ground = await groundWith(
    { UserPromptSubmit: [command("echo mine")] },
    {
      "etc/requirements.toml": `
[hooks]
managed_dir = "/managed"
[[hooks.UserPromptSubmit]]
[[hooks.UserPromptSubmit.hooks]]
type = "command"
command = "echo theirs"
`,
      "home/config.toml":
        '[hooks.state."/managed:user_prompt_submit:0:0"]\nenabled = false\n',
    },
  );
  const { thread, scene } = open(ground);
  const { contexts } = await thread.occur(prompt, scene);
  assert.deepEqual(contexts, ["theirs", "mine"]);
});

Deno.test("matchers may begin with flags", async () => {
  await using ground = await createGround({
    "home/hooks.json": {
      hooks: {
        PreToolUse: ["(?i)^MCP__S", "(?i)nope", "mcp__s", " mcp__s__t "].map((
          matcher,
        ) => ({
          matcher,
          hooks: [command(`echo '${matcher}' >> \${ROOT}/ran`)],
        })),
      },
    },
  });
  await ground.trustHooks();
  const { thread, scene } = open(ground);
  await thread.occur({ event: "preToolUse", tool }, scene);
  assert.equal(await ground.read("ran"), "(?i)^MCP__S\n");
});

const agent = {
  id: threadId,
  type: "worker",
  parentTranscriptPath: "/transcript-above",
};

Deno.test("hooks of an agent are told which one it is, and hear of its beginning and end", async () => {
  const log = (name: string) => command(`cat > "$PWD/${name}.json"`);
  await using ground = await groundWith({
    SubagentStart: [log("start")],
    SubagentStop: [log("stop")],
    UserPromptSubmit: [log("prompt")],
    SessionEnd: [log("end")],
  });
  const { thread, scene, runs } = open(ground, { agent });
  await thread.occur({ event: "subagentStart" }, scene);
  await thread.occur(prompt, scene);
  await thread.occur(
    { event: "subagentStop", isActive: true, lastAgentMessage: "done" },
    scene,
  );
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(`${ground.work}/${name}.json`));
  const common = {
    session_id: "session",
    turn_id: "turn",
    cwd: ground.work,
    model: "m",
    permission_mode: "default",
    agent_id: threadId,
    agent_type: "worker",
  };
  assert.deepEqual(await read("start"), {
    ...common,
    transcript_path: "/transcript",
    hook_event_name: "SubagentStart",
  });
  assert.deepEqual(await read("prompt"), {
    ...common,
    transcript_path: "/transcript",
    hook_event_name: "UserPromptSubmit",
    prompt: "hi",
  });
  assert.deepEqual(await read("stop"), {
    ...common,
    transcript_path: "/transcript-above",
    agent_transcript_path: "/transcript",
    hook_event_name: "SubagentStop",
    stop_hook_active: true,
    last_assistant_message: "done",
  });
  const ended = runs.filter(({ status }) => status !== "running");
  assert.deepEqual(ended.map(({ eventName, scope }) => [eventName, scope]), [
    ["subagentStart", "thread"],
    ["userPromptSubmit", "turn"],
    ["subagentStop", "turn"],
  ]);
  const { sessionId, settings, stage } = scene;
  await thread.leave({
    sessionId,
    threadId,
    cwd: settings.cwd,
    tell: (method, params) => stage.tell(method, params),
  });
  await assert.rejects(
    Deno.stat(`${ground.work}/end.json`),
    Deno.errors.NotFound,
  );
});

Deno.test("matchers of hooks for agents are held against their kind", async () => {
  await using ground = await createGround({
    "home/hooks.json": {
      hooks: {
        SubagentStart: [
          { matcher: "worker", hooks: [command("echo for workers")] },
          { matcher: "explorer", hooks: [command("echo for explorers")] },
        ],
      },
    },
  });
  await ground.trustHooks();
  const { thread, scene } = open(ground, { agent });
  const verdict = await thread.occur({ event: "subagentStart" }, scene);
  assert.deepEqual(verdict.contexts, ["for workers"]);
});

Deno.test("a hook can have an agent go on, but not keep it from beginning", async () => {
  await using ground = await groundWith({
    SubagentStart: [command(`echo '{"continue":false,"stopReason":"no"}'`)],
    SubagentStop: [command("echo more >&2; exit 2")],
  });
  const { thread, scene, runs } = open(ground, { agent });
  const begun = await thread.occur({ event: "subagentStart" }, scene);
  assert.deepEqual([begun.stopped, begun.blocked, begun.contexts], [
    null,
    null,
    [],
  ]);
  const ended = await thread.occur(
    { event: "subagentStop", isActive: false, lastAgentMessage: null },
    scene,
  );
  assert.deepEqual(ended.fragments.map(({ text }) => text), ["more"]);
  assert.deepEqual(
    runs.filter(({ status }) => status !== "running").map((run) => run.status),
    ["completed", "blocked"],
  );
});
