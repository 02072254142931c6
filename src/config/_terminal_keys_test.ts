import assert from "node:assert/strict";
import { configFile } from "./known_keys.ts";
import { parseToml } from "./toml.ts";

const told = async (text: string) => {
  const table = await parseToml(text);
  const mismatch = configFile.findMismatch(table);
  return mismatch && `${mismatch.path.join(".")}: ${mismatch.message}`;
};

Deno.test("known keys of terminals are looked at, others are left to them", async () => {
  const wrong = {
    "[tui]\nanimations = 3":
      "tui.animations: invalid type: integer `3`, expected a boolean",
    '[tui]\nalternate_screen = "x"':
      "tui.alternate_screen: unknown variant `x`, expected one of `auto`, " +
      "`always`, `never`",
    "[tui]\nnotifications = 3":
      "tui: data did not match any variant of untagged enum Notifications",
    "[notice.model_migrations]\na = 3":
      "notice.model_migrations.a: invalid type: integer `3`, expected a string",
    '[otel]\nexporter = "x"':
      "otel.exporter: unknown variant `x`, expected one of `none`, " +
      "`statsig`, `otlp-http`, `otlp-grpc`",
    "[otel.exporter.otlp-http]\nendpoint = 3":
      "otel.exporter.otlp-http.endpoint: invalid type: integer `3`, " +
      "expected a string",
    '[realtime]\nversion = "x"':
      "realtime.version: unknown variant `x`, expected one of `v1`, `v2`, `v3`",
    "[memories]\nmax_unused_days = true":
      "memories.max_unused_days: invalid type: boolean `true`, expected i64",
    "[skills.bundled]\nenabled = 3":
      "skills.bundled.enabled: invalid type: integer `3`, expected a boolean",
    "[audio]\nspeaker = 3":
      "audio.speaker: invalid type: integer `3`, expected a string",
    '[plugins."a@b"]\nenabled = 3':
      "plugins: invalid type: integer `3`, expected a boolean",
    '[apps.a.tools.b]\napproval_mode = "x"':
      "apps: unknown variant `x`, expected one of " +
      "`auto`, `prompt`, `writes`, `approve`",
  };
  for (const [text, words] of Object.entries(wrong)) {
    assert.equal(await told(text), words);
  }
  for (
    const text of [
      '[tui]\nnotifications = ["a"]\ntheme = "dark"\nanything = 1',
      "[tui]\nnotifications = true\n[tui.keymap]\nanything = 1",
      '[otel]\nexporter = "none"\nanything = 1',
      '[otel.exporter.otlp-http]\nendpoint = "x"\nprotocol = "json"',
      "[skills]\nconfig = [{ path = '/x', enabled = false }]",
      "[notice]\nanything = 1",
    ]
  ) {
    const table = await parseToml(text);
    assert.equal(configFile.findMismatch(table), undefined, text);
    assert.deepEqual(configFile.findUnknown(table), [], text);
  }
});
