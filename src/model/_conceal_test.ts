import assert from "node:assert/strict";
import { conceal } from "./_conceal.ts";
import { ask, modelAt, refuse, serveModel, sse } from "./_model_server_test.ts";

Deno.test("conceal: secrets are taken out wherever they stand, words stay", () => {
  const text = "Refused: Bearer sk-0123456789 (sk-0123456789), for token us";
  assert.equal(
    conceal(text, ["Bearer sk-0123456789", "us", "token"]),
    "Refused: Bearer [REDACTED] ([REDACTED]), for token us",
  );
  assert.equal(conceal("as it is", []), "as it is");
});

Deno.test("Model.stream tells no secret that a provider repeats", async () => {
  const echo = {
    error: { message: "Refused: Bearer sk-bearer-01, env-secret-2" },
  };
  await using server = serveModel(refuse(403, echo));
  const { failure } = await ask(modelAt(server.url, {
    experimental_bearer_token: "sk-bearer-01",
    env_http_headers: { "x-key": "KEY" },
  }, { env: new Map([["KEY", "env-secret-2"]]) }));
  assert.equal(
    failure?.message,
    `unexpected status 403 Forbidden: Refused: Bearer [REDACTED], [REDACTED], url: ${server.url}/responses`,
  );
  assert.equal(server.seen[0]!.headers.get("x-key"), "env-secret-2");
});

Deno.test("conceal is used for what a stream says of a failure, too", async () => {
  const error = {
    code: "bad_key",
    message: "Refused: hush-hush-hush, s3cr3t-4",
  };
  await using server = serveModel(
    sse({ type: "response.failed", response: { error } }),
  );
  const { failure } = await ask(
    modelAt(server.url, {
      experimental_bearer_token: "hush-hush-hush",
      http_headers: { "x-key": "s3cr3t-4" },
    }),
  );
  assert.equal(
    failure?.message,
    "stream disconnected before completion: Refused: [REDACTED], [REDACTED]",
  );
  assert.equal(failure.isRetryable, true);
});
