import assert from "node:assert/strict";
import type { Place } from "./agent.ts";
import { rehearse, says, settings } from "./_rehearsal_test.ts";

const at = (environmentId: string, cwd = "/w") => ({
  environmentId,
  cwd,
  runtimeWorkspaceRoots: [cwd],
});

const nothing = {
  stat: () => Promise.resolve(undefined),
  read: () => Promise.resolve(undefined),
};

function place(view: Place["view"], more: Partial<Place> = {}): Place {
  return {
    view,
    isReachable: view.status !== "disconnected",
    requiredSkills: [],
    shellName: undefined,
    files: nothing,
    reach: () => Promise.resolve(),
    ...more,
  };
}

const ready = place({ status: "ready" });
const broken = place({ status: "disconnected", error: "no <way>" });

/** What the model was told of its surroundings in its first request. */
function environmentTold(
  { requests }: { readonly requests: readonly { input: readonly unknown[] }[] },
): string {
  const [text] = JSON.stringify(requests[0]?.input).match(
    /<environment_context>.*?<\/environment_context>/,
  )!;
  return JSON.parse(`"${text}"`);
}

/** The lines between those of the context and those of the date. */
function linesOfPlaces(text: string): string[] {
  const lines = text.split("\n");
  return lines.slice(
    1,
    lines.findIndex((line) => line.includes("<current_date>")),
  );
}

Deno.test("run tells the model of a place that can't be reached, and asks it", async () => {
  const { run, model } = rehearse([says("A")], { findPlace: () => broken });
  const end = await run("one", {
    settings: { ...settings, environments: [at("b<x")] },
  });
  assert.equal(end.status, "completed");
  const text = environmentTold(model);
  assert.deepEqual(linesOfPlaces(text), [
    "  <environments>",
    '    <environment id="b&lt;x" primary="false">',
    "      <cwd>/w</cwd>",
    "      <status>failed</status>",
    "      <error>no &lt;way&gt;</error>",
    "    </environment>",
    "  </environments>",
  ]);
  assert.ok(!text.includes("workspace_roots"));
});

Deno.test("run tells the model nothing of places where there are none", async () => {
  const { run, model } = rehearse([says("A")]);
  await run("one", { settings: { ...settings, environments: [] } });
  assert.deepEqual(linesOfPlaces(environmentTold(model)), []);
});

Deno.test("run works in the first place that can be reached, and tells of all", async () => {
  const places: Record<string, Place> = {
    ready,
    broken,
    slow: place({ status: "pending" }),
    fish: place({ status: "ready" }, { shellName: "fish" }),
  };
  const { run, model } = rehearse([says("A")], {
    findPlace: (id) => places[id],
  });
  const environments = ["broken", "gone", "slow", "fish", "local", "ready"]
    .map((id) => at(id, `/${id}`));
  const end = await run("one", {
    settings: {
      ...settings,
      environments,
      sandboxPolicy: { type: "workspaceWrite" },
    },
  });
  assert.equal(end.status, "completed");
  const text = environmentTold(model);
  const told = linesOfPlaces(text).filter((line) =>
    /<(?:environment |error|shell)/.test(line)
  ).map((line) => line.trim());
  const here = told[9];
  assert.deepEqual(told, [
    '<environment id="broken" primary="false">',
    "<error>no &lt;way&gt;</error>",
    '<environment id="gone" primary="false">',
    "<error>it is not known any more</error>",
    '<environment id="slow" primary="false">',
    "<error>it is not connected yet</error>",
    '<environment id="fish" primary="true">',
    "<shell>fish</shell>",
    '<environment id="local" primary="false">',
    here,
    '<environment id="ready" primary="false">',
    here,
  ]);
  assert.match(
    text,
    /<workspace_roots><root>\/fish<\/root><\/workspace_roots>/,
  );
  assert.match(text, /<entry access="write"><path>\/fish<\/path><\/entry>/);
  assert.match(text, /<path>\/fish\/\.git<\/path>/);
  assert.match(JSON.stringify(model.requests[0]), /write below `\/fish`/);
});

Deno.test("run tells of the only place as of this machine, wherever it is", async () => {
  const { run, model } = rehearse([says("A")], {
    findPlace: () => place({ status: "ready" }, { shellName: "zsh" }),
  });
  await run("one", { settings: { ...settings, environments: [at("box")] } });
  assert.deepEqual(linesOfPlaces(environmentTold(model)), [
    "  <cwd>/w</cwd>",
    "  <shell>zsh</shell>",
  ]);
});

Deno.test("run waits for a place before it looks for another, and for no more than it needs", async () => {
  const asked: string[] = [];
  let view: Place["view"] = { status: "pending" };
  const late: Place = {
    get view() {
      return view;
    },
    isReachable: true,
    requiredSkills: [],
    shellName: undefined,
    files: nothing,
    reach: () => {
      asked.push("late");
      view = { status: "ready" };
      return Promise.resolve();
    },
  };
  const other = place({ status: "pending" }, {
    reach: () => {
      asked.push("other");
      return Promise.resolve();
    },
  });
  const { run, model } = rehearse([says("A")], {
    findPlace: (id) => id === "late" ? late : other,
  });
  const end = await run("one", {
    settings: { ...settings, environments: [at("late"), at("other")] },
  });
  assert.equal(end.status, "completed");
  assert.deepEqual(asked, ["late"]);
  assert.match(environmentTold(model), /id="late" primary="true"/);
});

Deno.test("run tries a place again that was out of reach only where there is no other", async () => {
  const asked: string[] = [];
  const dead = (id: string, isReachable = false) =>
    place(broken.view, {
      isReachable,
      reach: () => {
        asked.push(id);
        return Promise.resolve();
      },
    });
  const places: Record<string, Place> = {
    dead: dead("dead"),
    mending: dead("mending", true),
  };
  const turn = async (...ids: string[]) => {
    const { run } = rehearse([says("A")], { findPlace: (id) => places[id] });
    const environments = ids.map((id) => at(id));
    await run("one", { settings: { ...settings, environments } });
    return asked.splice(0);
  };
  assert.deepEqual(await turn("dead", "mending"), ["dead", "mending"]);
  assert.deepEqual(await turn("dead", "mending", "local"), ["mending"]);
  assert.deepEqual(await turn("local", "mending", "dead"), []);
});

Deno.test("run fails before the model is asked where a place needs skills", async () => {
  for (const environments of [[at("box")], [at("local"), at("box")]]) {
    const { run, model } = rehearse([], {
      findPlace: (id) =>
        id === "box"
          ? place(broken.view, { requiredSkills: ["a", "b"] })
          : undefined,
    });
    const end = await run("one", { settings: { ...settings, environments } });
    assert.equal(
      end.error?.message,
      'Fatal error: Required skill "a" from environment "box" is unavailable',
    );
    assert.equal(model.requests.length, 0);
  }
});

Deno.test("run is interrupted while it waits for a place", async () => {
  const waiting = Promise.withResolvers<void>();
  const { run, model, controller } = rehearse([], {
    findPlace: () =>
      place({ status: "pending" }, {
        reach: () => {
          waiting.resolve();
          return Promise.withResolvers<void>().promise;
        },
      }),
  });
  const end = run("one", {
    settings: { ...settings, environments: [at("box")] },
  });
  await waiting.promise;
  controller.abort();
  assert.equal((await end).status, "interrupted");
  assert.equal(model.requests.length, 0);
});

Deno.test("run reads the instructions of each place there, in the order of the places", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const there: Record<string, Uint8Array<ArrayBuffer>> = {
    "/repo/.git": bytes(""),
    "/repo/AGENTS.md": bytes("Be kind."),
    "/repo/w/AGENTS.md": bytes("Be brief."),
    "/AGENTS.md": bytes("Not of the project."),
  };
  const box = place({ status: "ready" }, {
    files: {
      stat: (path) => Promise.resolve(there[path] && { isFile: true }),
      read: (path) => Promise.resolve(there[path]),
    },
  });
  const mute = place({ status: "ready" }, {
    files: {
      stat: () => Promise.reject(new Error("gone")),
      read: () => Promise.reject(new Error("gone")),
    },
  });
  const findPlace = (id: string) =>
    ({ box, mute, dead: broken } as Record<string, Place>)[id];
  const instructionsTold = async (
    environments: ReturnType<typeof at>[],
  ): Promise<[sources: string[], text: string | undefined]> => {
    const { run, model, agent } = rehearse([says("A")], { findPlace });
    const where = { ...settings, environments };
    await run("one", { settings: where });
    const [text] = /# AGENTS.md instructions.*?<\/INSTRUCTIONS>/.exec(
      JSON.stringify(model.requests[0]!.input),
    ) ?? [];
    return [
      await agent.instructionSources(where),
      text && JSON.parse(`"${text}"`),
    ];
  };
  const sources = ["/repo/AGENTS.md", "/repo/w/AGENTS.md"];
  const rules = "Be kind.\n\nBe brief.";
  assert.deepEqual(await instructionsTold([at("box", "/repo/w")]), [
    sources,
    `# AGENTS.md instructions for /repo/w\n\n<INSTRUCTIONS>\n${rules}\n` +
    "</INSTRUCTIONS>",
  ]);
  assert.deepEqual(
    await instructionsTold([
      at("mute"),
      at("box", "/repo/w"),
      at("local", "/nowhere"),
    ]),
    [
      sources,
      "# AGENTS.md instructions\n\n<INSTRUCTIONS>\nIn environment `box`, " +
      `below /repo/w:\n\n${rules}\n</INSTRUCTIONS>`,
    ],
  );
  assert.deepEqual(await instructionsTold([at("dead"), at("mute")]), [
    [],
    undefined,
  ]);
});
