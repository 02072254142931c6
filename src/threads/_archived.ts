import { RpcError } from "../protocol/mod.ts";

/** Whether a rollout lies where threads are put away. */
export function isArchivedPath(path: string): boolean {
  return path.split("/").at(-2) === "archived_sessions";
}

/** What is said to whoever would go on with a thread that is put away. */
export function toArchivedError(id: string): RpcError {
  return RpcError.invalidRequest(
    `session ${id} is archived. Run \`codex unarchive ${id}\` to unarchive ` +
      "it first.",
  );
}
