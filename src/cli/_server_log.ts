import {
  createLogger,
  createStderrSink,
  type Logger,
  toLoggerSettings,
} from "../telemetry/mod.ts";

/** The log of a server on standard error, as the environment asks for it. */
export class ServerLog implements AsyncDisposable {
  readonly log: Logger;
  readonly #sink = createStderrSink();

  /** Says at once what the environment asks for in vain. */
  constructor() {
    const settings = toLoggerSettings(
      (name) => Deno.env.get(name),
      Deno.stderr.isTerminal(),
    );
    this.log = createLogger({ write: this.#sink.write, ...settings });
    for (const directive of settings.filter.invalid) {
      this.log.error("left out of the log filter: not understood", {
        directive,
      });
    }
  }

  /** Waits until all of it is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sink.flush();
  }
}
