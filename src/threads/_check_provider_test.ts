import assert from "node:assert/strict";
import { checkProvider } from "./_check_provider.ts";

const models = {
  has: (name: string) => name === "mine" || name === "other",
};

Deno.test("checkProvider lets a thread go on with the provider it was made with", () => {
  for (
    const params of [
      {},
      { modelProvider: null },
      { modelProvider: "mine" },
      { config: { model_provider: "mine" } },
    ]
  ) {
    checkProvider(models, { stored: "mine", next: "mine", params });
  }
  const params = { modelProvider: "other" };
  checkProvider(models, { stored: undefined, next: "other", params });
});

Deno.test("checkProvider refuses another provider, however it is asked for", () => {
  for (
    const params of [
      { modelProvider: "other" },
      { config: { model_provider: "other" } },
    ]
  ) {
    assert.throws(
      () => checkProvider(models, { stored: "mine", next: "mine", params }),
      {
        code: -32600,
        message:
          "failed to load configuration: Cannot change this thread's model provider from `mine` to `other` on resume.",
      },
    );
  }
});

Deno.test("checkProvider says which provider is no longer configured", () => {
  const cases = [
    { stored: "gone", next: "gone", params: {}, name: "gone" },
    { stored: undefined, next: "gone", params: {}, name: "gone" },
    {
      stored: "gone",
      next: "mine",
      params: { modelProvider: "mine" },
      name: "gone",
    },
    {
      stored: "mine",
      next: "none",
      params: { modelProvider: "none" },
      name: "none",
    },
  ];
  for (const { name, ...providers } of cases) {
    assert.throws(() => checkProvider(models, providers), {
      code: -32600,
      message:
        `This chat uses model provider “${name}”, which is no longer configured. Restore this provider’s configuration to continue.`,
      data: { type: "modelProviderNotConfigured", modelProvider: name },
    });
  }
});
