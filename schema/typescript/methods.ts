/**
 * Every name of the protocol and what travels under it. The order of the
 * client's methods is the order in which an "unknown variant" error lists them.
 *
 * `@experimental` on an entry: the connection must have asked for
 * `experimentalApi`. `Unfinished` as a type: the name is known, its shape is
 * not written down here yet.
 *
 * @module
 */
import type { JsonValue } from "./common.ts";
import type {
  ConfigRequirementsReadResponse,
  ConfigWarningNotification,
} from "./config.ts";
import type {
  CommandExecOutputDeltaNotification,
  CommandExecParams,
  CommandExecResizeParams,
  CommandExecResizeResponse,
  CommandExecResponse,
  CommandExecTerminateParams,
  CommandExecTerminateResponse,
  CommandExecWriteParams,
  CommandExecWriteResponse,
  ProcessExitedNotification,
  ProcessKillParams,
  ProcessKillResponse,
  ProcessOutputDeltaNotification,
  ProcessResizePtyParams,
  ProcessResizePtyResponse,
  ProcessSpawnParams,
  ProcessSpawnResponse,
  ProcessWriteStdinParams,
  ProcessWriteStdinResponse,
} from "./exec.ts";
import type {
  FsChangedNotification,
  FsCopyParams,
  FsCopyResponse,
  FsCreateDirectoryParams,
  FsCreateDirectoryResponse,
  FsGetMetadataParams,
  FsGetMetadataResponse,
  FsReadDirectoryParams,
  FsReadDirectoryResponse,
  FsReadFileParams,
  FsReadFileResponse,
  FsRemoveParams,
  FsRemoveResponse,
  FsUnwatchParams,
  FsUnwatchResponse,
  FsWatchParams,
  FsWatchResponse,
  FsWriteFileParams,
  FsWriteFileResponse,
} from "./fs.ts";
import type { InitializeParams, InitializeResponse } from "./initialize.ts";
import type {
  CancelRequestParams,
  MockExperimentalMethodParams,
  MockExperimentalMethodResponse,
  RemoteControlStatusChangedNotification,
} from "./misc.ts";
import type {
  ThreadForkParams,
  ThreadListParams,
  ThreadMetadataUpdateParams,
  ThreadResumeParams,
  ThreadStartParams,
  TurnStartParams,
  TurnSteerParams,
} from "./thread.ts";

/** Parameters and result of one method. */
export interface Method<Params, Result> {
  /** What the caller sends; `undefined` where the method takes nothing. */
  params: Params;
  /** What it gets. */
  result: Result;
}

/** Stands for a shape that is not written down yet. */
export type Unfinished = JsonValue;

/** Requests from the client to the server. */
export interface ClientRequests {
  initialize: Method<InitializeParams, InitializeResponse>;
  /** @experimental */
  "server/diagnostics": Method<Unfinished, Unfinished>;
  /** @experimental */
  "userVerification/status": Method<Unfinished, Unfinished>;
  /** @experimental */
  "userVerification/enroll": Method<Unfinished, Unfinished>;
  /** @experimental */
  "userVerification/delete": Method<Unfinished, Unfinished>;
  /** @experimental */
  "userVerification/verify": Method<Unfinished, Unfinished>;
  /** @experimental */
  "userVerification/cancel": Method<Unfinished, Unfinished>;
  "thread/start": Method<
    ThreadStartParams,
    Unfinished
  >;
  "thread/resume": Method<
    ThreadResumeParams,
    Unfinished
  >;
  "thread/fork": Method<
    ThreadForkParams,
    Unfinished
  >;
  /** @experimental */
  "thread/sample": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/sample/cancel": Method<Unfinished, Unfinished>;
  "thread/archive": Method<Unfinished, Unfinished>;
  "thread/delete": Method<Unfinished, Unfinished>;
  "thread/unsubscribe": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/increment_elicitation": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/decrement_elicitation": Method<Unfinished, Unfinished>;
  "thread/name/set": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/prediction/request": Method<Unfinished, Unfinished>;
  "thread/goal/set": Method<Unfinished, Unfinished>;
  "thread/goal/get": Method<Unfinished, Unfinished>;
  "thread/goal/clear": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/queue/add": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/queue/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/queue/update": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/queue/delete": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/queue/reorder": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/queue/start": Method<Unfinished, Unfinished>;
  "thread/metadata/update": Method<
    ThreadMetadataUpdateParams,
    Unfinished
  >;
  "thread/attachment/add": Method<Unfinished, Unfinished>;
  "thread/attachment/list": Method<Unfinished, Unfinished>;
  "thread/attachmentOwner/list": Method<Unfinished, Unfinished>;
  "thread/attachment/remove": Method<Unfinished, Unfinished>;
  "thread/section/move": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/settings/update": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/memoryMode/set": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/memory/read": Method<Unfinished, Unfinished>;
  /** @experimental */
  "memory/status": Method<Unfinished, Unfinished>;
  /** @experimental */
  "memory/reset": Method<Unfinished, Unfinished>;
  /** @experimental */
  "rollout/compress": Method<Unfinished, Unfinished>;
  "thread/unarchive": Method<Unfinished, Unfinished>;
  "thread/compact/start": Method<Unfinished, Unfinished>;
  "thread/shellCommand": Method<Unfinished, Unfinished>;
  "thread/approveGuardianDeniedAction": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/backgroundTerminals/clean": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/backgroundTerminals/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/backgroundTerminals/terminate": Method<Unfinished, Unfinished>;
  "thread/revert": Method<Unfinished, Unfinished>;
  "thread/list": Method<
    ThreadListParams,
    Unfinished
  >;
  /** @experimental */
  "project/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "project/read": Method<Unfinished, Unfinished>;
  /** @experimental */
  "project/create": Method<Unfinished, Unfinished>;
  /** @experimental */
  "project/import": Method<Unfinished, Unfinished>;
  /** @experimental */
  "project/update": Method<Unfinished, Unfinished>;
  /** @experimental */
  "project/move": Method<Unfinished, Unfinished>;
  /** @experimental */
  "project/delete": Method<Unfinished, Unfinished>;
  "threadSection/list": Method<Unfinished, Unfinished>;
  "threadSection/create": Method<Unfinished, Unfinished>;
  "threadSection/update": Method<Unfinished, Unfinished>;
  "threadSection/delete": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/search": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/searchOccurrences": Method<Unfinished, Unfinished>;
  "thread/loaded/list": Method<Unfinished, Unfinished>;
  "thread/read": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/readState/update": Method<Unfinished, Unfinished>;
  "thread/turns/list": Method<Unfinished, Unfinished>;
  "thread/items/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/items/read": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/guardianReview": Method<Unfinished, Unfinished>;
  "thread/inject_items": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/prepareApprovedPlan": Method<Unfinished, Unfinished>;
  "skills/list": Method<Unfinished, Unfinished>;
  "skills/extraRoots/set": Method<Unfinished, Unfinished>;
  "hooks/list": Method<Unfinished, Unfinished>;
  "marketplace/add": Method<Unfinished, Unfinished>;
  "marketplace/remove": Method<Unfinished, Unfinished>;
  "marketplace/upgrade": Method<Unfinished, Unfinished>;
  "plugin/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "plugin/search": Method<Unfinished, Unfinished>;
  "plugin/installed": Method<Unfinished, Unfinished>;
  "plugin/reconcile": Method<Unfinished, Unfinished>;
  "plugin/read": Method<Unfinished, Unfinished>;
  "plugin/skill/read": Method<Unfinished, Unfinished>;
  "plugin/share/save": Method<Unfinished, Unfinished>;
  "plugin/share/updateTargets": Method<Unfinished, Unfinished>;
  "plugin/share/list": Method<Unfinished, Unfinished>;
  "plugin/share/checkout": Method<Unfinished, Unfinished>;
  "plugin/share/delete": Method<Unfinished, Unfinished>;
  "app/read": Method<Unfinished, Unfinished>;
  "app/list": Method<Unfinished, Unfinished>;
  "app/installed": Method<Unfinished, Unfinished>;
  "fs/readFile": Method<FsReadFileParams, FsReadFileResponse>;
  "fs/writeFile": Method<FsWriteFileParams, FsWriteFileResponse>;
  "fs/createDirectory": Method<
    FsCreateDirectoryParams,
    FsCreateDirectoryResponse
  >;
  "fs/getMetadata": Method<FsGetMetadataParams, FsGetMetadataResponse>;
  "fs/readDirectory": Method<FsReadDirectoryParams, FsReadDirectoryResponse>;
  "fs/remove": Method<FsRemoveParams, FsRemoveResponse>;
  "fs/copy": Method<FsCopyParams, FsCopyResponse>;
  "fs/watch": Method<FsWatchParams, FsWatchResponse>;
  "fs/unwatch": Method<FsUnwatchParams, FsUnwatchResponse>;
  "skills/config/write": Method<Unfinished, Unfinished>;
  "plugin/install": Method<Unfinished, Unfinished>;
  "plugin/uninstall": Method<Unfinished, Unfinished>;
  "turn/start": Method<
    TurnStartParams,
    Unfinished
  >;
  /** @experimental */
  "turn/settings/update": Method<Unfinished, Unfinished>;
  "turn/steer": Method<
    TurnSteerParams,
    Unfinished
  >;
  "turn/interrupt": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/realtime/start": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/realtime/appendAudio": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/realtime/appendText": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/realtime/appendSpeech": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/realtime/stop": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/timeline/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "thread/realtime/listVoices": Method<Unfinished, Unfinished>;
  "review/start": Method<Unfinished, Unfinished>;
  "model/list": Method<Unfinished, Unfinished>;
  "account/gatewayOAuth/read": Method<Unfinished, Unfinished>;
  "account/gatewayOAuth/login": Method<Unfinished, Unfinished>;
  "account/gatewayOAuth/cancel": Method<Unfinished, Unfinished>;
  "modelProvider/list": Method<Unfinished, Unfinished>;
  "modelProvider/config/write": Method<Unfinished, Unfinished>;
  "modelProvider/capabilities/read": Method<Unfinished, Unfinished>;
  "experimentalFeature/list": Method<Unfinished, Unfinished>;
  "permissionProfile/list": Method<Unfinished, Unfinished>;
  "experimentalFeature/enablement/set": Method<Unfinished, Unfinished>;
  /** @experimental */
  "remoteControl/enable": Method<Unfinished, Unfinished>;
  /** @experimental */
  "remoteControl/disable": Method<Unfinished, Unfinished>;
  /** @experimental */
  "remoteControl/status/read": Method<Unfinished, Unfinished>;
  /** @experimental */
  "remoteControl/pairing/start": Method<Unfinished, Unfinished>;
  /** @experimental */
  "remoteControl/pairing/status": Method<Unfinished, Unfinished>;
  /** @experimental */
  "remoteControl/client/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "remoteControl/client/revoke": Method<Unfinished, Unfinished>;
  /** @experimental */
  "collaborationMode/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "mock/experimentalMethod": Method<
    MockExperimentalMethodParams,
    MockExperimentalMethodResponse
  >;
  /** @experimental */
  "environment/add": Method<Unfinished, Unfinished>;
  /** @experimental */
  "environment/info": Method<Unfinished, Unfinished>;
  /** @experimental */
  "environment/status": Method<Unfinished, Unfinished>;
  "mcpServer/oauth/login": Method<Unfinished, Unfinished>;
  "config/mcpServer/reload": Method<Unfinished, Unfinished>;
  "mcpServerStatus/list": Method<Unfinished, Unfinished>;
  "mcpServer/resource/read": Method<Unfinished, Unfinished>;
  /** @experimental */
  "mcpServer/event/stream/start": Method<Unfinished, Unfinished>;
  /** @experimental */
  "mcpServer/event/stream/stop": Method<Unfinished, Unfinished>;
  "mcpServer/tool/call": Method<Unfinished, Unfinished>;
  "windowsSandbox/setupStart": Method<Unfinished, Unfinished>;
  "windowsSandbox/readiness": Method<Unfinished, Unfinished>;
  "account/login/start": Method<Unfinished, Unfinished>;
  /** @experimental */
  "account/bedrock/discover": Method<Unfinished, Unfinished>;
  /** @experimental */
  "account/bedrock/setup": Method<Unfinished, Unfinished>;
  /** @experimental */
  "account/gcp/setup": Method<Unfinished, Unfinished>;
  /** @experimental */
  "account/bedrock/checkGovCloudRequirements": Method<Unfinished, Unfinished>;
  "account/login/cancel": Method<Unfinished, Unfinished>;
  /** @experimental */
  "accountSession/list": Method<Unfinished, Unfinished>;
  /** @experimental */
  "accountSession/switch": Method<Unfinished, Unfinished>;
  "account/logout": Method<Unfinished, Unfinished>;
  "account/securitySetup/read": Method<Unfinished, Unfinished>;
  "account/rateLimits/read": Method<Unfinished, Unfinished>;
  "account/rateLimitResetCredit/consume": Method<Unfinished, Unfinished>;
  "account/usage/read": Method<Unfinished, Unfinished>;
  "account/workspaceMessages/read": Method<Unfinished, Unfinished>;
  "account/sendAddCreditsNudgeEmail": Method<Unfinished, Unfinished>;
  "feedback/upload": Method<Unfinished, Unfinished>;
  "feedback/save": Method<Unfinished, Unfinished>;
  "command/exec": Method<
    CommandExecParams,
    CommandExecResponse
  >;
  "command/exec/write": Method<
    CommandExecWriteParams,
    CommandExecWriteResponse
  >;
  "command/exec/terminate": Method<
    CommandExecTerminateParams,
    CommandExecTerminateResponse
  >;
  "command/exec/resize": Method<
    CommandExecResizeParams,
    CommandExecResizeResponse
  >;
  /** @experimental */
  "process/spawn": Method<
    ProcessSpawnParams,
    ProcessSpawnResponse
  >;
  /** @experimental */
  "process/writeStdin": Method<
    ProcessWriteStdinParams,
    ProcessWriteStdinResponse
  >;
  /** @experimental */
  "process/kill": Method<
    ProcessKillParams,
    ProcessKillResponse
  >;
  /** @experimental */
  "process/resizePty": Method<
    ProcessResizePtyParams,
    ProcessResizePtyResponse
  >;
  "config/read": Method<Unfinished, Unfinished>;
  "externalAgentConfig/detect": Method<Unfinished, Unfinished>;
  "externalAgentConfig/import": Method<Unfinished, Unfinished>;
  "externalAgentConfig/import/recordHistory": Method<Unfinished, Unfinished>;
  "externalAgentConfig/import/readHistories": Method<Unfinished, Unfinished>;
  "config/value/write": Method<Unfinished, Unfinished>;
  "config/batchWrite": Method<Unfinished, Unfinished>;
  "configRequirements/read": Method<undefined, ConfigRequirementsReadResponse>;
  "account/read": Method<Unfinished, Unfinished>;
  getConversationSummary: Method<Unfinished, Unfinished>;
  gitDiffToRemote: Method<Unfinished, Unfinished>;
  getAuthStatus: Method<Unfinished, Unfinished>;
  fuzzyFileSearch: Method<Unfinished, Unfinished>;
  /** @experimental */
  "fuzzyFileSearch/sessionStart": Method<Unfinished, Unfinished>;
  /** @experimental */
  "fuzzyFileSearch/sessionUpdate": Method<Unfinished, Unfinished>;
  /** @experimental */
  "fuzzyFileSearch/sessionStop": Method<Unfinished, Unfinished>;
}

/** Requests from the server to the client. */
export interface ServerRequests {
  "item/commandExecution/requestApproval": Method<Unfinished, Unfinished>;
  "item/fileChange/requestApproval": Method<Unfinished, Unfinished>;
  "item/tool/requestUserInput": Method<Unfinished, Unfinished>;
  "mcpServer/elicitation/request": Method<Unfinished, Unfinished>;
  "item/permissions/requestApproval": Method<Unfinished, Unfinished>;
  "item/tool/call": Method<Unfinished, Unfinished>;
  "account/chatgptAuthTokens/refresh": Method<Unfinished, Unfinished>;
  "attestation/generate": Method<Unfinished, Unfinished>;
  /** @experimental */
  "currentTime/read": Method<Unfinished, Unfinished>;
  applyPatchApproval: Method<Unfinished, Unfinished>;
  execCommandApproval: Method<Unfinished, Unfinished>;
}

/** Notifications from the server to the client. */
export interface ServerNotifications {
  error: Unfinished;
  "thread/started": Unfinished;
  "thread/status/changed": Unfinished;
  "thread/readState/changed": Unfinished;
  "thread/archived": Unfinished;
  "thread/deleted": Unfinished;
  "thread/unarchived": Unfinished;
  "thread/closed": Unfinished;
  "thread/reverted": Unfinished;
  "skills/changed": Unfinished;
  "thread/name/updated": Unfinished;
  "thread/section/changed": Unfinished;
  "thread/attachment/updated": Unfinished;
  "thread/goal/updated": Unfinished;
  "thread/prediction/updated": Unfinished;
  "thread/goal/cleared": Unfinished;
  "thread/queue/changed": Unfinished;
  "project/changed": Unfinished;
  "thread/project/updated": Unfinished;
  "thread/environment/connected": Unfinished;
  "thread/environment/disconnected": Unfinished;
  "thread/settings/updated": Unfinished;
  "thread/tokenUsage/updated": Unfinished;
  "turn/started": Unfinished;
  "hook/started": Unfinished;
  "turn/completed": Unfinished;
  "hook/completed": Unfinished;
  "turn/diff/updated": Unfinished;
  "turn/plan/updated": Unfinished;
  "item/started": Unfinished;
  "item/autoApprovalReview/started": Unfinished;
  "item/autoApprovalReview/completed": Unfinished;
  "autoApprovalReview/strictReviewRequired": Unfinished;
  "item/completed": Unfinished;
  "rawResponseItem/completed": Unfinished;
  "rawResponse/completed": Unfinished;
  "item/agentMessage/delta": Unfinished;
  "item/plan/delta": Unfinished;
  "command/exec/outputDelta": CommandExecOutputDeltaNotification;
  "process/outputDelta": ProcessOutputDeltaNotification;
  "process/exited": ProcessExitedNotification;
  "item/commandExecution/outputDelta": Unfinished;
  "item/commandExecution/terminalInteraction": Unfinished;
  "item/fileChange/outputDelta": Unfinished;
  "item/fileChange/patchUpdated": Unfinished;
  "serverRequest/resolved": Unfinished;
  "item/mcpToolCall/progress": Unfinished;
  "mcpServer/oauthLogin/completed": Unfinished;
  "mcpServer/startupStatus/updated": Unfinished;
  "mcpServer/event/stream/notification": Unfinished;
  "account/updated": Unfinished;
  "account/gatewayOAuth/changed": Unfinished;
  "account/rateLimits/updated": Unfinished;
  "app/list/updated": Unfinished;
  "remoteControl/status/changed": RemoteControlStatusChangedNotification;
  "externalAgentConfig/import/progress": Unfinished;
  "externalAgentConfig/import/completed": Unfinished;
  "fs/changed": FsChangedNotification;
  "item/reasoning/summaryTextDelta": Unfinished;
  "item/reasoning/summaryPartAdded": Unfinished;
  "item/reasoning/textDelta": Unfinished;
  "thread/compacted": Unfinished;
  "model/rerouted": Unfinished;
  "model/verification": Unfinished;
  "modelProvider/authRecoveryStarted": Unfinished;
  "modelProvider/authRecoveryCompleted": Unfinished;
  "turn/moderationMetadata": Unfinished;
  "model/safetyBuffering/updated": Unfinished;
  warning: Unfinished;
  guardianWarning: Unfinished;
  deprecationNotice: Unfinished;
  configWarning: ConfigWarningNotification;
  "fuzzyFileSearch/sessionUpdated": Unfinished;
  "fuzzyFileSearch/sessionCompleted": Unfinished;
  "thread/realtime/started": Unfinished;
  "thread/realtime/itemAdded": Unfinished;
  "thread/realtime/item/started": Unfinished;
  "thread/realtime/item/transcript/delta": Unfinished;
  "thread/realtime/item/completed": Unfinished;
  "thread/realtime/transcript/delta": Unfinished;
  "thread/realtime/transcript/done": Unfinished;
  "thread/realtime/outputAudio/delta": Unfinished;
  "thread/realtime/sdp": Unfinished;
  "thread/realtime/error": Unfinished;
  "thread/realtime/closed": Unfinished;
  "windows/worldWritableWarning": Unfinished;
  "windowsSandbox/setupCompleted": Unfinished;
  "account/login/completed": Unfinished;
}

/** Notifications from the client to the server. */
export interface ClientNotifications {
  initialized: undefined;
  /** Cancels a request by its id; an unknown id is ignored. */
  "$/cancelRequest": CancelRequestParams;
}

/** Name of a request from the client. */
export type MethodName = keyof ClientRequests;
/** Parameters of a method. */
export type ParamsOf<M extends MethodName> = ClientRequests[M]["params"];
/** Result of a method. */
export type ResultOf<M extends MethodName> = ClientRequests[M]["result"];
/** Name of a request from the server. */
export type ServerMethodName = keyof ServerRequests;
/** Name of a notification from the server. */
export type NotificationName = keyof ServerNotifications;
