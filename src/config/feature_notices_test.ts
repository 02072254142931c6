import assert from "node:assert/strict";
import { Ground } from "./_ground_test.ts";

/** Summaries and the warning for a configuration of that text. */
async function noticesOf(
  text: string,
  { overrides = {}, switched = {} }: {
    readonly overrides?: Readonly<Record<string, boolean>>;
    readonly switched?: Readonly<Record<string, boolean>>;
  } = {},
): Promise<{ summaries: string[]; warning: string | null }> {
  await using ground = await Ground.create({ "home/config.toml": text });
  const configuration = await ground.open();
  await configuration.setFeatures(switched);
  const config = await configuration.forThread({ cwd: ground.root, overrides });
  const { deprecations, warning } = await configuration.findFeatureNotices(
    config,
  );
  return {
    summaries: deprecations.map(({ summary }) => summary),
    warning: warning?.replaceAll(ground.root, "ROOT") ?? null,
  };
}

Deno.test("findFeatureNotices tells names that are out of use in their order, on or off", async () => {
  const { summaries, warning } = await noticesOf(
    "[features]\nweb_search = true\nweb_search_cached = false\n" +
      "telepathy = false\ncollab = true\nuse_legacy_landlock = false\n" +
      "transcript_v2 = true\nconnectors = false\nshell_zsh_fork = false\n" +
      "[features.guardianv2]\nthread_context = true\n",
  );
  assert.deepEqual(summaries, [
    "`[features].collab` is deprecated. Use `[features].multi_agent` instead.",
    "`[features].connectors` is deprecated. Use `[features].apps` instead.",
    "`[features.guardianv2].thread_context` is deprecated and ignored.",
    "`[features].transcript_v2` is deprecated and ignored.",
    "`[features].use_legacy_landlock` is deprecated and will be removed soon.",
    "`[features].web_search_cached` is deprecated because web search is " +
    "enabled by default.",
    "`[features].shell_zsh_fork` is deprecated and ignored.",
    "`[features].telepathy` is deprecated. Use `[features].chronicle` instead.",
    "`[features].web_search` is deprecated because web search is enabled by " +
    "default.",
  ]);
  assert.equal(warning, null);
});

Deno.test("findFeatureNotices warns of what is being worked on, by name, wherever it was turned on", async () => {
  const { summaries, warning } = await noticesOf(
    "[features]\nrequest_permissions_tool = true\nmemories = true\n" +
      "sleep_tool = true\ntoken_budget = false\n" +
      "[features.code_mode]\nenabled = true\n",
    { overrides: { "features.artifact": true } },
  );
  assert.deepEqual(summaries, []);
  assert.equal(
    warning,
    "Under-development features enabled: artifact, code_mode, " +
      "request_permissions_tool. Under-development features are incomplete " +
      "and may behave unpredictably. To suppress this warning, set " +
      "`suppress_unstable_features_warning = true` in ROOT/home/config.toml.",
  );
});

Deno.test("findFeatureNotices is silent where the user wants that, of what is off, and of what was turned on since", async () => {
  const features = "[features]\nartifact = true\n";
  const silent = "suppress_unstable_features_warning = true\n";
  assert.equal((await noticesOf(silent + features)).warning, null);
  assert.equal(
    (await noticesOf(features, { overrides: { "features.artifact": false } }))
      .warning,
    null,
  );
  assert.equal((await noticesOf("")).warning, null);
  const switched = { mcp_connection_sharing: true };
  assert.equal((await noticesOf("", { switched })).warning, null);
});
