/** An MCP server can't be used, or can't do what was asked of it. */
export class McpFailure extends Error {
  override readonly name = "McpFailure";
}

/** Says why, as the SDK's errors and those of programs tell it. */
export function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (error.name === "McpError") {
    if (code === CONNECTION_CLOSED) return "Transport closed";
    return `Mcp error: ${code}: ${
      error.message.replace(`MCP error ${code}: `, "")
    }`;
  }
  return error.message.replace(/^failed to spawn process: /, "");
}

/** Code of the SDK for requests that a connection took with it. */
const CONNECTION_CLOSED = -32000;
