import assert from "node:assert/strict";
import type { Place } from "./agent.ts";
import { rehearse, says, settings } from "./_rehearsal_test.ts";

const at = (environmentId: string, cwd = "/w") => ({
  environmentId,
  cwd,
  runtimeWorkspaceRoots: [cwd],
});

function place(view: Place["view"], more: Partial<Place> = {}): Place {
  return {
    view,
    requiredSkills: [],
    settled: () => Promise.resolve(),
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
    '    <environment id="b&lt;x">',
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

Deno.test("run goes on here, whatever is with the other places", async () => {
  const places: Record<string, Place> = {
    ready,
    broken,
    slow: place({ status: "pending" }, {
      settled: () => Promise.withResolvers<void>().promise,
    }),
  };
  const { run, model } = rehearse([says("A")], {
    findPlace: (id) => places[id],
  });
  const environments = ["ready", "broken", "slow", "gone", "local"].map((id) =>
    at(id)
  );
  const end = await run("one", { settings: { ...settings, environments } });
  assert.equal(end.status, "completed");
  const errors = linesOfPlaces(environmentTold(model)).filter((line) =>
    /<(?:error|shell)>/.test(line)
  ).map((line) => line.trim());
  assert.deepEqual(errors.slice(0, 4), [
    "<error>this server runs commands and changes files on its own machine " +
    "only</error>",
    "<error>no &lt;way&gt;</error>",
    "<error>it is not connected yet</error>",
    "<error>it is not known any more</error>",
  ]);
  assert.match(errors[4]!, /^<shell>/);
});

Deno.test("run fails before the model is asked where only another place is ready", async () => {
  let view: Place["view"] = { status: "pending" };
  const late: Place = {
    get view() {
      return view;
    },
    requiredSkills: [],
    settled: () => {
      view = { status: "ready" };
      return Promise.resolve();
    },
  };
  const { run, model } = rehearse([], { findPlace: () => late });
  const end = await run("one", {
    settings: { ...settings, environments: [at("box")] },
  });
  assert.deepEqual(end, {
    status: "failed",
    error: {
      message: "The thread is to work in environment `box`, and this server " +
        "runs commands and changes files on its own machine only",
      codexErrorInfo: "other",
      additionalDetails: null,
      misalignment: null,
    },
    lastAgentMessage: null,
  });
  assert.equal(model.requests.length, 0);
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
        settled: () => {
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
