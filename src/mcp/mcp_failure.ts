/** An MCP server can't be used, or can't do what was asked of it. */
export class McpFailure extends Error {
  override readonly name: string = "McpFailure";
}

/** An MCP server is configured so that nobody can try to start it. */
export class Unstartable extends McpFailure {
  override readonly name = "Unstartable";
}

/** An MCP server answered the introduction with an error. */
export class Unwelcome extends McpFailure {
  override readonly name = "Unwelcome";

  /** What came in place of the server's introduction, if it is such an error. */
  static from(error: unknown): unknown {
    const said = /^Mcp error: (-?\d+: [^]*)$/.exec(toReason(error));
    return said === null
      ? error
      : new Unwelcome(`JSON-RPC error: ${said[1]}`, { cause: error });
  }
}

/** What is said of requests that a connection took with it. */
export const CLOSED = "Transport closed";

/** Says why, as the SDK's errors and those of programs tell it. */
export function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (typeof code === "number") {
    if (error.message === `MCP error ${code}: Connection closed`) {
      return CLOSED;
    }
    // Servers of the SDK put the same words in front once more.
    const reason = error.message.replace(/^(MCP error -?\d+: )+/, "");
    if (reason !== error.message) return `Mcp error: ${code}: ${reason}`;
  }
  return error.message.replace(/^failed to spawn process: /, "");
}
