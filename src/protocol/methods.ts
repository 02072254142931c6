/**
 * Every name of the protocol and what travels under it. The order of the
 * client's methods is the order in which an "unknown variant" error lists them.
 *
 * `@experimental` on an entry: the connection must have asked for
 * `experimentalApi`. `@gangway`: an addition, unknown to connections that did
 * not negotiate the `gangway` capability; such entries stand last. `@legacy`: an
 * earlier version had it; every client may use it, but no list names it, and
 * such entries stand before those. `@optional`: the
 * parameters may be left out. `Unfinished` as a type: the name is known,
 * its shape is not written down here yet.
 *
 * @module
 */
import type {
  AccountLoginCompletedNotification,
  AccountUpdatedNotification,
  CancelLoginAccountParams,
  CancelLoginAccountResponse,
  GetAccountParams,
  GetAccountResponse,
  GetAuthStatusParams,
  GetAuthStatusResponse,
  LoginAccountParams,
  LoginAccountResponse,
  LogoutAccountResponse,
} from "./account.ts";
import type {
  BedrockCheckGovCloudRequirementsParams,
  BedrockCheckGovCloudRequirementsResponse,
  BedrockDiscoverParams,
  BedrockDiscoverResponse,
  BedrockSetupParams,
  BedrockSetupResponse,
  GatewayOAuthCancelResponse,
  GatewayOAuthChangedNotification,
  GatewayOAuthLoginParams,
  GatewayOAuthLoginResponse,
  GatewayOAuthReadParams,
  GatewayOAuthReadResponse,
  GcpSetupParams,
  GcpSetupResponse,
} from "./account_cloud.ts";
import type {
  AccountSessionsListParams,
  AccountSessionsResponse,
  AccountSessionsSwitchParams,
  AccountSessionsSwitchResponse,
} from "./account_session.ts";
import type {
  ConsumeAccountRateLimitResetCreditParams,
  ConsumeAccountRateLimitResetCreditResponse,
  GetAccountRateLimitsParams,
  GetAccountRateLimitsResponse,
  GetAccountSecuritySetupResponse,
  GetAccountTokenUsageParams,
  GetAccountTokenUsageResponse,
  GetWorkspaceMessagesResponse,
  SendAddCreditsNudgeEmailParams,
  SendAddCreditsNudgeEmailResponse,
} from "./account_usage.ts";
import type {
  EnvironmentAddParams,
  EnvironmentAddResponse,
  EnvironmentInfoParams,
  EnvironmentInfoResponse,
  EnvironmentStatusParams,
  EnvironmentStatusResponse,
} from "./environment.ts";
import type {
  FeedbackSaveParams,
  FeedbackSaveResponse,
  FeedbackUploadParams,
  FeedbackUploadResponse,
} from "./feedback.ts";
import type { ModelListParams, ModelListResponse } from "./model_list.ts";
import type {
  ModelProviderCapabilitiesReadParams,
  ModelProviderCapabilitiesReadResponse,
  ModelProviderConfigWriteParams,
  ModelProviderConfigWriteResponse,
  ModelProviderListParams,
  ModelProviderListResponse,
} from "./model_provider.ts";
import type {
  RemoteControlClientsListParams,
  RemoteControlClientsListResponse,
  RemoteControlClientsRevokeParams,
  RemoteControlClientsRevokeResponse,
  RemoteControlDisableParams,
  RemoteControlDisableResponse,
  RemoteControlEnableParams,
  RemoteControlEnableResponse,
  RemoteControlPairingStartParams,
  RemoteControlPairingStartResponse,
  RemoteControlPairingStatusParams,
  RemoteControlPairingStatusResponse,
  RemoteControlStatusChangedNotification,
  RemoteControlStatusReadResponse,
} from "./remote_control.ts";
import type {
  UserVerificationCancelParams,
  UserVerificationCancelResponse,
  UserVerificationDeleteParams,
  UserVerificationDeleteResponse,
  UserVerificationEnrollParams,
  UserVerificationEnrollResponse,
  UserVerificationStatusParams,
  UserVerificationStatusResponse,
  UserVerificationVerifyParams,
  UserVerificationVerifyResponse,
} from "./user_verification.ts";
import type { AccountRateLimitsUpdatedNotification } from "./rate_limits.ts";
import type {
  CommandExecutionRequestApprovalParams,
  CommandExecutionRequestApprovalResponse,
  FileChangeRequestApprovalParams,
  FileChangeRequestApprovalResponse,
  PermissionsRequestApprovalParams,
  PermissionsRequestApprovalResponse,
  ToolRequestUserInputParams,
  ToolRequestUserInputResponse,
} from "./approval.ts";
import type {
  ApplyPatchApprovalParams,
  ApplyPatchApprovalResponse,
  ExecCommandApprovalParams,
  ExecCommandApprovalResponse,
} from "./approval_legacy.ts";
import type {
  AttestationGenerateParams,
  AttestationGenerateResponse,
  ChatgptAuthTokensRefreshParams,
  ChatgptAuthTokensRefreshResponse,
  CurrentTimeReadParams,
  CurrentTimeReadResponse,
  DynamicToolCallParams,
  DynamicToolCallResponse,
} from "./client_service.ts";
import type { JsonValue } from "./scalar.ts";
import type {
  ConfigRequirementsReadResponse,
  ConfigWarningNotification,
} from "./config.ts";
import type { ConfigReadParams, ConfigReadResponse } from "./config_read.ts";
import type {
  ConfigBatchWriteParams,
  ConfigValueWriteParams,
  ConfigWriteResponse,
} from "./config_write.ts";
import type {
  ListMcpServerStatusParams,
  ListMcpServerStatusResponse,
  McpResourceReadParams,
  McpResourceReadResponse,
  McpServerEventStreamNotification,
  McpServerEventStreamStartParams,
  McpServerEventStreamStartResponse,
  McpServerEventStreamStopParams,
  McpServerEventStreamStopResponse,
  McpServerOauthLoginCompletedNotification,
  McpServerOauthLoginParams,
  McpServerOauthLoginResponse,
  McpServerRefreshResponse,
  McpServerStatusUpdatedNotification,
  McpServerToolCallParams,
  McpServerToolCallResponse,
} from "./mcp.ts";
import type {
  McpServerElicitationRequestParams,
  McpServerElicitationRequestResponse,
} from "./elicitation.ts";
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
  GangwayProcessAttachParams,
  GangwayProcessAttachResponse,
  GangwayProcessDetachedNotification,
  GangwayProcessDetachParams,
  GangwayProcessDetachResponse,
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
  CollaborationModeListParams,
  CollaborationModeListResponse,
  ExperimentalFeatureEnablementSetParams,
  ExperimentalFeatureEnablementSetResponse,
  ExperimentalFeatureListParams,
  ExperimentalFeatureListResponse,
  PermissionProfileListParams,
  PermissionProfileListResponse,
} from "./feature.ts";
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
import type {
  AppListUpdatedNotification,
  AppsInstalledParams,
  AppsInstalledResponse,
  AppsListParams,
  AppsListResponse,
  AppsReadParams,
  AppsReadResponse,
} from "./app.ts";
import type { HooksListParams, HooksListResponse } from "./hook_list.ts";
import type {
  MarketplaceAddParams,
  MarketplaceAddResponse,
  MarketplaceRemoveParams,
  MarketplaceRemoveResponse,
  MarketplaceUpgradeParams,
  MarketplaceUpgradeResponse,
} from "./marketplace.ts";
import type {
  PluginInstalledParams,
  PluginInstalledResponse,
  PluginInstallParams,
  PluginInstallResponse,
  PluginListParams,
  PluginListResponse,
  PluginReadParams,
  PluginReadResponse,
  PluginReconcileParams,
  PluginReconcileResponse,
  PluginSearchParams,
  PluginSearchResponse,
  PluginShareCheckoutParams,
  PluginShareCheckoutResponse,
  PluginShareDeleteParams,
  PluginShareDeleteResponse,
  PluginShareListParams,
  PluginShareListResponse,
  PluginShareSaveParams,
  PluginShareSaveResponse,
  PluginShareUpdateTargetsParams,
  PluginShareUpdateTargetsResponse,
  PluginSkillReadParams,
  PluginSkillReadResponse,
  PluginUninstallParams,
  PluginUninstallResponse,
} from "./plugin.ts";
import type {
  SkillsChangedNotification,
  SkillsConfigWriteParams,
  SkillsConfigWriteResponse,
  SkillsExtraRootsSetParams,
  SkillsExtraRootsSetResponse,
  SkillsListParams,
  SkillsListResponse,
} from "./skill.ts";
import type {
  FuzzyFileSearchParams,
  FuzzyFileSearchResponse,
  FuzzyFileSearchSessionCompletedNotification,
  FuzzyFileSearchSessionStartParams,
  FuzzyFileSearchSessionStartResponse,
  FuzzyFileSearchSessionStopParams,
  FuzzyFileSearchSessionStopResponse,
  FuzzyFileSearchSessionUpdatedNotification,
  FuzzyFileSearchSessionUpdateParams,
  FuzzyFileSearchSessionUpdateResponse,
} from "./file_search.ts";
import type { GitDiffToRemoteParams, GitDiffToRemoteResponse } from "./git.ts";
import type {
  WindowsSandboxReadinessResponse,
  WindowsSandboxSetupCompletedNotification,
  WindowsSandboxSetupStartParams,
  WindowsSandboxSetupStartResponse,
  WindowsWorldWritableWarningNotification,
} from "./windows_sandbox.ts";
import type {
  ServerDiagnosticsParams,
  ServerDiagnosticsResponse,
} from "./diagnostics.ts";
import type {
  ExternalAgentConfigDetectParams,
  ExternalAgentConfigDetectResponse,
  ExternalAgentConfigImportCompletedNotification,
  ExternalAgentConfigImportHistoriesReadResponse,
  ExternalAgentConfigImportHistoryRecordParams,
  ExternalAgentConfigImportHistoryRecordResponse,
  ExternalAgentConfigImportParams,
  ExternalAgentConfigImportProgressNotification,
  ExternalAgentConfigImportResponse,
} from "./external_agent.ts";
import type {
  ThreadRealtimeAppendAudioParams,
  ThreadRealtimeAppendAudioResponse,
  ThreadRealtimeAppendSpeechParams,
  ThreadRealtimeAppendSpeechResponse,
  ThreadRealtimeAppendTextParams,
  ThreadRealtimeAppendTextResponse,
  ThreadRealtimeClosedNotification,
  ThreadRealtimeErrorNotification,
  ThreadRealtimeItemAddedNotification,
  ThreadRealtimeItemCompletedNotification,
  ThreadRealtimeItemStartedNotification,
  ThreadRealtimeItemTranscriptDeltaNotification,
  ThreadRealtimeListVoicesParams,
  ThreadRealtimeListVoicesResponse,
  ThreadRealtimeOutputAudioDeltaNotification,
  ThreadRealtimeSdpNotification,
  ThreadRealtimeStartedNotification,
  ThreadRealtimeStartParams,
  ThreadRealtimeStartResponse,
  ThreadRealtimeStopParams,
  ThreadRealtimeStopResponse,
  ThreadRealtimeTranscriptDeltaNotification,
  ThreadRealtimeTranscriptDoneNotification,
} from "./realtime.ts";
import type {
  HookCompletedNotification,
  HookStartedNotification,
} from "./hook.ts";
import type { InitializeParams, InitializeResponse } from "./initialize.ts";
import type {
  AgentMessageDeltaNotification,
  CommandExecutionOutputDeltaNotification,
  FileChangeOutputDeltaNotification,
  FileChangePatchUpdatedNotification,
  ItemCompletedNotification,
  ItemGuardianApprovalReviewCompletedNotification,
  ItemGuardianApprovalReviewStartedNotification,
  ItemStartedNotification,
  McpToolCallProgressNotification,
  PlanDeltaNotification,
  RawResponseCompletedNotification,
  RawResponseItemCompletedNotification,
  ReasoningSummaryPartAddedNotification,
  ReasoningSummaryTextDeltaNotification,
  ReasoningTextDeltaNotification,
  StrictReviewRequiredNotification,
  TerminalInteractionNotification,
} from "./item_events.ts";
import type { CancelRequestParams } from "./cancel.ts";
import type {
  MockExperimentalMethodParams,
  MockExperimentalMethodResponse,
} from "./mock_experimental.ts";
import type {
  ReviewStartParams,
  ReviewStartResponse,
  ThreadApproveGuardianDeniedActionParams,
  ThreadApproveGuardianDeniedActionResponse,
  ThreadGuardianReviewParams,
  ThreadGuardianReviewResponse,
} from "./review.ts";
import type {
  MemoryResetResponse,
  MemoryStatusParams,
  MemoryStatusResponse,
  RolloutCompressResponse,
  ThreadMemoryModeSetParams,
  ThreadMemoryModeSetResponse,
  ThreadMemoryReadParams,
  ThreadMemoryReadResponse,
} from "./memory.ts";
import type {
  ProjectChangedNotification,
  ProjectCreateParams,
  ProjectCreateResponse,
  ProjectDeleteParams,
  ProjectDeleteResponse,
  ProjectImportParams,
  ProjectImportResponse,
  ProjectListParams,
  ProjectListResponse,
  ProjectMoveParams,
  ProjectMoveResponse,
  ProjectReadParams,
  ProjectReadResponse,
  ProjectUpdateParams,
  ProjectUpdateResponse,
  ThreadProjectUpdatedNotification,
} from "./project.ts";
import type {
  ThreadArchivedNotification,
  ThreadClosedNotification,
  ThreadDeletedNotification,
  ThreadNameUpdatedNotification,
  ThreadRevertedNotification,
  ThreadStartedNotification,
  ThreadStatusChangedNotification,
  ThreadUnarchivedNotification,
} from "./thread.ts";
import type {
  ThreadAttachmentAddParams,
  ThreadAttachmentAddResponse,
  ThreadAttachmentListParams,
  ThreadAttachmentListResponse,
  ThreadAttachmentOwnerListParams,
  ThreadAttachmentOwnerListResponse,
  ThreadAttachmentRemoveParams,
  ThreadAttachmentRemoveResponse,
  ThreadAttachmentUpdatedNotification,
} from "./thread_attachment.ts";
import type {
  GetConversationSummaryParams,
  GetConversationSummaryResponse,
  ThreadArchiveParams,
  ThreadArchiveResponse,
  ThreadDeleteParams,
  ThreadDeleteResponse,
  ThreadLoadedListParams,
  ThreadLoadedListResponse,
  ThreadMetadataUpdateParams,
  ThreadMetadataUpdateResponse,
  ThreadRevertParams,
  ThreadRevertResponse,
  ThreadRollbackParams,
  ThreadRollbackResponse,
  ThreadSetNameParams,
  ThreadSetNameResponse,
  ThreadUnarchiveParams,
  ThreadUnarchiveResponse,
  ThreadUnsubscribeParams,
  ThreadUnsubscribeResponse,
} from "./thread_change.ts";
import type {
  AuthRecoveryNotification,
  ContextCompactedNotification,
  DeprecationNoticeNotification,
  EnvironmentConnectionNotification,
  ErrorNotification,
  GuardianWarningNotification,
  ModelReroutedNotification,
  ModelSafetyBufferingUpdatedNotification,
  ModelVerificationNotification,
  ServerRequestResolvedNotification,
  ThreadPredictionUpdatedNotification,
  ThreadTokenUsageUpdatedNotification,
  TurnCompletedNotification,
  TurnDiffUpdatedNotification,
  TurnModerationMetadataNotification,
  TurnPlanUpdatedNotification,
  TurnStartedNotification,
  WarningNotification,
} from "./thread_events.ts";
import type {
  ThreadGoalClearedNotification,
  ThreadGoalClearParams,
  ThreadGoalClearResponse,
  ThreadGoalGetParams,
  ThreadGoalGetResponse,
  ThreadGoalSetParams,
  ThreadGoalSetResponse,
  ThreadGoalUpdatedNotification,
} from "./thread_goal.ts";
import type {
  ThreadItemsListParams,
  ThreadItemsListResponse,
  ThreadItemsReadParams,
  ThreadItemsReadResponse,
  ThreadListParams,
  ThreadListResponse,
  ThreadReadParams,
  ThreadReadResponse,
  ThreadReadStateChangedNotification,
  ThreadReadStateUpdateParams,
  ThreadReadStateUpdateResponse,
  ThreadTimelineListParams,
  ThreadTimelineListResponse,
  ThreadTurnsItemsListParams,
  ThreadTurnsItemsListResponse,
  ThreadTurnsListParams,
  ThreadTurnsListResponse,
} from "./thread_history.ts";
import type {
  ThreadForkParams,
  ThreadForkResponse,
  ThreadResumeParams,
  ThreadResumeResponse,
  ThreadStartParams,
  ThreadStartResponse,
} from "./thread_open.ts";
import type {
  ThreadQueueAddParams,
  ThreadQueueAddResponse,
  ThreadQueueChangedNotification,
  ThreadQueueDeleteParams,
  ThreadQueueDeleteResponse,
  ThreadQueueListParams,
  ThreadQueueListResponse,
  ThreadQueueReorderParams,
  ThreadQueueReorderResponse,
  ThreadQueueStartParams,
  ThreadQueueStartResponse,
  ThreadQueueUpdateParams,
  ThreadQueueUpdateResponse,
} from "./thread_queue.ts";
import type {
  ThreadSearchOccurrencesParams,
  ThreadSearchOccurrencesResponse,
  ThreadSearchParams,
  ThreadSearchResponse,
} from "./thread_search.ts";
import type {
  ThreadSectionChangedNotification,
  ThreadSectionCreateParams,
  ThreadSectionCreateResponse,
  ThreadSectionDeleteParams,
  ThreadSectionDeleteResponse,
  ThreadSectionListParams,
  ThreadSectionListResponse,
  ThreadSectionMoveParams,
  ThreadSectionMoveResponse,
  ThreadSectionUpdateParams,
  ThreadSectionUpdateResponse,
} from "./thread_section.ts";
import type {
  ThreadSettingsUpdatedNotification,
  ThreadSettingsUpdateParams,
  ThreadSettingsUpdateResponse,
} from "./thread_settings.ts";
import type {
  ThreadBackgroundTerminalsCleanParams,
  ThreadBackgroundTerminalsCleanResponse,
  ThreadBackgroundTerminalsListParams,
  ThreadBackgroundTerminalsListResponse,
  ThreadBackgroundTerminalsTerminateParams,
  ThreadBackgroundTerminalsTerminateResponse,
  ThreadCompactStartParams,
  ThreadCompactStartResponse,
  ThreadDecrementElicitationParams,
  ThreadDecrementElicitationResponse,
  ThreadIncrementElicitationParams,
  ThreadIncrementElicitationResponse,
  ThreadInjectItemsParams,
  ThreadInjectItemsResponse,
  ThreadPredictionRequestParams,
  ThreadPredictionRequestResponse,
  ThreadPrepareApprovedPlanParams,
  ThreadPrepareApprovedPlanResponse,
  ThreadSampleCancelParams,
  ThreadSampleCancelResponse,
  ThreadSampleParams,
  ThreadSampleResponse,
  ThreadShellCommandParams,
  ThreadShellCommandResponse,
} from "./thread_work.ts";
import type {
  TurnInterruptParams,
  TurnInterruptResponse,
  TurnSettingsUpdateParams,
  TurnSettingsUpdateResponse,
  TurnStartParams,
  TurnStartResponse,
  TurnSteerParams,
  TurnSteerResponse,
} from "./turn.ts";

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
  /** Opens the connection; must come first. */
  initialize: Method<InitializeParams, InitializeResponse>;
  /** Reads how the server is doing. @experimental */
  "server/diagnostics": Method<
    ServerDiagnosticsParams,
    ServerDiagnosticsResponse
  >;
  /** Reads whether the user can be verified on this machine. @experimental */
  "userVerification/status": Method<
    UserVerificationStatusParams,
    UserVerificationStatusResponse
  >;
  /** Sets up verification of the user. @experimental */
  "userVerification/enroll": Method<
    UserVerificationEnrollParams,
    UserVerificationEnrollResponse
  >;
  /** Undoes the set-up. @experimental */
  "userVerification/delete": Method<
    UserVerificationDeleteParams,
    UserVerificationDeleteResponse
  >;
  /** Verifies the user and signs a challenge. @experimental */
  "userVerification/verify": Method<
    UserVerificationVerifyParams,
    UserVerificationVerifyResponse
  >;
  /** Gives up a verification that runs. @experimental */
  "userVerification/cancel": Method<
    UserVerificationCancelParams,
    UserVerificationCancelResponse
  >;
  /** Starts a thread. */
  "thread/start": Method<ThreadStartParams, ThreadStartResponse>;
  /** Opens a stored thread again. */
  "thread/resume": Method<ThreadResumeParams, ThreadResumeResponse>;
  /** Starts a thread from the past of another. */
  "thread/fork": Method<ThreadForkParams, ThreadForkResponse>;
  /** Asks the model beside a thread, without adding to it. @experimental */
  "thread/sample": Method<
    ThreadSampleParams,
    ThreadSampleResponse
  >;
  /** Gives up such a question. @experimental */
  "thread/sample/cancel": Method<
    ThreadSampleCancelParams,
    ThreadSampleCancelResponse
  >;
  /** Moves a thread out of the way. */
  "thread/archive": Method<ThreadArchiveParams, ThreadArchiveResponse>;
  /** Deletes a thread for good. */
  "thread/delete": Method<ThreadDeleteParams, ThreadDeleteResponse>;
  /** Ends the events of a thread on this connection. */
  "thread/unsubscribe": Method<
    ThreadUnsubscribeParams,
    ThreadUnsubscribeResponse
  >;
  /** Counts one more question that waits for a person. @experimental */
  "thread/increment_elicitation": Method<
    ThreadIncrementElicitationParams,
    ThreadIncrementElicitationResponse
  >;
  /** Counts one less. @experimental */
  "thread/decrement_elicitation": Method<
    ThreadDecrementElicitationParams,
    ThreadDecrementElicitationResponse
  >;
  /** Names a thread. */
  "thread/name/set": Method<ThreadSetNameParams, ThreadSetNameResponse>;
  /** Asks what the user may say next. @experimental */
  "thread/prediction/request": Method<
    ThreadPredictionRequestParams,
    ThreadPredictionRequestResponse
  >;
  /** Sets what a thread works towards. */
  "thread/goal/set": Method<ThreadGoalSetParams, ThreadGoalSetResponse>;
  /** Reads what a thread works towards. */
  "thread/goal/get": Method<ThreadGoalGetParams, ThreadGoalGetResponse>;
  /** Takes the goal of a thread away. */
  "thread/goal/clear": Method<ThreadGoalClearParams, ThreadGoalClearResponse>;
  /** Queues a message behind the turn that runs. @experimental */
  "thread/queue/add": Method<ThreadQueueAddParams, ThreadQueueAddResponse>;
  /** Lists the queued messages. @experimental */
  "thread/queue/list": Method<ThreadQueueListParams, ThreadQueueListResponse>;
  /** Changes a queued message. @experimental */
  "thread/queue/update": Method<
    ThreadQueueUpdateParams,
    ThreadQueueUpdateResponse
  >;
  /** Takes a message out of the queue. @experimental */
  "thread/queue/delete": Method<
    ThreadQueueDeleteParams,
    ThreadQueueDeleteResponse
  >;
  /** Puts the queue in another order. @experimental */
  "thread/queue/reorder": Method<
    ThreadQueueReorderParams,
    ThreadQueueReorderResponse
  >;
  /** Starts a queued message now. @experimental */
  "thread/queue/start": Method<
    ThreadQueueStartParams,
    ThreadQueueStartResponse
  >;
  /** Changes what is stored about a thread. */
  "thread/metadata/update": Method<
    ThreadMetadataUpdateParams,
    ThreadMetadataUpdateResponse
  >;
  /** Attaches something to a thread. */
  "thread/attachment/add": Method<
    ThreadAttachmentAddParams,
    ThreadAttachmentAddResponse
  >;
  /** Lists what is attached to a thread. */
  "thread/attachment/list": Method<
    ThreadAttachmentListParams,
    ThreadAttachmentListResponse
  >;
  /** Lists what threads something is attached to. */
  "thread/attachmentOwner/list": Method<
    ThreadAttachmentOwnerListParams,
    ThreadAttachmentOwnerListResponse
  >;
  /** Detaches something from a thread. */
  "thread/attachment/remove": Method<
    ThreadAttachmentRemoveParams,
    ThreadAttachmentRemoveResponse
  >;
  /** Moves a thread into another section. */
  "thread/section/move": Method<
    ThreadSectionMoveParams,
    ThreadSectionMoveResponse
  >;
  /** Changes the settings of a thread. @experimental */
  "thread/settings/update": Method<
    ThreadSettingsUpdateParams,
    ThreadSettingsUpdateResponse
  >;
  /** Sets whether a thread may be remembered. @experimental */
  "thread/memoryMode/set": Method<
    ThreadMemoryModeSetParams,
    ThreadMemoryModeSetResponse
  >;
  /** Reads what is remembered of a thread. @experimental */
  "thread/memory/read": Method<
    ThreadMemoryReadParams,
    ThreadMemoryReadResponse
  >;
  /** Reads the state of what is remembered. @experimental */
  "memory/status": Method<MemoryStatusParams, MemoryStatusResponse>;
  /** Forgets everything. @experimental */
  "memory/reset": Method<undefined, MemoryResetResponse>;
  /** Compresses stored threads. @experimental */
  "rollout/compress": Method<undefined, RolloutCompressResponse>;
  /** Brings an archived thread back. */
  "thread/unarchive": Method<ThreadUnarchiveParams, ThreadUnarchiveResponse>;
  /** Shortens the context of a thread. */
  "thread/compact/start": Method<
    ThreadCompactStartParams,
    ThreadCompactStartResponse
  >;
  /** Runs the user's own shell command within a thread. */
  "thread/shellCommand": Method<
    ThreadShellCommandParams,
    ThreadShellCommandResponse
  >;
  /** Allows what the automatic review denied. */
  "thread/approveGuardianDeniedAction": Method<
    ThreadApproveGuardianDeniedActionParams,
    ThreadApproveGuardianDeniedActionResponse
  >;
  /** Ends the terminals that a thread left running. @experimental */
  "thread/backgroundTerminals/clean": Method<
    ThreadBackgroundTerminalsCleanParams,
    ThreadBackgroundTerminalsCleanResponse
  >;
  /** Lists the terminals that a thread left running. @experimental */
  "thread/backgroundTerminals/list": Method<
    ThreadBackgroundTerminalsListParams,
    ThreadBackgroundTerminalsListResponse
  >;
  /** Ends one of them. @experimental */
  "thread/backgroundTerminals/terminate": Method<
    ThreadBackgroundTerminalsTerminateParams,
    ThreadBackgroundTerminalsTerminateResponse
  >;
  /** Drops the stored turns from one on; files stay as they are. */
  "thread/revert": Method<ThreadRevertParams, ThreadRevertResponse>;
  /** Lists stored threads, a page at a time. */
  "thread/list": Method<ThreadListParams, ThreadListResponse>;
  /** Lists projects. @experimental */
  "project/list": Method<ProjectListParams, ProjectListResponse>;
  /** Reads a project. @experimental */
  "project/read": Method<ProjectReadParams, ProjectReadResponse>;
  /** Creates a project. @experimental */
  "project/create": Method<ProjectCreateParams, ProjectCreateResponse>;
  /** Takes over a project from elsewhere. @experimental */
  "project/import": Method<ProjectImportParams, ProjectImportResponse>;
  /** Changes a project. @experimental */
  "project/update": Method<ProjectUpdateParams, ProjectUpdateResponse>;
  /** Moves a project in the list. @experimental */
  "project/move": Method<ProjectMoveParams, ProjectMoveResponse>;
  /** Deletes a project. @experimental */
  "project/delete": Method<ProjectDeleteParams, ProjectDeleteResponse>;
  /** Lists the sections that threads are sorted into. */
  "threadSection/list": Method<
    ThreadSectionListParams,
    ThreadSectionListResponse
  >;
  /** Creates a section. */
  "threadSection/create": Method<
    ThreadSectionCreateParams,
    ThreadSectionCreateResponse
  >;
  /** Changes a section. */
  "threadSection/update": Method<
    ThreadSectionUpdateParams,
    ThreadSectionUpdateResponse
  >;
  /** Deletes a section. */
  "threadSection/delete": Method<
    ThreadSectionDeleteParams,
    ThreadSectionDeleteResponse
  >;
  /** Searches stored threads. @experimental */
  "thread/search": Method<ThreadSearchParams, ThreadSearchResponse>;
  /** Finds where in a thread something was said. @experimental */
  "thread/searchOccurrences": Method<
    ThreadSearchOccurrencesParams,
    ThreadSearchOccurrencesResponse
  >;
  /** Lists the threads that are in memory. */
  "thread/loaded/list": Method<
    ThreadLoadedListParams,
    ThreadLoadedListResponse
  >;
  /** Reads a stored thread without opening it. */
  "thread/read": Method<ThreadReadParams, ThreadReadResponse>;
  /** Notes how far a thread was read. @experimental */
  "thread/readState/update": Method<
    ThreadReadStateUpdateParams,
    ThreadReadStateUpdateResponse
  >;
  /** Lists the turns of a thread, a page at a time. */
  "thread/turns/list": Method<ThreadTurnsListParams, ThreadTurnsListResponse>;
  /** Lists the items of a thread, a page at a time. */
  "thread/items/list": Method<ThreadItemsListParams, ThreadItemsListResponse>;
  /** Reads chosen items of a turn. @experimental */
  "thread/items/read": Method<ThreadItemsReadParams, ThreadItemsReadResponse>;
  /** Asks for an automatic review. @experimental */
  "thread/guardianReview": Method<
    ThreadGuardianReviewParams,
    ThreadGuardianReviewResponse
  >;
  /** Adds items to what the model sees. */
  "thread/inject_items": Method<
    ThreadInjectItemsParams,
    ThreadInjectItemsResponse
  >;
  /** Readies a thread to carry out an approved plan. @experimental */
  "thread/prepareApprovedPlan": Method<
    ThreadPrepareApprovedPlanParams,
    ThreadPrepareApprovedPlanResponse
  >;
  /** Lists skills by directory. */
  "skills/list": Method<SkillsListParams, SkillsListResponse>;
  /** Sets further directories with skills. */
  "skills/extraRoots/set": Method<
    SkillsExtraRootsSetParams,
    SkillsExtraRootsSetResponse
  >;
  /** Lists hooks by directory. */
  "hooks/list": Method<HooksListParams, HooksListResponse>;
  /** Adds a source of plugins. */
  "marketplace/add": Method<MarketplaceAddParams, MarketplaceAddResponse>;
  /** Removes a source of plugins. */
  "marketplace/remove": Method<
    MarketplaceRemoveParams,
    MarketplaceRemoveResponse
  >;
  /** Brings sources of plugins up to date. */
  "marketplace/upgrade": Method<
    MarketplaceUpgradeParams,
    MarketplaceUpgradeResponse
  >;
  /** Lists the plugins on offer. */
  "plugin/list": Method<PluginListParams, PluginListResponse>;
  /** Searches the plugins on offer. @experimental */
  "plugin/search": Method<PluginSearchParams, PluginSearchResponse>;
  /** Lists the installed plugins. */
  "plugin/installed": Method<PluginInstalledParams, PluginInstalledResponse>;
  /** Makes the installed plugins what they should be. */
  "plugin/reconcile": Method<PluginReconcileParams, PluginReconcileResponse>;
  /** Reads about a plugin. */
  "plugin/read": Method<PluginReadParams, PluginReadResponse>;
  /** Reads a skill of a plugin. */
  "plugin/skill/read": Method<PluginSkillReadParams, PluginSkillReadResponse>;
  /** Shares a plugin. */
  "plugin/share/save": Method<PluginShareSaveParams, PluginShareSaveResponse>;
  /** Changes who a plugin is shared with. */
  "plugin/share/updateTargets": Method<
    PluginShareUpdateTargetsParams,
    PluginShareUpdateTargetsResponse
  >;
  /** Lists the shared plugins. */
  "plugin/share/list": Method<PluginShareListParams, PluginShareListResponse>;
  /** Gets a shared plugin to work on. */
  "plugin/share/checkout": Method<
    PluginShareCheckoutParams,
    PluginShareCheckoutResponse
  >;
  /** Ends the sharing of a plugin. */
  "plugin/share/delete": Method<
    PluginShareDeleteParams,
    PluginShareDeleteResponse
  >;
  /** Reads about apps. */
  "app/read": Method<AppsReadParams, AppsReadResponse>;
  /** Lists the apps on offer. */
  "app/list": Method<AppsListParams, AppsListResponse>;
  /** Lists the installed apps. */
  "app/installed": Method<AppsInstalledParams, AppsInstalledResponse>;
  /** Reads a file. */
  "fs/readFile": Method<FsReadFileParams, FsReadFileResponse>;
  /** Creates or replaces a file. */
  "fs/writeFile": Method<FsWriteFileParams, FsWriteFileResponse>;
  /** Creates a directory. */
  "fs/createDirectory": Method<
    FsCreateDirectoryParams,
    FsCreateDirectoryResponse
  >;
  /** Tells what a path is. */
  "fs/getMetadata": Method<FsGetMetadataParams, FsGetMetadataResponse>;
  /** Lists the direct children of a directory. */
  "fs/readDirectory": Method<FsReadDirectoryParams, FsReadDirectoryResponse>;
  /** Removes a file, a link or a directory. */
  "fs/remove": Method<FsRemoveParams, FsRemoveResponse>;
  /** Copies a file, a link or a directory tree. */
  "fs/copy": Method<FsCopyParams, FsCopyResponse>;
  /** Starts to report changes below a path. */
  "fs/watch": Method<FsWatchParams, FsWatchResponse>;
  /** Ends a watch. */
  "fs/unwatch": Method<FsUnwatchParams, FsUnwatchResponse>;
  /** Turns a skill on or off. */
  "skills/config/write": Method<
    SkillsConfigWriteParams,
    SkillsConfigWriteResponse
  >;
  /** Installs a plugin. */
  "plugin/install": Method<PluginInstallParams, PluginInstallResponse>;
  /** Uninstalls a plugin. */
  "plugin/uninstall": Method<PluginUninstallParams, PluginUninstallResponse>;
  /** Gives the model its next task. */
  "turn/start": Method<
    TurnStartParams,
    TurnStartResponse
  >;
  /** Changes the settings of the turn that runs. @experimental */
  "turn/settings/update": Method<
    TurnSettingsUpdateParams,
    TurnSettingsUpdateResponse
  >;
  /** Adds to the task that the model works on. */
  "turn/steer": Method<
    TurnSteerParams,
    TurnSteerResponse
  >;
  /** Stops the turn that runs. */
  "turn/interrupt": Method<
    TurnInterruptParams,
    TurnInterruptResponse
  >;
  /** Starts to speak with the model. @experimental */
  "thread/realtime/start": Method<
    ThreadRealtimeStartParams,
    ThreadRealtimeStartResponse
  >;
  /** Sends sound. @experimental */
  "thread/realtime/appendAudio": Method<
    ThreadRealtimeAppendAudioParams,
    ThreadRealtimeAppendAudioResponse
  >;
  /** Sends text into the conversation. @experimental */
  "thread/realtime/appendText": Method<
    ThreadRealtimeAppendTextParams,
    ThreadRealtimeAppendTextResponse
  >;
  /** Has the model say something. @experimental */
  "thread/realtime/appendSpeech": Method<
    ThreadRealtimeAppendSpeechParams,
    ThreadRealtimeAppendSpeechResponse
  >;
  /** Ends the conversation. @experimental */
  "thread/realtime/stop": Method<
    ThreadRealtimeStopParams,
    ThreadRealtimeStopResponse
  >;
  /** Lists what happened in a thread in order of time. @experimental */
  "thread/timeline/list": Method<
    ThreadTimelineListParams,
    ThreadTimelineListResponse
  >;
  /** Lists the voices to choose from. @experimental */
  "thread/realtime/listVoices": Method<
    ThreadRealtimeListVoicesParams,
    ThreadRealtimeListVoicesResponse
  >;
  /** Has the model review changes. */
  "review/start": Method<
    ReviewStartParams,
    ReviewStartResponse
  >;
  /** Lists the models to choose from. */
  "model/list": Method<ModelListParams, ModelListResponse>;
  /** Reads the state of the gateway login. @optional */
  "account/gatewayOAuth/read": Method<
    GatewayOAuthReadParams,
    GatewayOAuthReadResponse
  >;
  /** Starts a gateway login. @optional */
  "account/gatewayOAuth/login": Method<
    GatewayOAuthLoginParams,
    GatewayOAuthLoginResponse
  >;
  /** Gives up a gateway login. */
  "account/gatewayOAuth/cancel": Method<undefined, GatewayOAuthCancelResponse>;
  /** Lists the model providers. */
  "modelProvider/list": Method<
    ModelProviderListParams,
    ModelProviderListResponse
  >;
  /** Configures a model provider. */
  "modelProvider/config/write": Method<
    ModelProviderConfigWriteParams,
    ModelProviderConfigWriteResponse
  >;
  /** Reads what the model provider can do. */
  "modelProvider/capabilities/read": Method<
    ModelProviderCapabilitiesReadParams,
    ModelProviderCapabilitiesReadResponse
  >;
  /** Lists features that are not finished. */
  "experimentalFeature/list": Method<
    ExperimentalFeatureListParams,
    ExperimentalFeatureListResponse
  >;
  /** Lists the permission profiles to choose from. */
  "permissionProfile/list": Method<
    PermissionProfileListParams,
    PermissionProfileListResponse
  >;
  /** Turns such features on or off in this process. */
  "experimentalFeature/enablement/set": Method<
    ExperimentalFeatureEnablementSetParams,
    ExperimentalFeatureEnablementSetResponse
  >;
  /** Turns remote control on. @experimental @optional */
  "remoteControl/enable": Method<
    RemoteControlEnableParams,
    RemoteControlEnableResponse
  >;
  /** Turns remote control off. @experimental @optional */
  "remoteControl/disable": Method<
    RemoteControlDisableParams,
    RemoteControlDisableResponse
  >;
  /** Reads where remote control stands. @experimental */
  "remoteControl/status/read": Method<
    undefined,
    RemoteControlStatusReadResponse
  >;
  /** Starts to pair with another device. @experimental */
  "remoteControl/pairing/start": Method<
    RemoteControlPairingStartParams,
    RemoteControlPairingStartResponse
  >;
  /** Reads how the pairing goes. @experimental */
  "remoteControl/pairing/status": Method<
    RemoteControlPairingStatusParams,
    RemoteControlPairingStatusResponse
  >;
  /** Lists the paired devices. @experimental */
  "remoteControl/client/list": Method<
    RemoteControlClientsListParams,
    RemoteControlClientsListResponse
  >;
  /** Unpairs a device. @experimental */
  "remoteControl/client/revoke": Method<
    RemoteControlClientsRevokeParams,
    RemoteControlClientsRevokeResponse
  >;
  /** Lists the ways of working together. @experimental */
  "collaborationMode/list": Method<
    CollaborationModeListParams,
    CollaborationModeListResponse
  >;
  /** Tries the experimental gate; does nothing. @experimental */
  "mock/experimentalMethod": Method<
    MockExperimentalMethodParams,
    MockExperimentalMethodResponse
  >;
  /** Adds a place where threads work, behind an exec server. @experimental */
  "environment/add": Method<EnvironmentAddParams, EnvironmentAddResponse>;
  /** Reads about such a place. @experimental */
  "environment/info": Method<EnvironmentInfoParams, EnvironmentInfoResponse>;
  /** Reads the state of such a place. @experimental */
  "environment/status": Method<
    EnvironmentStatusParams,
    EnvironmentStatusResponse
  >;
  /** Signs in at an MCP server. */
  "mcpServer/oauth/login": Method<
    McpServerOauthLoginParams,
    McpServerOauthLoginResponse
  >;
  /** Reads the configured MCP servers again. */
  "config/mcpServer/reload": Method<undefined, McpServerRefreshResponse>;
  /** Lists the MCP servers and what they offer. */
  "mcpServerStatus/list": Method<
    ListMcpServerStatusParams,
    ListMcpServerStatusResponse
  >;
  /** Reads a resource of an MCP server. */
  "mcpServer/resource/read": Method<
    McpResourceReadParams,
    McpResourceReadResponse
  >;
  /** Starts to pass on the events of an MCP server. @experimental */
  "mcpServer/event/stream/start": Method<
    McpServerEventStreamStartParams,
    McpServerEventStreamStartResponse
  >;
  /** Ends that. @experimental */
  "mcpServer/event/stream/stop": Method<
    McpServerEventStreamStopParams,
    McpServerEventStreamStopResponse
  >;
  /** Calls a tool of an MCP server. */
  "mcpServer/tool/call": Method<
    McpServerToolCallParams,
    McpServerToolCallResponse
  >;
  /** Starts to set the Windows sandbox up. */
  "windowsSandbox/setupStart": Method<
    WindowsSandboxSetupStartParams,
    WindowsSandboxSetupStartResponse
  >;
  /** Reads whether the Windows sandbox is ready. */
  "windowsSandbox/readiness": Method<
    undefined,
    WindowsSandboxReadinessResponse
  >;
  /** Starts to sign in. */
  "account/login/start": Method<LoginAccountParams, LoginAccountResponse>;
  /** Looks for access to Amazon Bedrock. @experimental */
  "account/bedrock/discover": Method<
    BedrockDiscoverParams,
    BedrockDiscoverResponse
  >;
  /** Sets access to Amazon Bedrock up. @experimental */
  "account/bedrock/setup": Method<BedrockSetupParams, BedrockSetupResponse>;
  /** Sets access to Google Cloud up. @experimental */
  "account/gcp/setup": Method<GcpSetupParams, GcpSetupResponse>;
  /** Checks what AWS GovCloud demands. @experimental */
  "account/bedrock/checkGovCloudRequirements": Method<
    BedrockCheckGovCloudRequirementsParams,
    BedrockCheckGovCloudRequirementsResponse
  >;
  /** Gives up a sign-in that runs. */
  "account/login/cancel": Method<
    CancelLoginAccountParams,
    CancelLoginAccountResponse
  >;
  /** Lists the accounts that are signed in. @experimental */
  "accountSession/list": Method<
    AccountSessionsListParams,
    AccountSessionsResponse
  >;
  /** Goes on with another account. @experimental */
  "accountSession/switch": Method<
    AccountSessionsSwitchParams,
    AccountSessionsSwitchResponse
  >;
  /** Signs out. */
  "account/logout": Method<undefined, LogoutAccountResponse>;
  /** Reads how far the account is secured. */
  "account/securitySetup/read": Method<
    undefined,
    GetAccountSecuritySetupResponse
  >;
  /** Reads how much of the rate limits is used. @optional */
  "account/rateLimits/read": Method<
    GetAccountRateLimitsParams,
    GetAccountRateLimitsResponse
  >;
  /** Spends a credit to reset a rate limit. */
  "account/rateLimitResetCredit/consume": Method<
    ConsumeAccountRateLimitResetCreditParams,
    ConsumeAccountRateLimitResetCreditResponse
  >;
  /** Reads how many tokens were used. @optional */
  "account/usage/read": Method<
    GetAccountTokenUsageParams,
    GetAccountTokenUsageResponse
  >;
  /** Reads the messages of the workspace's owner. */
  "account/workspaceMessages/read": Method<
    undefined,
    GetWorkspaceMessagesResponse
  >;
  /** Asks the workspace's owner for credits by mail. */
  "account/sendAddCreditsNudgeEmail": Method<
    SendAddCreditsNudgeEmailParams,
    SendAddCreditsNudgeEmailResponse
  >;
  /** Sends feedback. */
  "feedback/upload": Method<FeedbackUploadParams, FeedbackUploadResponse>;
  /** Writes feedback to a ZIP file on this machine. */
  "feedback/save": Method<FeedbackSaveParams, FeedbackSaveResponse>;
  /** Runs a program and answers when it has ended. */
  "command/exec": Method<
    CommandExecParams,
    CommandExecResponse
  >;
  /** Writes to the stdin of a running command, or closes it. */
  "command/exec/write": Method<
    CommandExecWriteParams,
    CommandExecWriteResponse
  >;
  /** Kills a running command. */
  "command/exec/terminate": Method<
    CommandExecTerminateParams,
    CommandExecTerminateResponse
  >;
  /** Changes the size of a running command's terminal. */
  "command/exec/resize": Method<
    CommandExecResizeParams,
    CommandExecResizeResponse
  >;
  /** Starts a program and answers once it runs. @experimental */
  "process/spawn": Method<
    ProcessSpawnParams,
    ProcessSpawnResponse
  >;
  /** Writes to the stdin of a running process, or closes it. @experimental */
  "process/writeStdin": Method<
    ProcessWriteStdinParams,
    ProcessWriteStdinResponse
  >;
  /** Kills a running process. @experimental */
  "process/kill": Method<
    ProcessKillParams,
    ProcessKillResponse
  >;
  /** Changes the size of a running process's terminal. @experimental */
  "process/resizePty": Method<
    ProcessResizePtyParams,
    ProcessResizePtyResponse
  >;
  /** Reads the configuration and where each part comes from. */
  "config/read": Method<ConfigReadParams, ConfigReadResponse>;
  /** Looks for the configuration and the sessions of another agent. */
  "externalAgentConfig/detect": Method<
    ExternalAgentConfigDetectParams,
    ExternalAgentConfigDetectResponse
  >;
  /** Takes over what was found of another agent. */
  "externalAgentConfig/import": Method<
    ExternalAgentConfigImportParams,
    ExternalAgentConfigImportResponse
  >;
  /** Notes that something was taken over. */
  "externalAgentConfig/import/recordHistory": Method<
    ExternalAgentConfigImportHistoryRecordParams,
    ExternalAgentConfigImportHistoryRecordResponse
  >;
  /** Reads what was taken over so far. */
  "externalAgentConfig/import/readHistories": Method<
    undefined,
    ExternalAgentConfigImportHistoriesReadResponse
  >;
  /** Writes one value of the configuration. */
  "config/value/write": Method<ConfigValueWriteParams, ConfigWriteResponse>;
  /** Writes several values at once. */
  "config/batchWrite": Method<ConfigBatchWriteParams, ConfigWriteResponse>;
  /** Reads what an administrator demands. */
  "configRequirements/read": Method<undefined, ConfigRequirementsReadResponse>;
  /** Reads which account is signed in. */
  "account/read": Method<GetAccountParams, GetAccountResponse>;
  /** Reads the summary of a stored thread. */
  getConversationSummary: Method<
    GetConversationSummaryParams,
    GetConversationSummaryResponse
  >;
  /** Tells how a working tree differs from its remote. */
  gitDiffToRemote: Method<
    GitDiffToRemoteParams,
    GitDiffToRemoteResponse
  >;
  /** Reads how the server is signed in. */
  getAuthStatus: Method<GetAuthStatusParams, GetAuthStatusResponse>;
  /** Finds files by a few letters of their path. */
  fuzzyFileSearch: Method<
    FuzzyFileSearchParams,
    FuzzyFileSearchResponse
  >;
  /** Starts a search that follows what is typed. @experimental */
  "fuzzyFileSearch/sessionStart": Method<
    FuzzyFileSearchSessionStartParams,
    FuzzyFileSearchSessionStartResponse
  >;
  /** Says what is typed now. @experimental */
  "fuzzyFileSearch/sessionUpdate": Method<
    FuzzyFileSearchSessionUpdateParams,
    FuzzyFileSearchSessionUpdateResponse
  >;
  /** Ends the search. @experimental */
  "fuzzyFileSearch/sessionStop": Method<
    FuzzyFileSearchSessionStopParams,
    FuzzyFileSearchSessionStopResponse
  >;
  /** Older form of `thread/revert`: drops some of the last turns. @legacy */
  "thread/rollback": Method<ThreadRollbackParams, ThreadRollbackResponse>;
  /** Older form of `thread/items/list`: lists the items of one turn. @legacy */
  "thread/turns/items/list": Method<
    ThreadTurnsItemsListParams,
    ThreadTurnsItemsListResponse
  >;
  /** Takes over a process that may outlive its connection. @gangway */
  "gangway/process/attach": Method<
    GangwayProcessAttachParams,
    GangwayProcessAttachResponse
  >;
  /** Leaves such a process, for somebody to take it over. @gangway */
  "gangway/process/detach": Method<
    GangwayProcessDetachParams,
    GangwayProcessDetachResponse
  >;
}

/** Requests from the server to the client. */
export interface ServerRequests {
  /** May this command run? */
  "item/commandExecution/requestApproval": Method<
    CommandExecutionRequestApprovalParams,
    CommandExecutionRequestApprovalResponse
  >;
  /** May these files be changed? */
  "item/fileChange/requestApproval": Method<
    FileChangeRequestApprovalParams,
    FileChangeRequestApprovalResponse
  >;
  /** A tool asks the user something. */
  "item/tool/requestUserInput": Method<
    ToolRequestUserInputParams,
    ToolRequestUserInputResponse
  >;
  /** An MCP server asks the user something. */
  "mcpServer/elicitation/request": Method<
    McpServerElicitationRequestParams,
    McpServerElicitationRequestResponse
  >;
  /** May the model have further permissions? */
  "item/permissions/requestApproval": Method<
    PermissionsRequestApprovalParams,
    PermissionsRequestApprovalResponse
  >;
  /** Calls a tool that the client brought along. */
  "item/tool/call": Method<
    DynamicToolCallParams,
    DynamicToolCallResponse
  >;
  /** Asks for fresh tokens that the client keeps. */
  "account/chatgptAuthTokens/refresh": Method<
    ChatgptAuthTokensRefreshParams,
    ChatgptAuthTokensRefreshResponse
  >;
  /** Asks for an attestation of the client. */
  "attestation/generate": Method<
    AttestationGenerateParams,
    AttestationGenerateResponse
  >;
  /** Asks what time it is for the client. @experimental */
  "currentTime/read": Method<
    CurrentTimeReadParams,
    CurrentTimeReadResponse
  >;
  /** Older form: may this patch be applied? */
  applyPatchApproval: Method<
    ApplyPatchApprovalParams,
    ApplyPatchApprovalResponse
  >;
  /** Older form: may this command run? */
  execCommandApproval: Method<
    ExecCommandApprovalParams,
    ExecCommandApprovalResponse
  >;
}

/** Notifications from the server to the client. */
export interface ServerNotifications {
  /** Something went wrong in a turn. */
  error: ErrorNotification;
  /** A thread began. */
  "thread/started": ThreadStartedNotification;
  /** A thread works, waits or failed. */
  "thread/status/changed": ThreadStatusChangedNotification;
  /** A thread was read further. */
  "thread/readState/changed": ThreadReadStateChangedNotification;
  /** A thread was archived. */
  "thread/archived": ThreadArchivedNotification;
  /** A thread was deleted. */
  "thread/deleted": ThreadDeletedNotification;
  /** A thread was brought back. */
  "thread/unarchived": ThreadUnarchivedNotification;
  /** A thread is no longer in memory. */
  "thread/closed": ThreadClosedNotification;
  /** Stored turns of a thread were dropped. */
  "thread/reverted": ThreadRevertedNotification;
  /** Skills may have changed; list them again. */
  "skills/changed": SkillsChangedNotification;
  /** A thread has another name. */
  "thread/name/updated": ThreadNameUpdatedNotification;
  /** A thread is in another section. */
  "thread/section/changed": ThreadSectionChangedNotification;
  /** What is attached to a thread changed. */
  "thread/attachment/updated": ThreadAttachmentUpdatedNotification;
  /** A thread works towards something else. */
  "thread/goal/updated": ThreadGoalUpdatedNotification;
  /** What the user may say next. */
  "thread/prediction/updated": ThreadPredictionUpdatedNotification;
  /** A thread has no goal any more. */
  "thread/goal/cleared": ThreadGoalClearedNotification;
  /** The queued messages changed. */
  "thread/queue/changed": ThreadQueueChangedNotification;
  /** A project changed. */
  "project/changed": ProjectChangedNotification;
  /** A thread belongs to another project. */
  "thread/project/updated": ThreadProjectUpdatedNotification;
  /** The place where a thread works is reached. */
  "thread/environment/connected": EnvironmentConnectionNotification;
  /** The place where a thread works is out of reach. */
  "thread/environment/disconnected": EnvironmentConnectionNotification;
  /** A thread has other settings. */
  "thread/settings/updated": ThreadSettingsUpdatedNotification;
  /** How many tokens a thread has used. */
  "thread/tokenUsage/updated": ThreadTokenUsageUpdatedNotification;
  /** A turn began. */
  "turn/started": TurnStartedNotification;
  /** A hook began to run. */
  "hook/started": HookStartedNotification;
  /** A turn ended, well or not. */
  "turn/completed": TurnCompletedNotification;
  /** A hook has run. */
  "hook/completed": HookCompletedNotification;
  /** What a turn changed in files so far. */
  "turn/diff/updated": TurnDiffUpdatedNotification;
  /** What a turn means to do. */
  "turn/plan/updated": TurnPlanUpdatedNotification;
  /** An item of a turn began. */
  "item/started": ItemStartedNotification;
  /** An automatic review began. */
  "item/autoApprovalReview/started":
    ItemGuardianApprovalReviewStartedNotification;
  /** An automatic review ended. */
  "item/autoApprovalReview/completed":
    ItemGuardianApprovalReviewCompletedNotification;
  /** From now on every approval is reviewed strictly. */
  "autoApprovalReview/strictReviewRequired": StrictReviewRequiredNotification;
  /** An item of a turn is complete. */
  "item/completed": ItemCompletedNotification;
  /** An item as the model provider sent it. */
  "rawResponseItem/completed": RawResponseItemCompletedNotification;
  /** What one answer of the model provider used. */
  "rawResponse/completed": RawResponseCompletedNotification;
  /** More text of the model's message. */
  "item/agentMessage/delta": AgentMessageDeltaNotification;
  /** More text of the model's plan. */
  "item/plan/delta": PlanDeltaNotification;
  /** A running command wrote something. */
  "command/exec/outputDelta": CommandExecOutputDeltaNotification;
  /** A running process wrote something. */
  "process/outputDelta": ProcessOutputDeltaNotification;
  /** A process has ended. */
  "process/exited": ProcessExitedNotification;
  /** A command of the model wrote something. */
  "item/commandExecution/outputDelta": CommandExecutionOutputDeltaNotification;
  /** The model wrote to the terminal of its command. */
  "item/commandExecution/terminalInteraction": TerminalInteractionNotification;
  /** Known to older clients; not sent any more. */
  "item/fileChange/outputDelta": FileChangeOutputDeltaNotification;
  /** More of the patch that the model writes. */
  "item/fileChange/patchUpdated": FileChangePatchUpdatedNotification;
  /** A question to the client is settled. */
  "serverRequest/resolved": ServerRequestResolvedNotification;
  /** How far the call of an MCP tool is. */
  "item/mcpToolCall/progress": McpToolCallProgressNotification;
  /** A sign-in at an MCP server ended. */
  "mcpServer/oauthLogin/completed": McpServerOauthLoginCompletedNotification;
  /** How far the start of an MCP server is. */
  "mcpServer/startupStatus/updated": McpServerStatusUpdatedNotification;
  /** An event of an MCP server. */
  "mcpServer/event/stream/notification": McpServerEventStreamNotification;
  /** Another account, or none, is signed in. */
  "account/updated": AccountUpdatedNotification;
  /** The gateway login changed its state. */
  "account/gatewayOAuth/changed": GatewayOAuthChangedNotification;
  /** More of the rate limits is used. */
  "account/rateLimits/updated": AccountRateLimitsUpdatedNotification;
  /** The apps on offer changed. */
  "app/list/updated": AppListUpdatedNotification;
  /** Remote control changed its state. */
  "remoteControl/status/changed": RemoteControlStatusChangedNotification;
  /** How far the take-over of a configuration is. */
  "externalAgentConfig/import/progress":
    ExternalAgentConfigImportProgressNotification;
  /** The take-over of a configuration ended. */
  "externalAgentConfig/import/completed":
    ExternalAgentConfigImportCompletedNotification;
  /** Something below a watched path changed. */
  "fs/changed": FsChangedNotification;
  /** More text of the summary of the model's reasoning. */
  "item/reasoning/summaryTextDelta": ReasoningSummaryTextDeltaNotification;
  /** The summary of the reasoning has another part. */
  "item/reasoning/summaryPartAdded": ReasoningSummaryPartAddedNotification;
  /** More text of the model's reasoning. */
  "item/reasoning/textDelta": ReasoningTextDeltaNotification;
  /** The context of a thread was shortened. */
  "thread/compacted": ContextCompactedNotification;
  /** Another model than the chosen one answers. */
  "model/rerouted": ModelReroutedNotification;
  /** The model asks for a verification of the user. */
  "model/verification": ModelVerificationNotification;
  /** The server tries to sign in again at the model provider. */
  "modelProvider/authRecoveryStarted": AuthRecoveryNotification;
  /** That attempt ended. */
  "modelProvider/authRecoveryCompleted": AuthRecoveryNotification;
  /** What moderation says about a turn. */
  "turn/moderationMetadata": TurnModerationMetadataNotification;
  /** Output is held back for a safety check, or no longer. */
  "model/safetyBuffering/updated": ModelSafetyBufferingUpdatedNotification;
  /** Something that deserves attention. */
  warning: WarningNotification;
  /** The automatic review warns. */
  guardianWarning: GuardianWarningNotification;
  /** Something that is used will go away. */
  deprecationNotice: DeprecationNoticeNotification;
  /** Something about the configuration deserves attention. */
  configWarning: ConfigWarningNotification;
  /** What a search found so far. */
  "fuzzyFileSearch/sessionUpdated": FuzzyFileSearchSessionUpdatedNotification;
  /** A search has found everything. */
  "fuzzyFileSearch/sessionCompleted":
    FuzzyFileSearchSessionCompletedNotification;
  /** The conversation began. */
  "thread/realtime/started": ThreadRealtimeStartedNotification;
  /** The conversation has another item. */
  "thread/realtime/itemAdded": ThreadRealtimeItemAddedNotification;
  /** An item of the conversation began. */
  "thread/realtime/item/started": ThreadRealtimeItemStartedNotification;
  /** More text of what an item says. */
  "thread/realtime/item/transcript/delta":
    ThreadRealtimeItemTranscriptDeltaNotification;
  /** An item of the conversation is complete. */
  "thread/realtime/item/completed": ThreadRealtimeItemCompletedNotification;
  /** More text of what is said. */
  "thread/realtime/transcript/delta": ThreadRealtimeTranscriptDeltaNotification;
  /** All text of what was said. */
  "thread/realtime/transcript/done": ThreadRealtimeTranscriptDoneNotification;
  /** More sound. */
  "thread/realtime/outputAudio/delta":
    ThreadRealtimeOutputAudioDeltaNotification;
  /** The server's half of the WebRTC handshake. */
  "thread/realtime/sdp": ThreadRealtimeSdpNotification;
  /** Something went wrong in the conversation. */
  "thread/realtime/error": ThreadRealtimeErrorNotification;
  /** The conversation ended. */
  "thread/realtime/closed": ThreadRealtimeClosedNotification;
  /** Directories that anybody may write to. */
  "windows/worldWritableWarning": WindowsWorldWritableWarningNotification;
  /** The set-up of the Windows sandbox ended. */
  "windowsSandbox/setupCompleted": WindowsSandboxSetupCompletedNotification;
  /** A sign-in ended, well or not. */
  "account/login/completed": AccountLoginCompletedNotification;
  /** A process is attached to this connection no more. @gangway */
  "gangway/process/detached": GangwayProcessDetachedNotification;
}

/** Notifications from the client to the server. */
export interface ClientNotifications {
  /** The client has read the answer to `initialize`; changes nothing. */
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
