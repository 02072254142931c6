import type {
  ConfigWarningNotification,
  InitializeParams,
  InitializeResponse,
} from "../protocol/mod.ts";
import type {
  Connection,
  ConnectionLimits,
  Handshake,
  Session,
} from "../rpc/mod.ts";
import { PRODUCT_VERSION } from "./identity.ts";
import { checkClientName, type Platform, toUserAgent } from "./user_agent.ts";

/** What the handshake tells a client of the server. */
export interface Host {
  /** Home directory for configuration and state. */
  readonly home: string;
  /** Name of the machine for people. */
  readonly name: string;
  readonly platform: Platform;
  readonly limits: ConnectionLimits;
  /** Longest message that a channel of this kind takes, in bytes. */
  maxMessageBytes(origin: Connection["origin"]): number;
  /** Longest file that is read without a range. */
  readonly maxReadFileBytes: number;
}

/** What every client is told after its `initialize`. */
export interface Greeting {
  /** What is wrong with the configuration. */
  readonly warnings: readonly ConfigWarningNotification[];
  /** Lasting id of the installation. */
  readonly installationId: string;
}

/** Additions that a client may count on, as docs/extensions.md lists them. */
const features = [
  "cancel",
  "fs.range",
  "fs.etag",
  "fs.watch.recursive",
  "fs.watch.kinds",
  "exec.grace",
  "process.attach",
  "thread.replay",
] as const;

/** Answers `initialize` for all connections of one server. */
export class Reception {
  readonly #host: Host;
  readonly #prepare: () => Promise<Greeting>;
  readonly #override: string | undefined;
  /** Named by the first client, for the whole life of the server. */
  #originator: string | undefined;
  #userAgent = "";

  /**
   * @param prepare Makes the server ready for requests, once a client is there.
   * @param originator Takes the place of the names of all clients.
   */
  constructor(
    host: Host,
    prepare: () => Promise<Greeting>,
    originator?: string,
  ) {
    this.#prepare = prepare;
    this.#override = originator || undefined;
    this.#host = host;
    this.#originator = this.#override;
  }

  /** Who works on this server, as model providers are told. */
  get originator(): string {
    return this.#originator ?? "";
  }

  /** What the server calls itself towards model providers. */
  get userAgent(): string {
    return this.#userAgent;
  }

  /** @throws {RpcError} if the client's name can't be a header. */
  welcome(
    { clientInfo, capabilities }: InitializeParams,
    origin: Connection["origin"],
  ): Handshake {
    checkClientName(clientInfo.name);
    this.#originator ??= clientInfo.name;
    const host = this.#host;
    const gangway = capabilities?.gangway ?? undefined;
    const userAgent = toUserAgent(host.platform, this.#originator, clientInfo);
    this.#userAgent ||= userAgent;
    const result: InitializeResponse = {
      userAgent,
      codexHome: host.home,
      platformFamily: host.platform.family,
      platformOs: host.platform.os,
    };
    if (gangway !== undefined) {
      result.gangway = {
        version: PRODUCT_VERSION,
        features: [...features],
        limits: {
          maxMessageBytes: host.maxMessageBytes(origin),
          maxInFlightRequests: host.limits.maxInFlight,
          maxReadFileBytes: host.maxReadFileBytes,
          maxQueuedBytes: host.limits.maxQueuedBytes,
        },
      };
    }
    return {
      result,
      client: {
        name: this.#override ?? clientInfo.name,
        version: clientInfo.version,
        experimentalApi: capabilities?.experimentalApi ?? false,
        gangway,
      },
      greet: (session) => this.#greet(session),
    };
  }

  async #greet(session: Session): Promise<void> {
    const { warnings, installationId } = await this.#prepare();
    for (const warning of warnings) {
      session.notify("configWarning", warning);
    }
    session.notify("remoteControl/status/changed", {
      status: "disabled",
      serverName: this.#host.name,
      installationId,
      environmentId: null,
    });
  }
}
