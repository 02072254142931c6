import assert from "node:assert/strict";
import { findPinned, judgeDemands, toHeld } from "./_demands.ts";
import { parseToml } from "./toml.ts";

async function demand(text: string): Promise<{
  table: Awaited<ReturnType<typeof parseToml>>;
  file: { path: string; text: string };
}> {
  return { table: await parseToml(text), file: { path: "/etc/r.toml", text } };
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("toHeld pins features, also those with settings of their own", async () => {
  const demands = await demand(
    "[features]\ngoals = false\nmulti_agent_v2 = false\nmemories = true\n",
  );
  const effective = await parseToml(
    "[features]\ngoals = true\nsteer = true\n[features.multi_agent_v2]\n" +
      "enabled = true\nwait = true\n",
  );
  assert.deepEqual(plain(toHeld(effective, demands)), {
    features: {
      goals: false,
      steer: true,
      multi_agent_v2: { enabled: false, wait: true },
      memories: true,
    },
  });
  assert.equal((effective.features as { goals: boolean }).goals, true);
  assert.equal(toHeld(effective, undefined), effective);
});

Deno.test("toHeld searches no further than allowed; not to search always is", async () => {
  const only = await demand('allowed_web_search_modes = ["cached"]\n');
  const none = await demand("allowed_web_search_modes = []\n");
  const most = await demand('allowed_web_search_modes = ["live", "indexed"]\n');
  const search = (text: string, demands: typeof only) =>
    parseToml(text).then((table) => toHeld(table, demands).web_search);
  assert.deepEqual(
    [
      await search('web_search = "live"', only),
      await search('web_search = "disabled"', only),
      await search("", only),
      await search("", none),
      await search("", most),
    ],
    ["cached", "disabled", undefined, "disabled", "indexed"],
  );
});

Deno.test("judgeDemands tells unknown pins, and what is held back", async () => {
  const demands = await demand(
    'allowed_web_search_modes = ["cached"]\n[features]\nnope = true\n',
  );
  const effective = await parseToml('web_search = "live"\n');
  assert.deepEqual(
    (await judgeDemands(effective, demands)).map(({ summary }) => summary),
    [
      "Ignoring unknown `features` requirement `nope` from /etc/r.toml",
      "Configured value for `web_search_mode` is disallowed by requirements; " +
      "falling back to required value Cached. Details: invalid value for " +
      "`web_search_mode`: `Live` is not in the allowed set " +
      "[Disabled, Cached] (set by /etc/r.toml)",
    ],
  );
  assert.deepEqual(await judgeDemands(effective, undefined), []);
});

Deno.test("findPinned names the first feature that is set against its pin", async () => {
  const demands = await demand(
    "[features]\nremote_plugin = false\nmemories = true\nnope = true\n",
  );
  const find = async (text: string) =>
    await findPinned(await parseToml(text), demands);
  assert.equal(await find("[features]\nmemories = true\n"), undefined);
  assert.equal(await find('model = "x"\n'), undefined);
  assert.equal(
    await find("[features]\nmemories = false\n"),
    "invalid value for `features`: `features.memories=false` is not in the " +
      "allowed set [memories=true, remote_plugin=false] (set by /etc/r.toml)",
  );
});
