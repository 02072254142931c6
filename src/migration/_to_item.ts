import type { ExternalAgentConfigMigrationItem } from "../protocol/mod.ts";
import type { Kind, Piece } from "./_pieces.ts";
import type { Place } from "./_place.ts";

/** What is told one by one, and nothing of it. */
export const noDetails = {
  plugins: [],
  skills: [],
  sessions: [],
  mcpServers: [],
  hooks: [],
  subagents: [],
  commands: [],
};

/** What was found of a kind in a place, as clients are told. */
export function toItem(
  kind: Kind,
  place: Place,
  pieces: readonly Piece[],
): ExternalAgentConfigMigrationItem {
  const { type, list } = kind;
  const details = list === undefined ? null : {
    ...noDetails,
    [list]: pieces.map(({ source }) => ({ name: source })),
  };
  return {
    itemType: type,
    description: kind.describe(place),
    cwd: place.cwd,
    details,
  };
}
