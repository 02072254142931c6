import { Buffer } from "node:buffer";
import { next, type Peer, type Received } from "./peer.ts";

/** What was told of one program, up to a message that ends it. */
export interface CommandOutput {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The message that ended it. */
  readonly end: Received;
  /** All other messages that came in between. */
  readonly others: Received[];
}

/**
 * Gathers the output of a program until a message ends it.
 *
 * @param name Its `processId` or `processHandle`.
 */
export async function readOutput(
  peer: Peer,
  name: string,
  isEnd: (message: Received) => boolean,
): Promise<CommandOutput> {
  const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const others: Received[] = [];
  while (true) {
    const message = await next(peer);
    const { params = {} } = message;
    if (isEnd(message)) {
      return {
        stdout: Buffer.concat(pieces.stdout),
        stderr: Buffer.concat(pieces.stderr),
        end: message,
        others,
      };
    }
    const isDelta = message.method?.endsWith("/outputDelta") &&
      (params.processId ?? params.processHandle) === name;
    if (!isDelta) {
      others.push(message);
      continue;
    }
    const stream: "stdout" | "stderr" = params.stream;
    pieces[stream].push(Buffer.from(params.deltaBase64, "base64"));
  }
}
