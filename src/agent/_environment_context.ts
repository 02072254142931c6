import { findPrimary, type KnownPlace } from "./_places.ts";
import type { SandboxPolicy, ThreadSettings } from "../protocol/mod.ts";

/** Parts of a workspace that stay closed to writing. */
const shielded = [".git", ".agents", ".codex", ".aws"];

/** Where the model works, and what it may touch, as it is told. */
export function toEnvironmentText(
  settings: ThreadSettings,
  places: readonly KnownPlace[],
  nowMs: number,
): string {
  const { sandboxPolicy } = settings;
  const primary = findPrimary(places);
  const isAlone = primary !== undefined && places.length <= 1;
  return [
    "<environment_context>",
    ...isAlone
      ? [`  <cwd>${escape(primary.cwd)}</cwd>`, `  ${toShell(primary)}`]
      : toPlaceLines(places),
    `  <current_date>${toDate(nowMs)}</current_date>`,
    `  <timezone>${toZone()}</timezone>`,
    ...primary === undefined ? [] : [
      `  <filesystem><workspace_roots>${
        primary.workspaceRoots
          .map((root) => `<root>${escape(root)}</root>`).join("")
      }</workspace_roots>${
        toProfile(sandboxPolicy, toWritableRoots(settings, primary))
      }</filesystem>`,
    ],
    "</environment_context>",
  ].join("\n");
}

/** Several places, or one that is not this machine. */
function toPlaceLines(places: readonly KnownPlace[]): string[] {
  if (places.length === 0) return [];
  const lines = places.flatMap((place) => [
    `    <environment id="${escape(place.id)}" primary="${place.isPrimary}">`,
    `      <cwd>${escape(place.cwd)}</cwd>`,
    ...place.error === undefined ? [`      ${toShell(place)}`] : [
      "      <status>failed</status>",
      `      <error>${escape(place.error)}</error>`,
    ],
    "    </environment>",
  ]);
  return ["  <environments>", ...lines, "  </environments>"];
}

/** Where commands write in the primary place. */
function toWritableRoots(
  { cwd }: ThreadSettings,
  { id, workspaceRoots }: KnownPlace,
): readonly string[] {
  return id === "local" ? [cwd] : workspaceRoots;
}

function toShell({ shell = toShellName() }: KnownPlace): string {
  return `<shell>${escape(shell)}</shell>`;
}

function toProfile(policy: SandboxPolicy, roots: readonly string[]): string {
  if (policy.type === "dangerFullAccess") {
    return `<permission_profile type="disabled"><file_system type="unrestricted" /></permission_profile>`;
  }
  if (policy.type === "externalSandbox") {
    return `<permission_profile type="external"><file_system type="unrestricted" /></permission_profile>`;
  }
  const entries = [special("read", ":root")];
  if (policy.type === "workspaceWrite") {
    entries.push(...roots.map((root) => path("write", root)));
    if (policy.excludeSlashTmp !== true) {
      entries.push(special("write", ":slash_tmp"));
    }
    if (policy.excludeTmpdirEnvVar !== true) {
      entries.push(special("write", ":tmpdir"));
    }
    for (const root of policy.writableRoots ?? []) {
      entries.push(path("write", root));
    }
    for (const name of shielded) {
      entries.push(...roots.map((root) => path("read", `${root}/${name}`)));
    }
  }
  return `<permission_profile type="managed"><file_system type="restricted">${
    entries.join("")
  }</file_system></permission_profile>`;
}

function path(access: string, value: string): string {
  return `<entry access="${access}"><path>${escape(value)}</path></entry>`;
}

function special(access: string, value: string): string {
  return `<entry access="${access}"><special>${value}</special></entry>`;
}

/** The day where the server is. */
function toDate(ms: number): string {
  const date = new Date(ms);
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${
    pad(date.getDate())
  }`;
}

/** Zone of the server, by its name in the database of time zones. */
function toZone(): string {
  const zone = Temporal.Now.timeZoneId();
  return zone === "UTC" ? "Etc/UTC" : zone;
}

function toShellName(): string {
  const shell = Deno.env.get("SHELL") ?? "";
  return shell.slice(shell.lastIndexOf("/") + 1) || "bash";
}

/** A path can hold anything; it must not end the element that it stands in. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
