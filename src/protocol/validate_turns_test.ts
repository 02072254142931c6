import assert from "node:assert/strict";
import { decodeParams, validator } from "./validate.ts";

/** What is wrong with the parameters of `turn/start`, beside the usual ones. */
function refusal(fields: object, method = "turn/start"): string | undefined {
  try {
    decodeParams(method, { threadId: "t", input: [], ...fields });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^Invalid request: /, "");
  }
}

Deno.test("decodeParams() of turn/start takes what clients send", () => {
  const params = {
    threadId: "t",
    input: [
      { type: "text", text: "Look", text_elements: [] },
      { type: "image", url: "data:image/png;base64,", detail: null },
      { type: "image", fileId: "f", detail: "high" },
      { type: "localImage", path: "/a.png" },
      { type: "audio", url: "data:audio/wav;base64," },
      { type: "localAudio", path: "/a.wav" },
      { type: "skill", name: "s", path: "/s" },
      { type: "mention", name: "m", path: "app://m", ofLater: true },
    ],
    cwd: null,
    approvalPolicy: {
      granular: { sandbox_approval: true, rules: true, mcp_elicitations: true },
    },
    sandboxPolicy: { type: "workspaceWrite" },
    effort: "high",
    serviceTier: null,
    outputSchema: { type: "object" },
    multiAgentMode: { custom: "ask first" },
    collaborationMode: { mode: "code", settings: { model: "m" } },
    toolOutput: { name: "t", output: [{ type: "input_text", text: "x" }] },
    ofLater: 1,
  };
  assert.equal(decodeParams("turn/start", params), params);
  for (const approvalPolicy of ["untrusted", "on-request", "never", null]) {
    assert.equal(refusal({ approvalPolicy }), undefined);
  }
});

Deno.test("decodeParams() of turn/start says what is wrong with input", () => {
  const of = (item: unknown): string | undefined => refusal({ input: [item] });
  assert.equal(
    of({ type: "video" }),
    "unknown variant `video`, expected one of `text`, `image`, " +
      "`localImage`, `audio`, `localAudio`, `skill`, `mention` " +
      "(at params.input[0].type)",
  );
  assert.equal(
    of({ type: "image" }),
    "data did not match any variant of untagged enum ImageReference " +
      "(at params.input[0], expected struct ImageUrlInput or " +
      "struct ImageFileInput, got map)",
  );
  // The same for both kinds of picture, so it is not their difference.
  assert.equal(
    of({ type: "image", url: "u", detail: "best" }),
    "unknown variant `best`, expected one of `auto`, `low`, `high`, " +
      "`original` (at params.input[0].detail)",
  );
  assert.match(of({ text: "x" })!, /^missing field `type` /);
  assert.match(
    of("x")!,
    /^invalid type: string "x", expected internally tagged enum UserInput /,
  );
});

Deno.test("decodeParams() of turn/start says what is wrong with approvalPolicy", () => {
  const of = (approvalPolicy: unknown): string | undefined =>
    refusal({ approvalPolicy })?.replace(/ \(at .*/, "");
  const names =
    "expected one of `untrusted`, `on-request`, `granular`, `never`";
  assert.equal(of("on-failure"), `unknown variant \`on-failure\`, ${names}`);
  assert.equal(of({ later: {} }), `unknown variant \`later\`, ${names}`);
  assert.equal(of(5), "invalid type: integer `5`, expected string or map");
  assert.equal(
    of("granular"),
    "invalid type: unit variant, expected struct variant",
  );
  assert.equal(of({ granular: {} }), "missing field `sandbox_approval`");
  const granular = {
    sandbox_approval: true,
    rules: true,
    mcp_elicitations: true,
  };
  for (const value of [{}, { granular, never: null }]) {
    assert.equal(
      of(value),
      "invalid value: map, expected map with a single key",
    );
  }
});

Deno.test("decodeParams() refuses an effort without a name", () => {
  assert.equal(
    refusal({ effort: "" }),
    "reasoning_effort must not be empty (at params.effort)",
  );
});

Deno.test("decodeParams() of turn/settings/update refuses what it does not know", () => {
  assert.equal(
    refusal(
      { input: undefined, turnId: "u", cwd: "/" },
      "turn/settings/update",
    ),
    "unknown field `cwd`, expected one of `threadId`, `turnId`, " +
      "`approvalsReviewer`, `environments`, `model`, `effort`, `summary`, " +
      "`serviceTier` (at params)",
  );
});

Deno.test("validator() of the answers about commands knows every decision", () => {
  const validate = validator("CommandExecutionRequestApprovalResponse");
  const execpolicy_amendment = ["git", "status"];
  const network_policy_amendment = { host: "a.example", action: "allow" };
  for (
    const decision of [
      "accept",
      "acceptForSession",
      { acceptWithExecpolicyAmendment: { execpolicy_amendment } },
      { applyNetworkPolicyAmendment: { network_policy_amendment } },
      "decline",
      "cancel",
    ]
  ) assert.equal(validate({ decision }), undefined);
  assert.equal(
    validate({ decision: "yes" }),
    "unknown variant `yes`, expected one of `accept`, `acceptForSession`, " +
      "`acceptWithExecpolicyAmendment`, `applyNetworkPolicyAmendment`, " +
      "`decline`, `cancel` (at value.decision)",
  );
  assert.match(validate({})!, /^missing field `decision` /);
});
