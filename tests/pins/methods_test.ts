import assert from "node:assert/strict";
import {
  contractTable,
  decodeParams,
  gate,
  isMethod,
  type MethodInfo,
  stripGangway,
  unknownMethod,
} from "../../src/protocol/mod.ts";

// Frozen here as literals, never taken from src. `~` marks what needs
// `experimentalApi`.

const clientRequests = `
initialize ~server/diagnostics ~userVerification/status
~userVerification/enroll ~userVerification/delete ~userVerification/verify
~userVerification/cancel thread/start thread/resume thread/fork
~thread/sample ~thread/sample/cancel thread/archive thread/delete
thread/unsubscribe ~thread/increment_elicitation
~thread/decrement_elicitation thread/name/set ~thread/prediction/request
thread/goal/set thread/goal/get thread/goal/clear ~thread/queue/add
~thread/queue/list ~thread/queue/update ~thread/queue/delete
~thread/queue/reorder ~thread/queue/start thread/metadata/update
thread/attachment/add thread/attachment/list thread/attachmentOwner/list
thread/attachment/remove thread/section/move ~thread/settings/update
~thread/memoryMode/set ~thread/memory/read ~memory/status ~memory/reset
~rollout/compress thread/unarchive thread/compact/start thread/shellCommand
thread/approveGuardianDeniedAction ~thread/backgroundTerminals/clean
~thread/backgroundTerminals/list ~thread/backgroundTerminals/terminate
thread/revert thread/list ~project/list ~project/read ~project/create
~project/import ~project/update ~project/move ~project/delete
threadSection/list threadSection/create threadSection/update
threadSection/delete ~thread/search ~thread/searchOccurrences
thread/loaded/list thread/read ~thread/readState/update thread/turns/list
thread/items/list ~thread/items/read ~thread/guardianReview
thread/inject_items ~thread/prepareApprovedPlan skills/list
skills/extraRoots/set hooks/list marketplace/add marketplace/remove
marketplace/upgrade plugin/list ~plugin/search plugin/installed
plugin/reconcile plugin/read plugin/skill/read plugin/share/save
plugin/share/updateTargets plugin/share/list plugin/share/checkout
plugin/share/delete app/read app/list app/installed fs/readFile fs/writeFile
fs/createDirectory fs/getMetadata fs/readDirectory fs/remove fs/copy
fs/watch fs/unwatch skills/config/write plugin/install plugin/uninstall
turn/start ~turn/settings/update turn/steer turn/interrupt
~thread/realtime/start ~thread/realtime/appendAudio
~thread/realtime/appendText ~thread/realtime/appendSpeech
~thread/realtime/stop ~thread/timeline/list ~thread/realtime/listVoices
review/start model/list account/gatewayOAuth/read account/gatewayOAuth/login
account/gatewayOAuth/cancel modelProvider/list modelProvider/config/write
modelProvider/capabilities/read experimentalFeature/list
permissionProfile/list experimentalFeature/enablement/set
~remoteControl/enable ~remoteControl/disable ~remoteControl/status/read
~remoteControl/pairing/start ~remoteControl/pairing/status
~remoteControl/client/list ~remoteControl/client/revoke
~collaborationMode/list ~mock/experimentalMethod ~environment/add
~environment/info ~environment/status mcpServer/oauth/login
config/mcpServer/reload mcpServerStatus/list mcpServer/resource/read
~mcpServer/event/stream/start ~mcpServer/event/stream/stop
mcpServer/tool/call windowsSandbox/setupStart windowsSandbox/readiness
account/login/start ~account/bedrock/discover ~account/bedrock/setup
~account/gcp/setup ~account/bedrock/checkGovCloudRequirements
account/login/cancel ~accountSession/list ~accountSession/switch
account/logout account/securitySetup/read account/rateLimits/read
account/rateLimitResetCredit/consume account/usage/read
account/workspaceMessages/read account/sendAddCreditsNudgeEmail
feedback/upload feedback/save command/exec command/exec/write
command/exec/terminate command/exec/resize ~process/spawn
~process/writeStdin ~process/kill ~process/resizePty config/read
externalAgentConfig/detect externalAgentConfig/import
externalAgentConfig/import/recordHistory
externalAgentConfig/import/readHistories config/value/write
config/batchWrite configRequirements/read account/read
getConversationSummary gitDiffToRemote getAuthStatus fuzzyFileSearch
~fuzzyFileSearch/sessionStart ~fuzzyFileSearch/sessionUpdate
~fuzzyFileSearch/sessionStop
`;

const serverRequests = `
item/commandExecution/requestApproval item/fileChange/requestApproval
item/tool/requestUserInput mcpServer/elicitation/request
item/permissions/requestApproval item/tool/call
account/chatgptAuthTokens/refresh attestation/generate ~currentTime/read
applyPatchApproval execCommandApproval
`;

const serverNotifications = `
error thread/started thread/status/changed thread/readState/changed
thread/archived thread/deleted thread/unarchived thread/closed
thread/reverted skills/changed thread/name/updated thread/section/changed
thread/attachment/updated thread/goal/updated thread/prediction/updated
thread/goal/cleared thread/queue/changed project/changed
thread/project/updated thread/environment/connected
thread/environment/disconnected thread/settings/updated
thread/tokenUsage/updated turn/started hook/started turn/completed
hook/completed turn/diff/updated turn/plan/updated item/started
item/autoApprovalReview/started item/autoApprovalReview/completed
autoApprovalReview/strictReviewRequired item/completed
rawResponseItem/completed rawResponse/completed item/agentMessage/delta
item/plan/delta command/exec/outputDelta process/outputDelta process/exited
item/commandExecution/outputDelta item/commandExecution/terminalInteraction
item/fileChange/outputDelta item/fileChange/patchUpdated
serverRequest/resolved item/mcpToolCall/progress
mcpServer/oauthLogin/completed mcpServer/startupStatus/updated
mcpServer/event/stream/notification account/updated
account/gatewayOAuth/changed account/rateLimits/updated app/list/updated
remoteControl/status/changed externalAgentConfig/import/progress
externalAgentConfig/import/completed fs/changed
item/reasoning/summaryTextDelta item/reasoning/summaryPartAdded
item/reasoning/textDelta thread/compacted model/rerouted model/verification
modelProvider/authRecoveryStarted modelProvider/authRecoveryCompleted
turn/moderationMetadata model/safetyBuffering/updated warning
guardianWarning deprecationNotice configWarning
fuzzyFileSearch/sessionUpdated fuzzyFileSearch/sessionCompleted
thread/realtime/started thread/realtime/itemAdded
thread/realtime/item/started thread/realtime/item/transcript/delta
thread/realtime/item/completed thread/realtime/transcript/delta
thread/realtime/transcript/done thread/realtime/outputAudio/delta
thread/realtime/sdp thread/realtime/error thread/realtime/closed
windows/worldWritableWarning windowsSandbox/setupCompleted
account/login/completed
`;

const clientNotifications = "initialized $/cancelRequest";

/** Ours, which clients without the capability never see. */
const gangwayNames = {
  clientRequests: ["gangway/process/attach", "gangway/process/detach"],
  serverRequests: [],
  serverNotifications: ["gangway/process/detached"],
  clientNotifications: [],
};

/** What only earlier versions had: open to all, in no list. */
const legacyNames = ["thread/rollback", "thread/turns/items/list"];

/** Fields that need `experimentalApi`, of methods that do not. */
const gatedFields = {
  "thread/start": "allowProviderModelFallback runtimeWorkspaceRoots " +
    "approvalPolicy.granular permissions multiAgentMode historyMode " +
    "projectId daybreakEnabled environments dynamicTools " +
    "selectedCapabilityRoots mockExperimentalField experimentalRawEvents",
  "thread/resume":
    "history path runtimeWorkspaceRoots approvalPolicy.granular permissions " +
    "initialTurnsPage",
  "thread/fork":
    "experimentalPredictionMode experimentalDisablePredictionMcp " +
    "beforeTurnId path runtimeWorkspaceRoots approvalPolicy.granular " +
    "permissions attachToSource deferGoalContinuation",
  "thread/metadata/update": "projectId daybreakEnabled",
  "thread/list": "includeAttachedThreads projectId parentThreadId " +
    "ancestorThreadId attachedToThreadId",
  "thread/items/list": "deferOutput.commandExecution deferOutput.mcpToolCall",
  "turn/start": "responsesapiClientMetadata responsesapiClientMetadataPatch " +
    "additionalContext environments runtimeWorkspaceRoots " +
    "approvalPolicy.granular permissions collaborationMode multiAgentMode cyberAccessProgram",
  "turn/steer": "responsesapiClientMetadata responsesapiClientMetadataPatch " +
    "additionalContext",
  "command/exec": "permissionProfile",
};

/** Fields of ours, by method. */
const gangwayFields = {
  "fs/readFile": ["offset", "length"],
  "fs/writeFile": ["offset", "append", "ifMatch"],
  "fs/watch": ["recursive", "ignore"],
  "command/exec": ["terminateGraceMs"],
  "process/spawn": ["keepAlive", "terminateGraceMs"],
  "thread/resume": ["replaySince"],
};

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

function marked(methods: ReadonlyMap<string, MethodInfo>): string[] {
  return [...methods]
    .filter(([, { gangway, legacy }]) => !gangway && !legacy)
    .map(([name, { experimental }]) => experimental ? `~${name}` : name);
}

Deno.test("contract: every request of the client, in order, with its stability", () => {
  assert.deepEqual(marked(contractTable.clientRequests), words(clientRequests));
  assert.equal(marked(contractTable.clientRequests).length, 187);
});

Deno.test("contract: every name of ours, behind all others", () => {
  for (const [group, names] of Object.entries(gangwayNames)) {
    const table = contractTable[group as keyof typeof contractTable];
    const all = [...table.keys()];
    const ours = all.filter((name) => table.get(name)!.gangway);
    assert.deepEqual(ours, names);
    assert.deepEqual(all.slice(all.length - ours.length), ours);
    assert.ok(ours.every((name) => name.startsWith("gangway/")));
  }
});

Deno.test("contract: every name of earlier versions, for any client", () => {
  const { clientRequests: table } = contractTable;
  const names = [...table].filter(([, info]) => info.legacy)
    .map(([name]) => name);
  assert.deepEqual(names, legacyNames);
  for (const name of names) {
    assert.ok(isMethod(name));
    assert.equal(table.get(name)!.experimental, undefined);
    assert.deepEqual(stripGangway(name, { threadId: "t" }), { threadId: "t" });
  }
});

Deno.test("contract: every request of the server", () => {
  assert.deepEqual(marked(contractTable.serverRequests), words(serverRequests));
});

Deno.test("contract: every notification of either side", () => {
  assert.deepEqual(
    marked(contractTable.serverNotifications),
    words(serverNotifications),
  );
  assert.deepEqual(
    marked(contractTable.clientNotifications),
    words(clientNotifications),
  );
});

Deno.test("contract: every gated field of a stable method, in order", () => {
  const found = [...contractTable.clientRequests]
    .filter(([, info]) => info.experimentalParams !== undefined)
    .map(([name, info]) => [name, Object.keys(info.experimentalParams!)]);
  const pinned = Object.entries(gatedFields)
    .map(([name, fields]) => [name, words(fields)]);
  assert.deepEqual(found, pinned);
});

Deno.test("contract: every field of ours that a client may send", () => {
  const found = [...contractTable.clientRequests]
    .filter(([, info]) => info.gangwayParams !== undefined)
    .map(([name, info]) => [name, info.gangwayParams]);
  assert.deepEqual(Object.fromEntries(found), gangwayFields);
});

Deno.test("contract: names are known by the letter", () => {
  assert.ok(isMethod("fs/readFile"));
  for (const name of ["fs/readfile", " fs/readFile", "", "constructor"]) {
    assert.ok(!isMethod(name), name);
  }
});

Deno.test("unknown method: the text lists all names in order", () => {
  const names = words(clientRequests)
    .map((name) => `\`${name.replace("~", "")}\``).join(", ");
  const { code, message } = unknownMethod("nope");
  assert.equal(code, -32600);
  assert.equal(
    message,
    `Invalid request: unknown variant \`nope\`, expected one of ${names}`,
  );
});

Deno.test("error texts of decoding begin as clients know them", () => {
  const texts: [string, unknown, string][] = [
    ["fs/getMetadata", undefined, "missing field `params`"],
    ["fs/getMetadata", {}, "missing field `path`"],
    [
      "fs/getMetadata",
      { path: 5 },
      "invalid type: integer `5`, expected path string",
    ],
    [
      "fs/getMetadata",
      { path: "rel" },
      "AbsolutePathBuf deserialized without a base path",
    ],
    [
      "fs/getMetadata",
      "/",
      'invalid type: string "/", expected struct FsGetMetadataParams',
    ],
    [
      "fs/getMetadata",
      [],
      "invalid length 0, expected struct FsGetMetadataParams with 1 element",
    ],
    [
      "configRequirements/read",
      [],
      "invalid type: sequence, expected unit",
    ],
  ];
  for (const [method, params, text] of texts) {
    assert.throws(() => decodeParams(method, params), (error: Error) => {
      assert.equal(
        error.message.slice(0, `Invalid request: ${text}`.length),
        `Invalid request: ${text}`,
      );
      return true;
    });
  }
});

Deno.test("error texts of the experimental gate are the known ones", () => {
  const client = { experimentalApi: false };
  assert.throws(() => gate("process/spawn", {}, client), {
    code: -32600,
    message: "process/spawn requires experimentalApi capability",
  });
  const granular = { approvalPolicy: { granular: {} } };
  assert.throws(() => gate("thread/start", granular, client), {
    code: -32600,
    message: "askForApproval.granular requires experimentalApi capability",
  });
  const deferral = { deferOutput: { mcpToolCall: true } };
  assert.throws(() => gate("thread/items/list", deferral, client), {
    code: -32600,
    message: "thread/items/list.deferOutput.mcpToolCall requires " +
      "experimentalApi capability",
  });
  gate("thread/items/list", { deferOutput: { mcpToolCall: false } }, client);
  assert.throws(() => gate("thread/start", { dynamicTools: [] }, client), {
    code: -32600,
    message: "thread/start.dynamicTools requires experimentalApi capability",
  });
});
