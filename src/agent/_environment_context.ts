import { findPrimary, type KnownPlace } from "./_places.ts";
import type { ToldPermissions, ToldPlace } from "../tools/mod.ts";

/** Where the model works, and what it may touch, as it is told. */
export function toEnvironmentText(
  permissions: ToldPermissions,
  places: readonly KnownPlace[],
  nowMs: number,
): string {
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
      }</workspace_roots>${toProfile(permissions)}</filesystem>`,
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

function toShell({ shell = toShellName() }: KnownPlace): string {
  return `<shell>${escape(shell)}</shell>`;
}

function toProfile({ type, entries }: ToldPermissions): string {
  const files = {
    disabled: `<file_system type="unrestricted" />`,
    external: `<file_system type="external" />`,
    managed: `<file_system type="restricted">${
      entries.map(toEntry).join("")
    }</file_system>`,
  }[type];
  return `<permission_profile type="${type}">${files}</permission_profile>`;
}

function toEntry(
  { access, place }: ToldPermissions["entries"][number],
): string {
  // Nobody can be asked for what is denied.
  const is = access === "deny"
    ? `access="deny" escalatable="false"`
    : `access="${access}"`;
  return `<entry ${is}>${toPlace(place)}</entry>`;
}

function toPlace(place: ToldPlace): string {
  switch (place.kind) {
    case "path":
      return `<path>${escape(place.path)}</path>`;
    case "glob":
      return `<glob>${escape(place.pattern)}</glob>`;
    case "special":
      return `<special>${escape(place.name)}</special>`;
  }
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
