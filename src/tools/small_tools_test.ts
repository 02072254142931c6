import assert from "node:assert/strict";
import type {
  DynamicToolCallItem,
  ThreadGoal,
  ThreadSettings,
} from "../protocol/mod.ts";
import { createGround, model, refuse } from "./_tool_ground_test.ts";
import { findTool, toToolSpecs } from "./create_toolbox.ts";
import { searchTools, toolSearchSpec } from "./tool_search.ts";
import { StorageError } from "./stage.ts";
import type { Tool } from "./tool.ts";

const plan = {
  collaborationMode: {
    mode: "plan",
    settings: {
      model: "model",
      reasoning_effort: null,
      developer_instructions: null,
    },
  },
} as const satisfies Partial<ThreadSettings>;

const pixel = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
);

/** Models are offered plans where the configuration says so. */
const withPlans = { tools: { update_plan: { enabled: true } } };

Deno.test("update_plan tells the plan", async () => {
  await using ground = await createGround({ config: withPlans });
  const text = await ground.text("update_plan", {
    explanation: "why",
    plan: [
      { step: "a", status: "completed" },
      { step: "b", status: "in_progress" },
      { step: "c", status: "pending" },
    ],
  });
  assert.equal(text, "Plan updated");
  assert.deepEqual(ground.stage.told, [["turn/plan/updated", {
    threadId: "thread",
    turnId: "turn",
    explanation: "why",
    plan: [
      { step: "a", status: "completed" },
      { step: "b", status: "inProgress" },
      { step: "c", status: "pending" },
    ],
  }]]);
});

Deno.test("update_plan refuses what is no plan, and Plan mode", async () => {
  await using ground = await createGround({ config: withPlans });
  assert.equal(
    await ground.text("update_plan", { plan: [{ step: "a", status: "x" }] }),
    "failed to parse function arguments: unknown variant `x` of " +
      "`plan[0].status`, expected one of `pending`, `in_progress`, `completed`",
  );
  const settings = { ...ground.settings, ...plan };
  const text = await ground.text("update_plan", { plan: [] }, { settings });
  assert.match(text, /not for Plan mode/);
  assert.deepEqual(ground.stage.told, []);
});

Deno.test("view_image gives a picture and its item", async () => {
  await using ground = await createGround();
  const { stage, cwd } = ground;
  await Deno.writeFile(`${cwd}/p`, pixel);
  const { output } = await ground.call("view_image", { path: "p" });
  assert.deepEqual(output, [{
    type: "input_image",
    image_url: `data:image/png;base64,${pixel.toBase64()}`,
    detail: "high",
  }]);
  const item = { type: "imageView", id: "c1", path: `${cwd}/p` };
  assert.deepEqual(stage.told, [["started", item], ["completed", item]]);
});

Deno.test("view_image says what is wrong with what is no picture", async () => {
  await using ground = await createGround({ rules: { denyRead: ["/etc"] } });
  const { cwd } = ground;
  await Deno.writeTextFile(`${cwd}/t`, "text");
  await Deno.writeTextFile(`${cwd}/long`, "");
  await Deno.truncate(`${cwd}/long`, 20 * 1024 * 1024 + 1);
  const view = (path: string) => ground.text("view_image", { path });
  assert.deepEqual(
    [
      await view("nope.png"),
      await view("t"),
      await view("."),
      await view("long"),
    ],
    [
      `unable to locate image at \`${cwd}/nope.png\`: No such file or ` +
      "directory (os error 2)",
      "unable to process image: invalid or unsupported image data",
      `image path \`${cwd}\` is not a file`,
      `image path \`${cwd}/long\` has 20971521 bytes, more than the 20971520 ` +
      "that can be shown",
    ],
  );
  assert.match(await view("/etc/hostname"), /not allowed/);
  assert.deepEqual(ground.stage.told, []);
});

const questions = [{
  id: "q1",
  header: "Pick",
  question: "Which?",
  options: [{ label: "A", description: "a" }],
}];

Deno.test("request_user_input asks in Plan mode, and no answer is an answer", async () => {
  await using ground = await createGround({ settings: plan });
  const { stage } = ground;
  const answers = { q1: { answers: ["B"] } };
  stage.answer = () => ({ answers });
  const ask = () => ground.text("request_user_input", { questions });
  assert.deepEqual(JSON.parse(await ask()), { answers });
  assert.deepEqual(stage.told, [
    ["waitingOnUserInput"],
    ["item/tool/requestUserInput", {
      threadId: "thread",
      turnId: "turn",
      itemId: "c1",
      questions: [{
        id: "q1",
        header: "Pick",
        question: "Which?",
        isOther: true,
        isSecret: false,
        options: [{ label: "A", description: "a" }],
      }],
      isBlocking: true,
      autoResolutionMs: null,
    }],
  ]);
  stage.answer = refuse;
  assert.deepEqual(JSON.parse(await ask()), { answers: {} });
});

Deno.test("request_user_input is refused outside of Plan mode and without options", async () => {
  await using ground = await createGround();
  assert.equal(
    await ground.text("request_user_input", { questions }),
    "request_user_input is unavailable in Default mode",
  );
  const settings = { ...ground.settings, ...plan };
  const bare = [{ id: "q", header: "h", question: "?" }];
  assert.equal(
    await ground.text("request_user_input", { questions: bare }, { settings }),
    "request_user_input requires non-empty options for every question",
  );
  assert.deepEqual(ground.stage.told, []);
});

const dynamicTools = [
  {
    type: "function",
    name: "lookup",
    description: "L",
    inputSchema: { type: "object" },
  },
  {
    type: "namespace",
    name: "ns",
    description: "N",
    tools: [
      {
        type: "function",
        name: "one",
        description: "1",
        inputSchema: { type: "object", required: ["q"] },
      },
      {
        type: "function",
        name: "late",
        description: "later",
        inputSchema: null,
        deferLoading: true,
      },
      { type: "function", name: "two", description: "2", inputSchema: null },
    ],
  },
  { name: "old", namespace: "ns", description: "O", inputSchema: null },
] as const;

Deno.test("toToolSpecs() puts the tools of a namespace together, without deferred ones", async () => {
  await using ground = await createGround({
    toolbox: { dynamicTools: dynamicTools as never },
  });
  const { settings } = ground;
  const specs = toToolSpecs(ground.toolbox.tools(), { settings, model });
  const spec = (name: string, description: string, more = {}) => ({
    type: "function",
    name,
    description,
    strict: false,
    parameters: { type: "object", properties: {}, ...more },
  });
  assert.deepEqual(specs.slice(-4), [
    spec("lookup", "L"),
    {
      type: "namespace",
      name: "ns",
      description: "N",
      tools: [
        spec("one", "1", { required: ["q"] }),
        spec("two", "2"),
        spec("old", "O"),
      ],
    },
    { type: "web_search", external_web_access: true },
    toolSearchSpec,
  ]);
  assert.deepEqual(
    specs.map((one) => "name" in one ? one.name : one.type).slice(0, -4),
    [
      "exec_command",
      "write_stdin",
      "request_user_input",
      "apply_patch",
      "view_image",
    ],
  );
  const unknown = {
    ...model,
    isKnown: false,
    findsTools: false,
    hasPatchTool: false,
  };
  const names = toToolSpecs(ground.toolbox.tools(), {
    settings,
    model: unknown,
  }).map((one) => "name" in one ? one.name : one.type);
  assert.deepEqual(names, [
    "exec_command",
    "write_stdin",
    "request_user_input",
    "view_image",
    "lookup",
    "ns",
    "web_search",
  ]);
});

Deno.test("toToolSpecs() offers no search where nothing is to be found, and plans where they are wanted", async () => {
  await using ground = await createGround({ config: withPlans });
  const { settings } = ground;
  const names = toToolSpecs(ground.toolbox.tools(), { settings, model })
    .map((one) => "name" in one ? one.name : one.type);
  assert.deepEqual(names, [
    "exec_command",
    "write_stdin",
    "update_plan",
    "request_user_input",
    "apply_patch",
    "view_image",
    "web_search",
  ]);
});

Deno.test("findTool() finds what is offered or can be searched for, in its place", async () => {
  await using ground = await createGround({
    toolbox: { dynamicTools: dynamicTools as never },
  });
  const { settings } = ground;
  const find = (
    name: string,
    { namespace, facts = model }: {
      readonly namespace?: string;
      readonly facts?: typeof model;
    } = {},
  ) => {
    const surroundings = { settings, model: facts };
    const call = { name, namespace };
    const found = findTool(ground.toolbox.tools(), call, surroundings);
    return found && [found.tool.namespace, found.tool.name, found.kind];
  };
  assert.deepEqual(find("exec_command"), [
    undefined,
    "exec_command",
    "function",
  ]);
  for (const namespace of ["", "functions"]) {
    assert.deepEqual(
      find("exec_command", { namespace }),
      find("exec_command"),
    );
  }
  assert.deepEqual(find("apply_patch"), [undefined, "apply_patch", "custom"]);
  const unknown = {
    ...model,
    isKnown: false,
    findsTools: false,
    hasPatchTool: false,
  };
  assert.equal(find("apply_patch", { facts: unknown }), undefined);
  assert.deepEqual(find("late", { namespace: "ns" }), [
    "ns",
    "late",
    "function",
  ]);
  for (const name of ["request_permissions", "update_plan", "web_search"]) {
    assert.equal(find(name), undefined, name);
  }
  assert.equal(find("late"), undefined);
  assert.equal(find("exec_command", { namespace: "ns" }), undefined);
});

Deno.test("searchTools() finds hidden tools by any of their words, the best first", async () => {
  const hidden = (name: string, description: string, schema = {}) => ({
    type: "function",
    name,
    description,
    inputSchema: schema,
    deferLoading: true,
  });
  await using ground = await createGround({
    toolbox: {
      dynamicTools: [{
        type: "namespace",
        name: "panes",
        description: "Windows",
        tools: [
          hidden("open_pane", "Opens a pane"),
          hidden("closePane", "Ends one"),
          hidden("paint", "Paints", {
            properties: { colour: { description: "such as red" } },
          }),
          { ...hidden("listed", "A pane, listed"), deferLoading: false },
        ],
      }] as never,
    },
  });
  const { settings } = ground;
  const search = (input: unknown, facts = model) =>
    searchTools(ground.toolbox.tools(), input, { settings, model: facts })
      .flatMap((spec) =>
        (spec as { tools: { name: string; defer_loading: boolean }[] }).tools
      ).map(({ name, defer_loading }) => {
        assert.equal(defer_loading, true);
        return name;
      });
  assert.deepEqual(search({ query: "open pane" }), ["open_pane", "closePane"]);
  assert.deepEqual(search({ query: "pane open", limit: 1 }), ["open_pane"]);
  assert.deepEqual(search({ query: "RED colour" }), ["paint"]);
  assert.deepEqual(search({ query: "windows" }), [
    "closePane",
    "open_pane",
    "paint",
  ]);
  for (
    const none of [
      { query: "nothing" },
      { query: "" },
      { query: "pane", limit: 0 },
      { query: "pane", limit: 1.5 },
      { query: "pane", limit: "1" },
      { query: 1 },
      {},
      "pane",
      null,
      undefined,
    ]
  ) assert.deepEqual(search(none), [], JSON.stringify(none));
  assert.deepEqual(
    search({ query: "pane" }, { ...model, isKnown: false, findsTools: false }),
    [],
  );
});

Deno.test("a tool of the client is called there, deferred or not", async () => {
  await using ground = await createGround({
    toolbox: { dynamicTools: dynamicTools as never },
  });
  const { stage } = ground;
  const image = `data:image/png;base64,${pixel.toBase64()}`;
  stage.answer = () => ({
    success: true,
    contentItems: [
      { type: "inputText", text: "a" },
      { type: "inputImage", imageUrl: image },
      { type: "inputImage", imageUrl: "data:image/png;base64,AA==" },
      { type: "inputAudio", audioUrl: "data:audio/wav;base64,AA==" },
    ],
  });
  const call = { namespace: "ns" };
  const { output } = await ground.call("late", { q: 1 }, call);
  const omitted = "content omitted because it could not be processed";
  assert.deepEqual(output, [
    { type: "input_text", text: "a" },
    { type: "input_image", image_url: image, detail: "high" },
    { type: "input_text", text: `image ${omitted}` },
    { type: "input_text", text: `audio ${omitted}` },
  ]);
  assert.deepEqual(stage.order, ["started", "item/tool/call", "completed"]);
  assert.deepEqual(stage.told[1]![1], {
    threadId: "thread",
    turnId: "turn",
    callId: "c1",
    namespace: "ns",
    tool: "late",
    arguments: { q: 1 },
  });
  stage.answer = () => ({
    success: false,
    contentItems: [{ type: "inputText", text: "no" }],
  });
  assert.deepEqual(await ground.call("lookup", {}), {
    output: "no",
    isSuccess: false,
  });
  const { status, success } = stage.items.get("c2") as DynamicToolCallItem;
  assert.deepEqual([status, success], ["failed", false]);
});

Deno.test("a tool of the client that fails is an answer, and its item is complete", async () => {
  await using ground = await createGround({
    toolbox: { dynamicTools: dynamicTools as never },
  });
  const { stage } = ground;
  stage.answer = refuse;
  assert.equal(
    await ground.text("lookup", {}),
    "dynamic tool request failed",
  );
  stage.answer = () => new Promise(() => {});
  const turn = new AbortController();
  const done = ground.text("lookup", {}, { signal: turn.signal });
  await stage.until(() => stage.order.at(-1) === "item/tool/call");
  turn.abort();
  assert.match(await done, /aborted by user$/);
  assert.equal(stage.order.at(-1), "completed");
  for (const id of ["c1", "c2"]) {
    assert.equal(
      (stage.items.get(id) as DynamicToolCallItem).status,
      "failed",
    );
  }
});

const goal: ThreadGoal = {
  threadId: "thread",
  objective: "do it",
  status: "active",
  tokenBudget: 1000,
  tokensUsed: 360,
  timeUsedSeconds: 0,
  createdAt: 1,
  updatedAt: 1,
};

Deno.test("the goal is read, set and updated through its port", async () => {
  const calls: unknown[] = [];
  await using ground = await createGround({
    toolbox: {
      goals: {
        get: () => Promise.resolve(null),
        create: (wish) => {
          calls.push(wish);
          return Promise.resolve(goal);
        },
        update: (status) => {
          calls.push(status);
          return Promise.resolve({ ...goal, status });
        },
      },
    },
  });
  const json = async (name: string, args: object) =>
    JSON.parse(await ground.text(name, args));
  assert.deepEqual(await json("get_goal", {}), {
    goal: null,
    remainingTokens: null,
    completionBudgetReport: null,
  });
  assert.deepEqual(await json("create_goal", { objective: " do it " }), {
    goal,
    remainingTokens: 640,
    completionBudgetReport: null,
  });
  const { completionBudgetReport } = await json("update_goal", {
    status: "complete",
  });
  assert.match(completionBudgetReport, /goal\.tokensUsed/);
  assert.deepEqual(calls, [
    { objective: "do it", tokenBudget: null },
    "complete",
  ]);
  assert.deepEqual(
    [
      await ground.text("create_goal", { objective: " " }),
      await ground.text("create_goal", { objective: "a", token_budget: -1 }),
      await ground.text("update_goal", { status: "active" }),
    ],
    [
      "goal objective must not be empty",
      "goal budgets must be positive when provided",
      "failed to parse function arguments: unknown variant `active` of " +
      "`status`, expected one of `complete`, `blocked`, `paused`",
    ],
  );
});

Deno.test("a goal without a budget is told without one, and reports only time", async () => {
  const free = { ...goal, tokenBudget: null, timeUsedSeconds: 0 };
  let told: ThreadGoal = free;
  await using ground = await createGround({
    toolbox: {
      goals: {
        get: () => Promise.resolve(told),
        create: () => Promise.resolve(told),
        update: (status) => Promise.resolve({ ...told, status }),
      },
    },
  });
  const { tokenBudget: _, ...rest } = free;
  assert.deepEqual(JSON.parse(await ground.text("get_goal", {})), {
    goal: rest,
    remainingTokens: null,
    completionBudgetReport: null,
  });
  const report = async () =>
    JSON.parse(await ground.text("update_goal", { status: "complete" }))
      .completionBudgetReport;
  assert.equal(await report(), null);
  told = { ...free, timeUsedSeconds: 1 };
  assert.match(await report(), /goal\.timeUsedSeconds/);
});

Deno.test("the goal's refusals are for the model, a history that can't be written is not", async () => {
  let error: Error = new Error("this thread has no goal");
  await using ground = await createGround({
    toolbox: {
      goals: {
        get: () => Promise.reject(error),
        create: () => Promise.reject(error),
        update: () => Promise.reject(error),
      },
    },
  });
  assert.deepEqual(await ground.call("get_goal", {}), {
    output: "this thread has no goal",
    isSuccess: false,
  });
  error = new StorageError("disk full");
  await assert.rejects(ground.call("get_goal", {}), error);
});

Deno.test("Toolbox.tools() has those of others as they are now", async () => {
  const tool: Tool = {
    name: "other",
    namespace: "mcp__one",
    isParallel: false,
    spec: () => undefined,
    call: () => Promise.resolve({ output: "", isSuccess: true }),
  };
  let external: Tool[] = [];
  await using ground = await createGround({
    toolbox: { external: () => external },
  });
  assert.ok(!ground.toolbox.tools().includes(tool));
  external = [tool];
  assert.ok(ground.toolbox.tools().includes(tool));
});
