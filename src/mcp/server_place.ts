/** An MCP server that is a program on this machine. */
export interface ProgramPlace {
  readonly kind: "program";
  readonly command: string;
  readonly args: readonly string[];
  /** Where it runs; absolute, or relative to its thread. */
  readonly cwd: string | undefined;
  /** Variables that it gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables that it gets from the server's environment. */
  readonly envNames: readonly string[];
  /** Names of variables that it would get from another machine. */
  readonly remoteEnvNames: readonly string[];
}

/** An MCP server that is reached by streamable HTTP. */
export interface HttpPlace {
  readonly kind: "http";
  readonly url: string;
  /** Variable that holds a bearer token. */
  readonly bearerVariable: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers whose values are in variables. */
  readonly variableHeaders: Readonly<Record<string, string>>;
  /** What permission is asked for. */
  readonly scopes: readonly string[] | undefined;
  /** Name of the resource at the authorization server (RFC 8707). */
  readonly oauthResource: string | undefined;
}
