import { createSocket } from "node:dgram";

/** Whoever listens on this machine and is not to be reached. */
export interface Listeners extends AsyncDisposable {
  /** For `connectProgram`: what to connect to. */
  readonly targets: readonly Target[];
  /** Names of those that something came to. */
  readonly reached: ReadonlySet<string>;
}

/** Something to connect to. */
export interface Target {
  readonly name: string;
  readonly transport: "tcp" | "udp" | "unix";
  readonly hostname?: string;
  readonly port?: number;
  readonly path?: string;
}

/** Listens in every way that a directory and this machine allow. */
export async function listen(directory: string): Promise<Listeners> {
  await using stack = new AsyncDisposableStack();
  const targets: Target[] = [];
  const reached = new Set<string>();
  for (const hostname of ["127.0.0.1", "::1"]) {
    let tcp;
    try {
      tcp = stack.use(Deno.listen({ hostname, port: 0 }));
    } catch (error) {
      if (hostname === "127.0.0.1") throw error;
      continue; // a machine without IPv6
    }
    const { port } = tcp.addr as Deno.NetAddr;
    const name = `tcp ${hostname}`;
    targets.push({ name, transport: "tcp", hostname, port });
    const datagrams = `udp ${hostname}`;
    targets.push({
      name: datagrams,
      transport: "udp",
      hostname,
      port: await receive(hostname, () => reached.add(datagrams)),
    });
    watch(name, tcp);
  }
  const places = [
    ["unix", `${directory}/socket`],
    ["abstract unix", `\0gangway-${crypto.randomUUID()}`],
  ] as const;
  for (const [name, path] of places) {
    const unix = stack.use(Deno.listen({ transport: "unix", path }));
    targets.push({ name, transport: "unix", path });
    watch(name, unix);
  }
  const kept = stack.move();
  return {
    targets,
    reached,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };

  async function receive(
    hostname: string,
    note: () => void,
  ): Promise<number> {
    const socket = createSocket(hostname === "::1" ? "udp6" : "udp4");
    socket.on("message", note);
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.bind(0, hostname, resolve);
    await promise;
    stack.defer(() => {
      const closed = Promise.withResolvers<void>();
      socket.close(closed.resolve);
      return closed.promise;
    });
    return socket.address().port;
  }

  async function watch(name: string, listener: Deno.Listener): Promise<void> {
    try {
      for await (const connection of listener) {
        reached.add(name);
        connection.close();
      }
    } catch {
      // Closed.
    }
  }
}

/** Prints the names of the targets of its first argument that it reaches. */
export const connectProgram = `
import { createSocket } from "node:dgram";
const send = ({ hostname, port }) => new Promise((resolve, reject) => {
  const socket = createSocket(hostname === "::1" ? "udp6" : "udp4");
  socket.on("error", reject);
  socket.send("x", port, hostname, (error) => {
    socket.close();
    error ? reject(error) : resolve();
  });
});
const reached = [];
for (const { name, ...to } of JSON.parse(Deno.args[0])) {
  try {
    if (to.transport === "udp") await send(to);
    else (await Deno.connect(to)).close();
    reached.push(name);
  } catch (error) {
    if (error instanceof TypeError) throw error;
  }
}
console.log(JSON.stringify(reached));
`;
