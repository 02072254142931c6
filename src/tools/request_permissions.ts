import type { ToolSpec } from "../model/mod.ts";
import { readArguments } from "./_arguments.ts";
import {
  permissionsSchema,
  toFunctionSpec,
  withEnvironment,
} from "./_command_specs.ts";
import type { Grants } from "./_grants.ts";
import { limitGrant, readPermissions, toGrant } from "./_permissions.ts";
import { askForPermissions } from "./_ask_for_permissions.ts";
import type { Interviewer } from "./interviewer.ts";
import type { Sites } from "./sites.ts";
import { failure } from "./command_runner.ts";
import type {
  Tool,
  ToolCall,
  ToolContext,
  ToolOutput,
  ToolSurroundings,
} from "./tool.ts";

const spec = toFunctionSpec(
  "request_permissions",
  "Asks the user to open files or the network to the commands that follow. " +
    "What is granted holds for the turn, or for the session if the user says " +
    "so.",
  {
    permissions: permissionsSchema,
    reason: { type: "string", description: "Why, in a sentence." },
  },
  ["permissions"],
);

/** What the tool works with. */
export interface RequestPermissionsOptions {
  readonly interviewer: Interviewer;
  readonly grants: Grants;
  readonly sites: Sites;
  /** Whether models are offered it. */
  readonly isOffered: boolean;
}

/** `request_permissions`: asks to widen what commands and patches may do. */
export class RequestPermissions implements Tool {
  readonly name = "request_permissions";
  readonly isParallel = false;
  readonly #options: RequestPermissionsOptions;

  /** @param options What it works with. */
  constructor(options: RequestPermissionsOptions) {
    this.#options = options;
  }

  spec({ settings }: ToolSurroundings): ToolSpec | undefined {
    return this.#options.isOffered
      ? withEnvironment(spec, settings)
      : undefined;
  }

  async call(
    { callId, input }: ToolCall,
    context: ToolContext,
  ): Promise<ToolOutput> {
    const { stage, signal } = context;
    const { interviewer, grants, sites } = this.#options;
    const args = readArguments(input);
    const site = sites.find(context, args.optionalText("environment_id"));
    const permissions = await readPermissions(args.object("permissions"), {
      site,
      cwd: site.cwd,
      signal,
    });
    if (permissions === null) {
      return failure("request_permissions requires at least one permission");
    }
    const reason = args.optionalText("reason") ?? null;
    const answer = await askForPermissions(
      interviewer,
      { callId, reason, permissions, site },
      context,
    );
    const grant = limitGrant(
      toGrant(answer.permissions),
      toGrant(permissions),
    );
    const scope = answer.scope === "session" ? "session" : "turn";
    grants.add(grant, scope, { stage, site });
    const { reads, writes, network } = grant;
    const files = {
      ...reads.length > 0 && { read: reads },
      ...writes.length > 0 && { write: writes },
    };
    const given = {
      network: network ? { enabled: true } : null,
      file_system: Object.keys(files).length > 0 ? files : null,
    };
    return {
      output: JSON.stringify({ permissions: given, scope }),
      isSuccess: true,
    };
  }
}
