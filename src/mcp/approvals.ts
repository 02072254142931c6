import {
  type JsonValue,
  type McpServerElicitationRequestResponse,
  RpcError,
  type Tool,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import {
  QuestionQueue,
  review,
  type Reviewer,
  type ToolContext,
} from "../tools/mod.ts";
import { describeTool } from "./_describe_tool.ts";
import type { ApprovalMode, ServerConfig } from "./server_config.ts";

/** A call that a model wants to make. */
export interface CallQuestion {
  readonly config: ServerConfig;
  readonly tool: Tool;
  readonly input: Readonly<Record<string, JsonValue>>;
  /** Its item, which has been told to begin. */
  readonly itemId: string;
  /** What hooks call the tool. */
  readonly hookedName: string;
}

/** What came of it. */
export type Leave =
  | { readonly isGranted: true }
  | { readonly isGranted: false; readonly reason: string };

/** What {@linkcode Approvals} is made of. */
export interface ApprovalsOptions {
  /** Who answers in place of the user, if there is somebody. */
  readonly reviewer: Reviewer | undefined;
  /** Keeps it in the configuration that a tool needs no consent any more. */
  readonly remember: (server: ServerConfig, tool: string) => Promise<void>;
  readonly log: Logger;
}

const granted: Leave = { isGranted: true };
const declined = refuse("user rejected MCP tool call");
const cancelled = refuse("user cancelled MCP tool call");

/**
 * Where every call of a model passes: decides whether somebody must agree, asks,
 * and remembers. Questions come one after the other. Only a clear yes is one.
 */
export class Approvals {
  readonly #options: ApprovalsOptions;
  /** Tools that were agreed to for the session. */
  readonly #tools = new Set<string>();
  readonly #questions = new QuestionQueue();

  /** Remembers nothing yet. */
  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /**
   * Whether a call may be made.
   *
   * @throws {unknown} the signal's reason.
   */
  async decide(question: CallQuestion, context: ToolContext): Promise<Leave> {
    if (!this.#mustAsk(question)) return granted;
    const { approvalPolicy, sandboxPolicy } = context.settings;
    if (approvalPolicy === "never") {
      return sandboxPolicy.type === "dangerFullAccess" ? granted : refuse(
        "MCP tool call requires approval, but approval policy is never",
      );
    }
    return await this.#questions.inTurn(context, async () => {
      // What was agreed to meanwhile may settle this too.
      if (!this.#mustAsk(question)) return granted;
      return await consult(question, context) ??
        await this.#review(question, context) ??
        await this.#ask(question, context);
    });
  }

  #mustAsk({ config, tool }: CallQuestion): boolean {
    const mode = toMode(config, tool);
    if (mode === "approve") return false;
    return needsConsent(tool, mode) && !this.#tools.has(toKey(config, tool));
  }

  async #review(
    { config, tool, itemId }: CallQuestion,
    context: ToolContext,
  ): Promise<Leave | undefined> {
    const answer = await review(this.#options.reviewer, context, {
      action: {
        type: "mcpToolCall",
        server: config.name,
        toolName: tool.name,
        connectorId: null,
        connectorName: null,
        toolTitle: tool.title ?? null,
      },
      reason: null,
      itemId,
      show: () => {},
    });
    if (answer === undefined) return undefined;
    if (answer === "accept") return granted;
    return typeof answer === "object" && "denied" in answer
      ? refuse(answer.denied)
      : declined;
  }

  async #ask(question: CallQuestion, context: ToolContext): Promise<Leave> {
    const { config, tool } = question;
    const answer = await askPeople(question, context);
    if (answer?.action === "cancel") return cancelled;
    if (answer?.action !== "accept") return declined;
    const meta = answer._meta as { persist?: unknown } | null | undefined;
    const persist = mayRemember(config, tool) ? meta?.persist : undefined;
    if (persist === "session" || persist === "always") {
      this.#tools.add(toKey(config, tool));
    }
    if (persist === "always") await this.#remember(config, tool);
    return granted;
  }

  async #remember(config: ServerConfig, tool: Tool): Promise<void> {
    try {
      await this.#options.remember(config, tool.name);
    } catch (error) {
      // The call itself was agreed to; it is only asked again some day.
      this.#options.log.error("consent to a tool could not be kept", {
        server: config.name,
        tool: tool.name,
        error: String(error),
      });
    }
  }
}

/** What hooks make of it; nothing if others are to be asked. */
async function consult(
  { itemId, hookedName, input }: CallQuestion,
  context: ToolContext,
): Promise<Leave | undefined> {
  const said = await context.consult?.({
    callId: itemId,
    name: hookedName,
    input,
  });
  if (said === undefined) return undefined;
  return said === "allow" ? granted : refuse(said.denied);
}

/** Whether a tool says of itself that it changes nothing. */
export function readOnlyHint({ annotations }: Tool): boolean | null {
  const hint = (annotations as { readOnlyHint?: unknown } | null | undefined)
    ?.readOnlyHint;
  return typeof hint === "boolean" ? hint : null;
}

function toMode(config: ServerConfig, tool: Tool): ApprovalMode {
  return config.approvalModes.get(tool.name) ?? config.approvalMode;
}

/** Where somebody wrote down when to ask, an answer does not change that. */
function mayRemember(config: ServerConfig, tool: Tool): boolean {
  return toMode(config, tool) === "auto";
}

/** What says nothing of its effects may have any. */
function needsConsent(tool: Tool, mode: ApprovalMode): boolean {
  const hints = (tool.annotations ?? {}) as Record<string, unknown>;
  if (mode === "prompt") return true;
  if (mode === "writes") return hints["readOnlyHint"] !== true;
  if (hints["destructiveHint"] === true) return true;
  if (hints["readOnlyHint"] === true) return false;
  return hints["destructiveHint"] !== false || hints["openWorldHint"] !== false;
}

async function askPeople(
  { config, tool, input }: CallQuestion,
  { stage, signal }: ToolContext,
): Promise<McpServerElicitationRequestResponse | undefined> {
  const { threadId, turnId } = stage;
  const { name, title, annotations } = tool;
  const description = describeTool(tool, config);
  try {
    return await stage.ask("mcpServer/elicitation/request", {
      threadId,
      turnId,
      serverName: config.name,
      mode: "form",
      _meta: {
        codex_approval_kind: "mcp_tool_call",
        ...mayRemember(config, tool) && { persist: ["session", "always"] },
        tool_name: name,
        ...annotations !== undefined && { tool_annotations: annotations },
        ...title !== undefined && { tool_title: title },
        ...description !== undefined && { tool_description: description },
        tool_params: input,
        tool_params_display: Object.entries(input).map(([name, value]) => ({
          name,
          value,
          display_name: name,
        })),
      },
      message: `Allow the ${config.name} MCP server to run tool "${name}"?`,
      requestedSchema: { type: "object", properties: {} },
    }, { signal, waitingOn: "waitingOnApproval" });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}

function toKey(config: ServerConfig, tool: Tool): string {
  return JSON.stringify([config.name, tool.name]);
}

function refuse(reason: string): Leave {
  return { isGranted: false, reason };
}
