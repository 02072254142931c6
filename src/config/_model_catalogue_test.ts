import assert from "node:assert/strict";
import { readModelCatalogue } from "./_model_catalogue.ts";
import { ConfigError } from "./config_error.ts";
import { loadConfig } from "./load_config.ts";
import { openConfiguration } from "./configuration.ts";

const ant = {
  slug: "ant",
  display_name: "Ant",
  supported_reasoning_levels: [{ effort: "low", description: "a little" }],
  shell_type: "unified_exec",
  visibility: "list",
  supported_in_api: true,
  priority: 5,
  support_verbosity: false,
  truncation_policy: { mode: "bytes", limit: 8_000 },
  experimental_supported_tools: [],
  base_instructions: "You are an ant",
};

class Home {
  readonly path = Deno.makeTempDirSync();
  readonly catalogue = `${this.path}/models.json`;

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.path}/${name}`, text);
  }

  /** Why a catalogue is refused. */
  async refusal(text: string): Promise<string> {
    this.write("models.json", text);
    return await readModelCatalogue(this.catalogue).then(
      () => "none",
      (error) => {
        assert(error instanceof RangeError);
        const start = `failed to parse model_catalog_json path ` +
          `\`${this.catalogue}\` as JSON: `;
        return error.message.startsWith(start)
          ? error.message.slice(start.length)
          : error.message.replace(this.path, "HOME");
      },
    );
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("model_catalog_json counts from where it is written, and is read for each thread", async () => {
  using home = new Home();
  home.write("config.toml", 'model_catalog_json = "models.json"\n');
  home.write("models.json", JSON.stringify({ models: [ant], etag: null }));
  const options = { home: home.path, etc: `${home.path}/none` };
  const { modelCatalogue } = await loadConfig(options);
  assert.deepEqual(JSON.parse(JSON.stringify(modelCatalogue)), [ant]);
  const configuration = await openConfiguration(options);
  home.write(
    "models.json",
    JSON.stringify({ models: [{ ...ant, slug: "bee", upgrade: null }] }),
  );
  const later = await configuration.forThread({ cwd: "/", overrides: {} });
  assert.deepEqual(later.modelCatalogue?.map(({ slug }) => slug), ["bee"]);
  home.write("two.json", JSON.stringify({ models: [{ ...ant, slug: "two" }] }));
  const own = await configuration.forThread({
    cwd: "/",
    overrides: { model_catalog_json: `${home.path}/two.json` },
  });
  assert.deepEqual(own.modelCatalogue?.map(({ slug }) => slug), ["two"]);
});

Deno.test("model_catalog_json that can't be used becomes a warning, or ends the start", async () => {
  using home = new Home();
  home.write("config.toml", 'model_catalog_json = "none.json"\n');
  const options = { home: home.path, etc: `${home.path}/none` };
  const { warnings, modelCatalogue } = await loadConfig(options);
  assert.equal(modelCatalogue, undefined);
  assert.deepEqual(warnings, [{
    summary: "Invalid configuration; using defaults.",
    details: "No such file or directory (os error 2)",
  }]);
  await assert.rejects(loadConfig({ ...options, strict: true }), ConfigError);
  await assert.rejects(
    loadConfig({
      ...options,
      overrides: { assignments: [`model_catalog_json="${home.path}"`] },
    }),
    new ConfigError("Is a directory (os error 21)"),
  );
  const configuration = await openConfiguration(options);
  await assert.rejects(
    configuration.forThread({ cwd: "/", overrides: {} }),
    new ConfigError("No such file or directory (os error 2)"),
  );
});

Deno.test("readModelCatalogue() tells what is wrong, and where", async () => {
  using home = new Home();
  const told = (text: string) => home.refusal(text);
  const one = (changes: object) =>
    told(JSON.stringify({ models: [{ ...ant, ...changes }] }));
  const end = (cut: number, changes: object) =>
    JSON.stringify({ models: [{ ...ant, ...changes }] }).length - cut;
  assert.equal(
    await told('{"models":[]}'),
    "model_catalog_json path `HOME/models.json` must contain at least one model",
  );
  assert.equal(await told("{}"), "missing field `models` at line 1 column 2");
  assert.equal(await told(""), "EOF while parsing a value at line 1 column 0");
  assert.equal(
    await told("{ not json"),
    "key must be a string at line 1 column 3",
  );
  assert.equal(
    await told('{"models":[],}'),
    "trailing comma at line 1 column 14",
  );
  assert.equal(
    await told('// hi\n{"models":[]}'),
    "expected value at line 1 column 1",
  );
  assert.equal(
    await told('{"models":[}'),
    "expected value at line 1 column 12",
  );
  assert.equal(
    await told('{\n "models": [\n  {"slug": 3}]}'),
    "invalid type: integer `3`, expected a string at line 3 column 13",
  );
  for (const field of ["slug", "display_name", "shell_type", "priority"]) {
    assert.equal(
      await one({ [field]: undefined }),
      `missing field \`${field}\` at line 1 column ${
        end(2, { [field]: undefined })
      }`,
    );
  }
  assert.equal(
    await one({ base_instructions: undefined }),
    "model `ant` is missing both `base_instructions` and " +
      "`model_messages.instructions_template` at line 1 column " +
      end(2, { base_instructions: undefined }),
  );
  assert.equal(
    await one({ service_tiers: [{ id: "x" }] }),
    `missing field \`name\` at line 1 column ${
      end(2, { service_tiers: [{ id: "x" }] })
    }`,
  );
  const shade = { apply_patch_tool_type: "function" };
  assert.match(await one(shade), /^unknown variant `function`, expected /);
  assert.match(
    await one({ visibility: "x" }),
    /^unknown variant `x`, expected one of `list`, `hide`, `none` at line 1 /,
  );
  assert.match(
    await one({ priority: 99_999_999_999 }),
    /^invalid value: integer `99999999999`, expected i32 at line 1 /,
  );
  assert.equal(await one({ multi_agent_version: "v9", anything: 1 }), "none");
});
