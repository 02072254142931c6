import { findHere } from "../tools/mod.ts";
import type { KnownPlace } from "./_places.ts";
import type { SandboxPolicy, ThreadSettings } from "../protocol/mod.ts";

/** Parts of a workspace that stay closed to writing. */
const shielded = [".git", ".agents", ".codex", ".aws"];

/** Where the model works, and what it may touch, as it is told. */
export function toEnvironmentText(
  settings: ThreadSettings,
  places: readonly KnownPlace[],
  nowMs: number,
): string {
  const { cwd, sandboxPolicy } = settings;
  const here = findHere(settings);
  const shell = `<shell>${escape(toShellName())}</shell>`;
  const isAlone = here !== undefined && places.length <= 1;
  return [
    "<environment_context>",
    ...isAlone
      ? [`  <cwd>${escape(cwd)}</cwd>`, `  ${shell}`]
      : toPlaceLines(places, shell),
    `  <current_date>${toDate(nowMs)}</current_date>`,
    `  <timezone>${toZone()}</timezone>`,
    ...here === undefined ? [] : [
      `  <filesystem><workspace_roots>${
        here.runtimeWorkspaceRoots
          .map((root) => `<root>${escape(root)}</root>`).join("")
      }</workspace_roots>${toProfile(sandboxPolicy, cwd)}</filesystem>`,
    ],
    "</environment_context>",
  ].join("\n");
}

/** Several places, or one that is not this machine. */
function toPlaceLines(places: readonly KnownPlace[], shell: string): string[] {
  if (places.length === 0) return [];
  const lines = places.flatMap(({ id, cwd, error }) => [
    `    <environment id="${escape(id)}">`,
    `      <cwd>${escape(cwd)}</cwd>`,
    ...error === undefined ? [`      ${shell}`] : [
      "      <status>failed</status>",
      `      <error>${escape(error)}</error>`,
    ],
    "    </environment>",
  ]);
  return ["  <environments>", ...lines, "  </environments>"];
}

function toProfile(policy: SandboxPolicy, cwd: string): string {
  if (policy.type === "dangerFullAccess") {
    return `<permission_profile type="disabled"><file_system type="unrestricted" /></permission_profile>`;
  }
  if (policy.type === "externalSandbox") {
    return `<permission_profile type="external"><file_system type="unrestricted" /></permission_profile>`;
  }
  const entries = [special("read", ":root")];
  if (policy.type === "workspaceWrite") {
    entries.push(path("write", cwd));
    if (policy.excludeSlashTmp !== true) {
      entries.push(special("write", ":slash_tmp"));
    }
    if (policy.excludeTmpdirEnvVar !== true) {
      entries.push(special("write", ":tmpdir"));
    }
    for (const root of policy.writableRoots ?? []) {
      entries.push(path("write", root));
    }
    for (const name of shielded) entries.push(path("read", `${cwd}/${name}`));
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
