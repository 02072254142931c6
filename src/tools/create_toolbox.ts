import type { Access } from "../access/mod.ts";
import type { Config } from "../config/mod.ts";
import type { Programs } from "../exec/mod.ts";
import type { ToolSpec } from "../model/mod.ts";
import type { DynamicToolSpec } from "../protocol/mod.ts";
import type { Sandbox } from "../sandbox/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { Grants } from "./_grants.ts";
import { Guarded } from "./_guarded.ts";
import { RuleBook } from "./_rule_book.ts";
import { TerminalTable } from "./_terminal_table.ts";
import { CommandApprovals } from "./command_approvals.ts";
import { CommandRunner } from "./command_runner.ts";
import { toDynamicTools } from "./dynamic_tool.ts";
import { ExecCommand } from "./exec_command.ts";
import { toAgentTools } from "./agent_tools.ts";
import { toGoalTools } from "./goal_tools.ts";
import { joinNamespaces } from "./_join_namespaces.ts";
import { Interviewer } from "./interviewer.ts";
import { PatchApprovals } from "./patch_approvals.ts";
import { PatchTool } from "./patch_tool.ts";
import { RequestPermissions } from "./request_permissions.ts";
import { RequestUserInput } from "./request_user_input.ts";
import type { Machine } from "./machine.ts";
import { Sites } from "./sites.ts";
import type { Stage } from "./stage.ts";
import type { Subagents } from "./subagents.ts";
import { searchesTools, toolSearchSpec } from "./tool_search.ts";
import type { Tool, ToolCall, ToolSurroundings } from "./tool.ts";
import type {
  Goals,
  Reviewer,
  ShellCommandOptions,
  Terminals,
  Toolbox,
} from "./toolbox.ts";
import { UpdatePlan } from "./update_plan.ts";
import { runUserShell, type UserShellOptions } from "./user_shell.ts";
import { ViewImage } from "./view_image.ts";
import { WebSearch } from "./web_search.ts";
import { WriteStdin } from "./write_stdin.ts";

/** Long enough for most commands that the sandbox stops. */
const TRIAL_MS = 150;

/** What a thread's tools work with. */
export interface ToolboxOptions {
  /** Where commands are started. */
  readonly programs: Programs;
  /** Says what a confined command could read and write. */
  readonly sandbox: Sandbox;
  /** The server's own rules, which hold for patches and pictures too. */
  readonly access: Access;
  /** Another machine, by the id of its environment. Default: there are none. */
  readonly findMachine?: (environmentId: string) => Machine | undefined;
  /** Configuration of the thread. */
  readonly config: Config;
  /** Absolute path of `CODEX_HOME`, where rules are kept. */
  readonly home: string;
  /** Whether only the administrator's rules count. Default: false. */
  readonly ignoresRules?: boolean;
  /** Tools that the client brings along. */
  readonly dynamicTools: readonly DynamicToolSpec[];
  /** Tools of others that work now, such as those of MCP servers. */
  readonly external?: () => readonly Tool[];
  /** The goal of the thread, if models may touch it. */
  readonly goals?: Goals | undefined;
  /** The agents that the thread can have. Default: none. */
  readonly agents?: Subagents | undefined;
  /** Who answers in place of the user where the settings say so. */
  readonly reviewer?: Reviewer | undefined;
  /**
   * How long a command that could be asked about again is not shown yet, in
   * milliseconds. Default: 150.
   */
  readonly trialMs?: number;
  readonly log: Logger;
}

/**
 * Makes the tools of a thread that is loaded.
 *
 * @example What a model is offered
 * ```ts ignore
 * const toolbox = createToolbox(options);
 * const specs = toToolSpecs(toolbox.tools(), { settings, model });
 * ```
 */
export function createToolbox(options: ToolboxOptions): Toolbox {
  return new LiveToolbox(options);
}

class LiveToolbox implements Toolbox {
  readonly #terminals = new TerminalTable();
  readonly #external: () => readonly Tool[];
  readonly #patches: PatchTool;
  readonly #shell: UserShellOptions;
  readonly #own: readonly Tool[];

  constructor(options: ToolboxOptions) {
    const { programs, sandbox, access, config, home, log } = options;
    const { external = () => [], goals, agents, reviewer, dynamicTools } =
      options;
    const grants = new Grants();
    const { ignoresRules = false, trialMs = TRIAL_MS } = options;
    const rules = new RuleBook({ home, config, log, ignoresRules });
    const interviewer = new Interviewer({ reviewer, log });
    const { findMachine = () => undefined } = options;
    const sites = new Sites({ programs, sandbox, access, config, findMachine });
    const runner = new CommandRunner({
      approvals: new CommandApprovals({ rules, interviewer, log }),
      grants,
      terminals: this.#terminals,
      trialMs,
    });
    const allowsLogin = config.get("allow_login_shell") !== false &&
      config.requirements?.allowLoginShell !== false;
    const feature = (name: string) => config.get(["features", name]) === true;
    const isOff = (...path: string[]) => config.get(path) === false;
    const hasShell = !isOff("features", "shell_tool");
    const patches = new PatchTool({
      sites,
      approvals: new PatchApprovals(interviewer),
      grants,
    });
    this.#external = external;
    this.#patches = patches;
    this.#shell = { programs, config, terminals: this.#terminals };
    const shells = () => [
      new ExecCommand({
        runner,
        terminals: this.#terminals,
        patches,
        sites,
        allowsLogin,
        takesAdditional: feature("exec_permission_approvals"),
      }),
      new WriteStdin(this.#terminals),
    ];
    const tools: Tool[] = [
      ...hasShell ? shells() : [],
      ...config.get(["tools", "update_plan", "enabled"]) === true
        ? [new UpdatePlan()]
        : [],
      ...isOff("tools", "experimental_request_user_input", "enabled")
        ? []
        : [new RequestUserInput()],
      new RequestPermissions({
        interviewer,
        grants,
        sites,
        isOffered: feature("request_permissions_tool"),
      }),
      patches,
      ...isOff("features", "view_image")
        ? []
        : [new ViewImage({ sites, grants })],
      ...agents === undefined ? [] : toAgentTools(agents),
      ...goals === undefined ? [] : toGoalTools(goals),
      ...toDynamicTools(dynamicTools),
      new WebSearch(config),
    ];
    this.#own = tools.map((tool) => new Guarded(tool, log));
  }

  get terminals(): Terminals {
    return this.#terminals;
  }

  tools(): readonly Tool[] {
    return [...this.#own, ...this.#external()];
  }

  runShell(command: string, options: ShellCommandOptions): Promise<string> {
    return runUserShell(command, options, this.#shell);
  }

  tellDiff(stage: Stage): Promise<void> {
    return this.#patches.tellDiff(stage);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminals[Symbol.asyncDispose]();
  }
}

/**
 * How a model is told of tools: each that is offered, those of one namespace
 * together, and how to find the others if it can.
 */
export function toToolSpecs(
  tools: readonly Tool[],
  surroundings: ToolSurroundings,
): ToolSpec[] {
  const specs: ToolSpec[] = [];
  let hasMore = false;
  for (const tool of tools) {
    const spec = tool.spec(surroundings);
    if (spec === undefined) continue;
    if (tool.isDeferred?.(surroundings) === true) hasMore = true;
    else specs.push(spec);
  }
  if (hasMore && searchesTools(surroundings)) specs.push(toolSearchSpec);
  return joinNamespaces(specs);
}

/**
 * The tool that a call is for: one that is offered or can be found, nothing
 * else. A namespace that stands for all functions is none.
 */
export function findTool(
  tools: readonly Tool[],
  { name, namespace }: Pick<ToolCall, "name" | "namespace">,
  surroundings: ToolSurroundings,
): Callable | undefined {
  const place = allFunctions.has(namespace ?? "") ? undefined : namespace;
  const tool = tools.find((tool) =>
    tool.name === name && tool.namespace === place
  );
  const type = tool?.spec(surroundings)?.type;
  if (tool === undefined || type === undefined) return undefined;
  if (!callable.has(type)) return undefined;
  return { tool, kind: type === "custom" ? "custom" : "function" };
}

/** A tool, and how it is called. */
export interface Callable {
  /** The tool. */
  readonly tool: Tool;
  /** What its calls have to be. */
  readonly kind: ToolCall["kind"];
}

/** What some models name the place of tools that stand in none. */
const allFunctions: ReadonlySet<string> = new Set(["", "functions"]);

/** Kinds of tools that are done here. */
const callable: ReadonlySet<string> = new Set([
  "custom",
  "function",
  "namespace",
]);
