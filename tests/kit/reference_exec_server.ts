/** The exec server of the reference, in a home of its own. */
export class ReferenceExecServer implements AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
  readonly #home: string;
  readonly #child: Deno.ChildProcess;

  private constructor(url: string, home: string, child: Deno.ChildProcess) {
    this.url = url;
    this.#home = home;
    this.#child = child;
  }

  /**
   * Starts one.
   *
   * @param program The reference's program.
   * @throws {Error} if it ends before it listens.
   */
  static async start(program: string): Promise<ReferenceExecServer> {
    // Its sandbox does not find itself in a home below /tmp.
    const home = await Deno.makeTempDir({ dir: "/var/tmp" });
    const child = new Deno.Command(program, {
      args: ["exec-server", "--listen", "ws://127.0.0.1:0"],
      cwd: home,
      env: { CODEX_HOME: home },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    let said = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`The exec server has ended: ${said}`);
      said += value;
      const [url] = /ws:\/\/[\d.]+:\d+/.exec(said) ?? [];
      if (url === undefined || !said.includes("\n")) continue;
      await reader.cancel();
      return new ReferenceExecServer(url, home, child);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.#home, { recursive: true });
  }
}
