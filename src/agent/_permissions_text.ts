import type { SandboxPolicy, ThreadSettings } from "../protocol/mod.ts";
import {
  isOwnProfile,
  type ToldPermissions,
  type ToldPlace,
} from "../tools/mod.ts";

/**
 * What commands may touch and when consent is asked for, as the model is told.
 *
 * @param roots What they may write of the workspace.
 */
export function toPermissionsText(
  settings: ThreadSettings,
  permissions: ToldPermissions,
  roots: readonly string[] = [settings.cwd],
): string {
  const { sandboxPolicy, activePermissionProfile } = settings;
  const id = activePermissionProfile?.id;
  return [
    "<permissions instructions>",
    isOwnProfile(id) && permissions.type === "managed"
      ? toProfileText(id, permissions)
      : toSandboxText(sandboxPolicy, roots),
    toApprovalText(settings),
    "</permissions instructions>",
  ].join("\n");
}

function toSandboxText(
  policy: SandboxPolicy,
  workspace: readonly string[],
): string {
  switch (policy.type) {
    case "dangerFullAccess":
      return "The sandbox mode (`sandbox_mode`) is `danger-full-access`: commands \
run without a sandbox and may read and write every file. The network can be used.";
    case "externalSandbox":
      return `Commands run in a sandbox that is not ours; what it allows is not \
known here. ${toNetworkText(policy.networkAccess === "enabled")}`;
    case "readOnly":
      return `The sandbox mode (\`sandbox_mode\`) is \`read-only\`: commands may \
read every file and write none. ${
        toNetworkText(policy.networkAccess === true)
      }`;
    case "workspaceWrite": {
      const roots = [...workspace, ...policy.writableRoots ?? []];
      if (policy.excludeSlashTmp !== true) roots.push("/tmp");
      return `The sandbox mode (\`sandbox_mode\`) is \`workspace-write\`: commands \
may read every file, and write below ${
        roots.map((root) => `\`${root}\``).join(", ")
      }. ${toNetworkText(policy.networkAccess === true)}`;
    }
  }
}

/** A profile of the configuration: what is closest to a path decides. */
function toProfileText(
  id: string,
  { entries, network }: ToldPermissions,
): string {
  const having = (access: string) =>
    entries.filter((entry) => entry.access === access)
      .map(({ place }) => `\`${toName(place)}\``).join(", ") || "nothing";
  return `Commands run under the permission profile \`${id}\`. They may write: \
${having("write")}; only read: ${having("read")}; neither read nor write: \
${having("deny")}. Of entries that hold each other the innermost counts, and \
what none of them holds is closed. \`:root\` stands for every file, \
\`:minimal\` for the system's programs, \`:slash_tmp\` for /tmp, \`:tmpdir\` for \
$TMPDIR. ${toNetworkText(network)}`;
}

function toName(place: ToldPlace): string {
  switch (place.kind) {
    case "path":
      return place.path;
    case "glob":
      return place.pattern;
    case "special":
      return place.name;
  }
}

function toNetworkText(isOpen: boolean): string {
  return isOpen ? "The network can be used." : "The network is closed to them.";
}

const escalation = `\
A command that needs more than the sandbox gives can ask for it: set \
\`sandbox_permissions\` to \`require_escalated\` and put a short question to the \
user into \`justification\`. Do so when a command that matters fails because of \
the sandbox, when it has to write outside of the writable places, needs the \
network, or shows a window; and before anything destructive that was not asked \
for. Do not ask in a message first: the call is the question. With \
\`prefix_rule\` you may propose the first words of commands that need not be \
asked for again; keep them narrow, and never propose one for a shell, an \
interpreter, or anything that deletes. Each part of a command line, as split at \
pipes, \`&&\`, \`||\` and \`;\`, is judged by itself.`;

function toApprovalText(
  { approvalPolicy, approvalsReviewer }: ThreadSettings,
): string {
  const byWhom = approvalsReviewer === "user"
    ? ""
    : " Questions are answered by a model in place of the user.";
  if (approvalPolicy === "never") {
    return "The approval policy is `never`: nobody can be asked. Do not set \
`sandbox_permissions`; such calls are refused. Work within the sandbox, and \
find other ways where it is closed.";
  }
  if (approvalPolicy === "untrusted") {
    return `The approval policy is \`untrusted\`: the user is asked about every \
command for which no rule says otherwise.${byWhom}`;
  }
  if (approvalPolicy === "on-request") {
    return `The approval policy is \`on-request\`: the user is asked when you \
ask.${byWhom} ${escalation}`;
  }
  const { granular } = approvalPolicy;
  const asked = [
    granular.sandbox_approval ? "to leave the sandbox" : "",
    granular.rules ? "where a rule demands it" : "",
    granular.skill_approval === true ? "for scripts of skills" : "",
    granular.request_permissions === true ? "for further permissions" : "",
    granular.mcp_elicitations ? "what MCP servers ask" : "",
  ].filter((kind) => kind !== "");
  return `The user is asked for some things only: ${
    asked.join(", ") || "none"
  }. All else that would need consent is refused.${byWhom}${
    granular.sandbox_approval ? ` ${escalation}` : ""
  }`;
}
