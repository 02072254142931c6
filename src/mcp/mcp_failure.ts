/** An MCP server can't be used, or can't do what was asked of it. */
export class McpFailure extends Error {
  override readonly name = "McpFailure";
}

/** What is said of requests that a connection took with it. */
export const CLOSED = "Transport closed";

/** Says why, as the SDK's errors and those of programs tell it. */
export function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (typeof code === "number") {
    const prefix = `MCP error ${code}: `;
    if (error.message === `${prefix}Connection closed`) return CLOSED;
    if (error.message.startsWith(prefix)) {
      return `Mcp error: ${code}: ${error.message.slice(prefix.length)}`;
    }
  }
  return error.message.replace(/^failed to spawn process: /, "");
}
