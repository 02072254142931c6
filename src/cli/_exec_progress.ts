import type { NotificationOf } from "../client/mod.ts";
import type {
  NotificationName,
  SandboxPolicy,
  ThreadItem,
} from "../protocol/mod.ts";
import { toMessage, toNotice } from "./_exec_events.ts";
import type { ExecSetup } from "./_exec_setup.ts";

/** Lines of a command's output that are shown. */
const OUTPUT_LINES = 20;

/**
 * Tells people what goes on in a turn. A message is held back until something
 * follows it: the last one is for standard output.
 */
export class ExecProgress {
  readonly #hasColors: boolean;
  #message: string | undefined;
  #tokens: number | undefined;

  constructor({ hasColors }: { hasColors: boolean }) {
    this.#hasColors = hasColors;
  }

  /** What stands above everything else. */
  begin(session: ExecSetup): string {
    const { threadId, model, modelProvider, sandbox, cwd, effort } = session;
    const { approvalPolicy } = session;
    // Scripts look for some of these terms, such as that of the session.
    return [
      ["workdir", cwd],
      ["model", model],
      ["provider", modelProvider],
      [
        "approval",
        typeof approvalPolicy === "string" ? approvalPolicy : "granular",
      ],
      ["sandbox", toSandboxText(sandbox, session)],
      ["reasoning effort", effort ?? "none"],
      ["session id", threadId],
    ].map(([term, text]) => `${this.#dim(`${term}:`)} ${toPlain(text!)}\n`)
      .join("");
  }

  /** What stands below everything else. */
  end(): string {
    if (this.#tokens === undefined) return "";
    const count = this.#tokens.toLocaleString("en-US");
    return `${this.#dim("tokens used")}\n${count}\n`;
  }

  /** Text for one notification: often none. */
  take({ method, params }: NotificationOf<NotificationName>): string {
    switch (method) {
      case "item/started":
        return this.#start(params.item);
      case "item/completed":
        return this.#complete(params.item);
      case "thread/tokenUsage/updated": {
        const { total } = params.tokenUsage;
        // What the provider still had is not worth counting.
        this.#tokens = total.inputTokens - total.cachedInputTokens +
          total.outputTokens;
        return "";
      }
      case "turn/plan/updated": {
        const steps = params.plan.map(({ step, status }) =>
          `  [${status === "completed" ? "x" : " "}] ${toPlain(step)}\n`
        );
        return `${this.#release()}${this.#bold("plan")}\n${steps.join("")}`;
      }
      case "error":
        return this.#alarm("error", toMessage(params.error));
      case "warning":
      case "guardianWarning":
        return this.#alarm("warning", params.message);
      case "configWarning":
      case "deprecationNotice":
        return this.#alarm("warning", toNotice(params.summary, params.details));
      default:
        return "";
    }
  }

  #start(item: ThreadItem): string {
    if (item.type !== "commandExecution") return "";
    return `${this.#release()}${this.#bold(`$ ${toPlain(item.command)}`)}\n`;
  }

  #complete(item: ThreadItem): string {
    switch (item.type) {
      case "agentMessage": {
        const before = this.#release();
        this.#message = item.text;
        return before;
      }
      case "reasoning": {
        const text = item.summary.join("\n");
        return text === "" ? "" : `${this.#release()}${this.#dim(text)}\n`;
      }
      case "commandExecution":
        return this.#endCommand(item);
      case "fileChange": {
        const lines = item.changes.map(({ path, kind }) =>
          `${kind.type} ${toPlain(path)}${
            item.status === "completed" ? "" : `: ${item.status}`
          }\n`
        );
        return `${this.#release()}${lines.join("")}`;
      }
      case "mcpToolCall": {
        const { server, tool, status, error } = item;
        const end = status === "completed"
          ? ""
          : `: ${error?.message ?? status}`;
        return `${this.#release()}${this.#bold(toPlain(`${server}.${tool}`))}${
          toPlain(end)
        }\n`;
      }
      case "webSearch":
        return `${this.#release()}search: ${toPlain(item.query)}\n`;
      default:
        return "";
    }
  }

  #endCommand(
    item: Extract<ThreadItem, { type: "commandExecution" }>,
  ): string {
    const lines = toPlain(item.aggregatedOutput ?? "").split("\n");
    if (lines.at(-1) === "") lines.pop();
    const more = lines.length - OUTPUT_LINES;
    const shown = [
      ...lines.slice(0, OUTPUT_LINES),
      ...more > 0 ? [`… ${more} more lines`] : [],
    ].map((line) => `${this.#dim(line)}\n`).join("");
    // Several may run at a time, so it is said which one.
    const code = item.exitCode === null ? "" : ` (exit code ${item.exitCode})`;
    const end = item.status === "completed"
      ? ""
      : `${item.status}${code}: ${toPlain(item.command)}\n`;
    return `${this.#release()}${shown}${end}`;
  }

  /** The message that was held back, now that it is not the last one. */
  #release(): string {
    const message = this.#message;
    this.#message = undefined;
    return message === undefined ? "" : `${toPlain(message)}\n`;
  }

  #alarm(kind: string, text: string): string {
    return `${this.#paint("31", `${kind}:`)} ${toPlain(text)}\n`;
  }

  #bold(text: string): string {
    return this.#paint("1", text);
  }

  #dim(text: string): string {
    return this.#paint("2", toPlain(text));
  }

  #paint(code: string, text: string): string {
    return this.#hasColors ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

function toSandboxText(
  policy: SandboxPolicy,
  { cwd, roots }: ExecSetup,
): string {
  switch (policy.type) {
    case "dangerFullAccess":
      return "danger-full-access";
    case "readOnly":
      return "read-only";
    case "externalSandbox":
      return "external-sandbox";
    case "workspaceWrite": {
      const others = new Set([...policy.writableRoots ?? [], ...roots]);
      others.delete(cwd);
      const places = [
        "workdir",
        ...policy.excludeSlashTmp ? [] : ["/tmp"],
        ...policy.excludeTmpdirEnvVar ? [] : ["$TMPDIR"],
        ...others,
      ];
      const network = policy.networkAccess ? " (network access enabled)" : "";
      return `workspace-write [${places.join(", ")}]${network}`;
    }
  }
}

/** Text that can't give orders to a terminal. */
export function toPlain(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what has to go
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "");
}
