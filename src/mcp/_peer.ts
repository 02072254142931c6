// @ts-types="@modelcontextprotocol/sdk/shared/protocol"
import { Protocol } from "@modelcontextprotocol/sdk/shared/protocol.js";
import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type * as types from "@modelcontextprotocol/sdk/types";
// @ts-types="@modelcontextprotocol/sdk/types"
import {
  ElicitRequestSchema,
  ErrorCode,
  InitializeResultSchema,
  ResultSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { JsonValue } from "../protocol/mod.ts";
import { whileOpen } from "./_while_open.ts";
import type { Elicitation } from "./caller.ts";

/**
 * What servers are asked to speak: the version that other clients of this
 * protocol ask for, which is what servers are tried with. A server may answer
 * with another one.
 */
const PROTOCOL_VERSION = "2025-06-18";

/** What a peer is made with. */
export interface PeerOptions {
  /** Version that servers are told. */
  readonly version: string;
  /** Answers a question. */
  readonly elicit: (
    asked: Elicitation,
    signal: AbortSignal,
  ) => Promise<types.ElicitResult>;
  /** Called when the tools of the server are others. */
  readonly onToolsChanged: () => void;
}

/**
 * This end of a connection to a server. It stands where the SDK's own `Client`
 * could: that one brings a validator of JSON schemas along, which takes as long
 * to load as all the rest and would have nothing to do here. What servers answer
 * goes to people and models as it is.
 */
export class Peer extends Protocol<
  types.ClientRequest,
  types.ClientNotification,
  types.ClientResult
> {
  readonly #options: PeerOptions;
  #introduction: types.InitializeResult | undefined;

  constructor(options: PeerOptions) {
    super();
    this.#options = options;
    // By hand, since the SDK would tell a server whose question is none all the
    // ways in which it is none.
    this.fallbackRequestHandler = async (request, { signal }) => {
      if (request.method !== "elicitation/create") {
        throw refusal(ErrorCode.MethodNotFound, "Method not found");
      }
      const { data } = ElicitRequestSchema.safeParse(request);
      if (data === undefined) {
        throw refusal(ErrorCode.InvalidParams, "Invalid elicitation request");
      }
      return await options.elicit(data.params, signal);
    };
    this.setNotificationHandler(
      ToolListChangedNotificationSchema,
      options.onToolsChanged,
    );
  }

  /** What the server said of itself; undefined before that. */
  get introduction(): types.InitializeResult | undefined {
    return this.#introduction;
  }

  /**
   * Takes a way to a server, and introduces both to each other.
   *
   * @throws {unknown} why that did not work.
   */
  async introduce(
    transport: Transport,
    options: RequestOptions,
  ): Promise<void> {
    await this.connect(transport);
    const introduction = await this.request(
      {
        method: "initialize",
        params: {
          protocolVersion: PROTOCOL_VERSION,
          capabilities: { elicitation: { form: {}, url: {} } },
          clientInfo: {
            name: "codex-mcp-client",
            title: "Codex",
            version: this.#options.version,
          },
        },
      },
      InitializeResultSchema,
      options,
    );
    this.#introduction = introduction;
    // Whatever it is: what is asked of servers is in all versions the same.
    // Over HTTP it stands in each request from here on.
    transport.setProtocolVersion?.(introduction.protocolVersion);
    await this.notification({ method: "notifications/initialized" });
  }

  /** Asks; the answer is taken as it is. */
  async ask(
    method: string,
    params: Record<string, unknown>,
    options: RequestOptions,
  ): Promise<Record<string, JsonValue>> {
    const request = { method, params } as types.ClientRequest;
    return await whileOpen(
      options.signal,
      (signal) => this.request(request, ResultSchema, { ...options, signal }),
    ) as Record<string, JsonValue>;
  }

  // A server that was not asked can't answer: what it said that it can do is no
  // reason to refuse a request on its behalf.
  protected override assertCapabilityForMethod(): void {}
  protected override assertNotificationCapability(): void {}
  protected override assertRequestHandlerCapability(): void {}
  protected override assertTaskCapability(): void {}
  protected override assertTaskHandlerCapability(): void {}
}

/** What a server is told of a request that is not answered. */
function refusal(code: number, message: string): Error {
  return Object.assign(new Error(message), { code });
}
