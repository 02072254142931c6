import { initialize, type Peer, type Received } from "./peer.ts";
import { ServerProcess } from "./server_process.ts";
import { createTempDir } from "./temp_dir.ts";

/** A server of its own, somebody who is connected to it, and room for files. */
export interface ServerWorld extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly peer: Peer;
  /** A directory for the test's own files. */
  readonly path: string;
}

/**
 * Starts a server and connects to it, with experimental methods.
 *
 * @param listen As `--listen` takes it. Default: stdio.
 */
export async function openServerWorld(listen?: string): Promise<ServerWorld> {
  const stack = new AsyncDisposableStack();
  const home = stack.use(await createTempDir());
  const server = stack.use(
    await ServerProcess.start({ home: home.path, listen }),
  );
  const peer = stack.use(await server.connect());
  await initialize(peer, { experimentalApi: true });
  return {
    server,
    peer,
    path: home.path,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Picks the reply to a request. */
export function isReply(id: unknown): (message: Received) => boolean {
  return (message) => message.method === undefined && message.id === id;
}
