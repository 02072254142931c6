import assert from "node:assert/strict";
import { makePlaceholder } from "../../tests/kit/placeholder.ts";
import type { AskForApproval } from "../protocol/mod.ts";
import type { ForkOrigin } from "./agent.ts";
import { createAgent } from "./create_agent.ts";
import { collaborationInstructions } from "./_collaboration_mode.ts";
import { rehearse, says, settings, toShort } from "./_rehearsal_test.ts";

/** Texts of what a request adds to the one before it. */
function added(
  requests: readonly { readonly input: readonly unknown[] }[],
  at: number,
): string[] {
  const before = at === 0 ? [] : requests[at - 1]!.input;
  const { input } = requests[at]!;
  assert.deepEqual(input.slice(0, before.length), before);
  return (input.slice(before.length) as {
    role: string;
    content: { text: string }[];
  }[])
    .map(({ role, content }) =>
      `${role}: ${content.map(({ text }) => text).join("|")}`
    );
}

Deno.test("run sends again what it sent before, byte for byte, and no context twice", async () => {
  const { run, model, agent } = rehearse([says("A1"), says("A2")]);

  await run("one");
  await run("two");

  assert.deepEqual(added(model.requests, 1), ["assistant: A1", "user: two"]);
  assert.deepEqual(toShort(model.requests[0]!.input.slice(0, 1)), [
    "developer: BASE",
  ]);
  assert.deepEqual(
    model.requests[1]!.input.slice(1),
    agent.history.slice(0, -1),
  );
});

Deno.test("run sends context once more after a resume only where it is news", async () => {
  const first = rehearse([says("A1")]);
  await first.run("one");
  const past = {
    history: structuredClone(first.agent.history),
    usage: first.agent.usage,
    compactions: 0,
    lastContext: { model: "mock" },
  };
  const second = rehearse([says("A2")], { past });

  await second.run("two");

  assert.deepEqual(toShort(second.agent.history).slice(3), [
    "assistant: A1",
    "user: two",
    "assistant: A2",
  ]);
  assert.equal(
    JSON.parse(second.model.requests[0]!.headers["x-codex-turn-metadata"]!)
      .history_initialization,
    "cold_resume",
  );
});

Deno.test("run tells providers what a conversation is a fork of, and how it was made", async () => {
  const history = [{
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: "before" }],
  }] as const;
  const told = async (
    making: ForkOrigin["making"],
    endOrdinal: number | null,
  ) => {
    const { run, model } = rehearse([says("A")], {
      past: {
        history,
        usage: null,
        compactions: 0,
        lastContext: null,
        forkedFrom: { threadId: "source", endOrdinal, making },
      },
    });
    await run("one");
    const header = model.requests[0]!.headers["x-codex-turn-metadata"]!;
    return Object.entries(JSON.parse(header)).filter(([name]) =>
      name.startsWith("forked_from") || name === "history_initialization"
    );
  };
  const source = ["forked_from_thread_id", "source"];

  assert.deepEqual(await told("warm_fork", 14), [
    ["history_initialization", "warm_fork"],
    source,
    ["forked_from_ordinal_exclusive", 14],
  ]);
  assert.deepEqual(await told(null, null), [
    ["history_initialization", "cold_resume"],
    source,
  ]);
});

Deno.test("run tells providers that somebody else reviews only where the model can ask", async () => {
  const told = async (approvalPolicy: AskForApproval) => {
    const { run, model } = rehearse([says("A")]);
    await run("one", {
      settings: {
        ...settings,
        approvalPolicy,
        approvalsReviewer: "auto_review",
      },
    });
    const header = model.requests[0]!.headers["x-codex-turn-metadata"]!;
    return JSON.parse(header).auto_review_enabled;
  };
  const granular = {
    sandbox_approval: true,
    rules: true,
    mcp_elicitations: true,
  };
  assert.deepEqual(
    [
      await told("on-request"),
      await told({ granular }),
      await told("untrusted"),
      await told("never"),
    ],
    [true, true, false, false],
  );
});

Deno.test("run tells the model what has changed since the last turn", async () => {
  const { run, model } = rehearse([says("A1"), says("A2"), says("A3")], {
    developerInstructions: "DEV",
  });

  await run("one");
  await run("two", {
    settings: {
      ...settings,
      model: "other",
      approvalPolicy: "on-request",
      sandboxPolicy: { type: "readOnly" },
    },
  });
  await run("three", {
    settings: {
      ...settings,
      model: "other",
      approvalPolicy: "on-request",
      sandboxPolicy: { type: "readOnly" },
    },
  });

  assert.match(
    added(model.requests, 0)[1]!,
    /^developer: DEV\|<permissions instructions>/,
  );
  const [said, developer, user, question] = added(model.requests, 1);
  assert.equal(said, "assistant: A1");
  assert.match(
    developer!,
    /^developer: <model_switch>[^|]*<\/model_switch>\|<permissions instructions>.*read-only.*on-request/s,
  );
  assert.match(user!, /^user: <environment_context>.*special>:root</s);
  assert.equal(question, "user: two");
  assert.deepEqual(added(model.requests, 2), ["assistant: A2", "user: three"]);
});

Deno.test("run names what may be written", async () => {
  const { run, model } = rehearse([]);

  await run("one", {
    settings: {
      ...settings,
      sandboxPolicy: {
        type: "workspaceWrite",
        writableRoots: ["/a<b"],
        excludeSlashTmp: true,
      },
    },
  });

  const text = added(model.requests, 0).join("\n");
  assert.match(text, /`\/nowhere`, `\/a<b`\. The network is closed/);
  assert.match(text, /<entry access="write"><path>\/a&lt;b<\/path><\/entry>/);
  assert.ok(!text.includes(":slash_tmp"));
});

Deno.test("run names each way of approval", async () => {
  const policies = [
    ["never", /nobody can be asked/],
    ["untrusted", /every command for which no rule/],
    ["on-request", /require_escalated/],
    [{
      granular: {
        sandbox_approval: false,
        rules: true,
        mcp_elicitations: false,
      },
    }, /some things only: where a rule demands it\./],
  ] as const;
  for (const [approvalPolicy, pattern] of policies) {
    const { run, model } = rehearse([]);
    await run("one", { settings: { ...settings, approvalPolicy } });
    assert.match(added(model.requests, 0)[1]!, pattern);
  }
});

Deno.test("run tells of a mode when it is not the usual one, and when it ends", async () => {
  const { run, model } = rehearse([]);
  const to = (
    mode: "plan" | "default",
    developer_instructions: string | null = null,
  ) => ({
    settings: {
      ...settings,
      collaborationMode: {
        mode,
        settings: { model: "mock", developer_instructions },
      },
    },
  });

  await run("one", to("default"));
  await run("two", to("plan"));
  await run("three", to("default"));
  await run("four", to("default", "MINE"));

  const of = (at: number) =>
    added(model.requests, at).filter((one) =>
      one.startsWith("developer: <collaboration_mode>")
    );
  assert.deepEqual(of(0), []);
  assert.deepEqual(of(1), [
    `developer: <collaboration_mode>${
      collaborationInstructions("plan")
    }\n</collaboration_mode>`,
  ]);
  assert.deepEqual(of(2), [
    `developer: <collaboration_mode>${
      collaborationInstructions("default")
    }\n</collaboration_mode>`,
  ]);
  assert.deepEqual(of(3), [
    "developer: <collaboration_mode>MINE\n</collaboration_mode>",
  ]);
});

Deno.test("run adds what the client wants the model to know", async () => {
  const { run, model } = rehearse([]);

  await run("one", {
    additionalContext: {
      j: { kind: "application", value: "J" },
      k: { kind: "untrusted", value: "K" },
      empty: { kind: "untrusted", value: "" },
    },
  });

  const [, , , application, untrusted, question] = added(model.requests, 0);
  assert.equal(application, "developer: <j>J</j>");
  assert.match(untrusted!, /^user: <context name="k">\nK\n<\/context>/);
  assert.equal(question, "user: one");
});

Deno.test("run gives AGENTS.md from the home and from the project's root down", async () => {
  const root = await Deno.makeTempDir();
  try {
    const home = `${root}/home`;
    const cwd = `${root}/w/sub`;
    await Deno.mkdir(`${root}/w/.git`, { recursive: true });
    await Deno.mkdir(cwd);
    await Deno.mkdir(home);
    await Deno.writeTextFile(`${root}/AGENTS.md`, "outside");
    await Deno.writeTextFile(`${home}/AGENTS.md`, "global rules\n");
    await Deno.writeTextFile(`${root}/w/AGENTS.md`, "project rules\n");
    await Deno.writeTextFile(`${cwd}/AGENTS.md`, "hidden");
    await Deno.writeTextFile(`${cwd}/AGENTS.override.md`, "sub rules\n");
    const { run, model, agent } = rehearse([], { home });

    await run("one", { settings: { ...settings, cwd: `${root}/w` } });
    await run("two", { settings: { ...settings, cwd } });
    await run("three", { settings: { ...settings, cwd } });

    const first = "global rules\n\n--- project-doc ---\n\nproject rules\n";
    assert.match(
      added(model.requests, 0)[2]!,
      /^user: # AGENTS\.md instructions for /,
    );
    assert.ok(added(model.requests, 0)[2]!.includes(
      `# AGENTS.md instructions for ${root}/w\n\n<INSTRUCTIONS>\n${first}\n</INSTRUCTIONS>|<environment`,
    ));
    assert.match(
      added(model.requests, 1)[1]!,
      /takes the place of all AGENTS\.md[^]*project rules\n\n\nsub rules\n/,
    );
    // What was said once is not said again.
    assert.deepEqual(added(model.requests, 2), [
      "assistant: done",
      "user: three",
    ]);
    assert.deepEqual(await agent.instructionSources({ ...settings, cwd }), [
      `${home}/AGENTS.md`,
      `${root}/w/AGENTS.md`,
      `${cwd}/AGENTS.override.md`,
    ]);
    // They are gone, and the model hears of it.
    await Deno.remove(`${home}/AGENTS.md`);
    await Deno.remove(`${root}/w/AGENTS.md`);
    await Deno.remove(`${cwd}/AGENTS.override.md`);
    await Deno.remove(`${cwd}/AGENTS.md`);
    await run("four", { settings: { ...settings, cwd } });
    assert.match(added(model.requests, 3)[1]!, /No AGENTS\.md holds here/);
    await run("five", { settings: { ...settings, cwd } });
    assert.deepEqual(added(model.requests, 4), [
      "assistant: done",
      "user: five",
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("instructionSources heeds limits, fallbacks and markers of the configuration", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/a/b`, { recursive: true });
    await Deno.writeTextFile(`${root}/mark`, "");
    await Deno.writeTextFile(`${root}/AGENTS.md`, "ä".repeat(20));
    await Deno.writeTextFile(`${root}/a/NOTES.md`, "notes");
    await Deno.writeTextFile(`${root}/a/b/AGENTS.md`, "deep");
    const sources = (table: Record<string, string[] | number>) =>
      rehearse([], {}, table).agent.instructionSources({
        ...settings,
        cwd: `${root}/a/b`,
      });
    const markers = { project_root_markers: ["mark"] };

    assert.deepEqual(
      await sources({ project_root_markers: ["no such mark"] }),
      [`${root}/a/b/AGENTS.md`],
    );
    assert.deepEqual(await sources(markers), [
      `${root}/AGENTS.md`,
      `${root}/a/b/AGENTS.md`,
    ]);
    assert.deepEqual(
      await sources({
        ...markers,
        project_doc_fallback_filenames: ["NOTES.md", "../x"],
      }),
      [`${root}/AGENTS.md`, `${root}/a/NOTES.md`, `${root}/a/b/AGENTS.md`],
    );
    assert.deepEqual(await sources({ ...markers, project_doc_max_bytes: 39 }), [
      `${root}/AGENTS.md`,
    ]);
    assert.deepEqual(
      await sources({ ...markers, project_doc_max_bytes: 0 }),
      [],
    );
    const { run, model } = rehearse([], {}, {
      ...markers,
      project_doc_max_bytes: 39,
    });
    await run("one", { settings: { ...settings, cwd: root } });
    assert.ok(
      JSON.stringify(model.requests[0]!.input).includes(
        `${"ä".repeat(19)}\\n</INS`,
      ),
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("instructionSources takes what a sandbox leaves while a command runs for no project", async () => {
  const root = await Deno.makeTempDir();
  try {
    const cwd = `${root}/a`;
    await Deno.mkdir(`${root}/mark`);
    await Deno.mkdir(cwd);
    await Deno.writeTextFile(`${root}/AGENTS.md`, "above");
    await Deno.writeTextFile(`${cwd}/AGENTS.md`, "here");
    const sources = () =>
      rehearse([], {}, { project_root_markers: ["mark"] })
        .agent.instructionSources({ ...settings, cwd });
    const both = [`${root}/AGENTS.md`, `${cwd}/AGENTS.md`];
    assert.deepEqual(await sources(), both);
    await makePlaceholder(`${root}/mark`);
    assert.deepEqual(await sources(), both.slice(1));
    await Deno.chmod(`${root}/mark`, 0o755);
    assert.deepEqual(await sources(), both);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("run sends images, skills and why a file can't be read", async () => {
  const root = await Deno.makeTempDir();
  try {
    const png = new Uint8Array([
      0x89,
      0x50,
      0x4e,
      0x47,
      0x0d,
      0x0a,
      0x1a,
      0x0a,
      1,
    ]);
    await Deno.writeFile(`${root}/p.png`, png);
    await Deno.writeTextFile(`${root}/t.png`, "text");
    await Deno.writeTextFile(`${root}/SKILL.md`, "BODY\n");
    const { run, model, stage } = rehearse([]);

    await run("", {
      input: [
        { type: "text", text: "look" },
        { type: "localImage", path: `${root}/no.png` },
        { type: "localImage", path: `${root}/p.png`, detail: "low" },
        { type: "localImage", path: `${root}/t.png` },
        { type: "localImage", path: root },
        { type: "image", url: "data:x" },
        { type: "mention", name: "m", path: "app://m" },
        { type: "skill", name: "mine", path: `${root}/SKILL.md` },
      ],
      clientUserMessageId: "cu1",
    });

    const [look, skill] = model.requests[0]!.input.slice(-2) as {
      content: { text: string }[];
    }[];
    const [text, missing, open, image, close, junk, directory, url, ...rest] =
      look!.content;
    assert.deepEqual(rest, []);
    assert.equal(text!.text, "look");
    assert.match(
      missing!.text,
      /^Codex could not read the local image at `.*no\.png`: No such file/,
    );
    assert.equal(open!.text, `<image name=[Image #2] path="${root}/p.png">`);
    assert.deepEqual(image, {
      type: "input_image",
      image_url: `data:image/png;base64,${png.toBase64()}`,
      detail: "low",
    } as unknown);
    assert.equal(close!.text, "</image>");
    assert.match(junk!.text, /not a PNG, JPEG, GIF or WebP image$/);
    assert.match(directory!.text, /not a regular file$/);
    assert.deepEqual(
      url,
      { type: "input_image", image_url: "data:x", detail: "high" } as unknown,
    );
    assert.equal(
      skill!.content[0]!.text,
      `<skill>\n<name>mine</name>\n<path>${root}/SKILL.md</path>\nBODY\n\n</skill>`,
    );
    const [item] = stage.items;
    assert.ok(item?.type === "userMessage");
    assert.equal(item.clientId, "cu1");
    assert.deepEqual(item.content[0], {
      type: "text",
      text: "look",
      text_elements: [],
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("createAgent puts right a conversation that was cut apart", () => {
  const { agent: _, ...room } = rehearse([]);
  void room;
  const { agent } = rehearse([], {
    past: {
      history: [
        { type: "function_call", name: "f", arguments: "{}", call_id: "1" },
        { type: "function_call_output", call_id: "1", output: "one" },
        { type: "custom_tool_call", name: "g", input: "", call_id: "2" },
        { type: "function_call_output", call_id: "3", output: "stray" },
      ],
      usage: null,
      compactions: 0,
      lastContext: null,
    },
  });

  assert.deepEqual(toShort(agent.history), [
    "function_call 1",
    "function_call_output 1: one",
    "custom_tool_call 2",
    "custom_tool_call_output 2: aborted",
  ]);
  agent.add({ type: "function_call", name: "f", arguments: "", call_id: "4" });
  agent.replace(agent.history, agent);
  assert.equal(
    toShort(agent.history).at(-1),
    "function_call_output 4: aborted",
  );
  assert.equal(typeof createAgent, "function");
});
