/** Signals that ask a server to stop. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Watches for the signals that ask a server to stop. */
export class StopSignals implements Disposable {
  readonly #received: StopSignal[] = [];
  readonly #first = Promise.withResolvers<StopSignal>();
  readonly #second = Promise.withResolvers<StopSignal>();
  readonly #listeners = STOP_SIGNALS.map((signal) => {
    const listener = (): void => this.#take(signal);
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });

  /** Resolves with the first of them. */
  get first(): Promise<StopSignal> {
    return this.#first.promise;
  }

  /** Resolves with a later one that insists; SIGHUP never does. */
  get second(): Promise<StopSignal> {
    return this.#second.promise;
  }

  #take(signal: StopSignal): void {
    const isFirst = this.#received.length === 0;
    this.#received.push(signal);
    if (isFirst) this.#first.resolve(signal);
    else if (signal !== "SIGHUP") this.#second.resolve(signal);
  }

  /** Gives the signals back their default effect. */
  [Symbol.dispose](): void {
    for (const { signal, listener } of this.#listeners.splice(0)) {
      Deno.removeSignalListener(signal, listener);
    }
  }
}

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
/** The exit code that stands for the end by a signal. */
export function toExitCode(signal: StopSignal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}

/** Longer than any signal takes to arrive, on a machine with much to do too. */
const DEATH_MS = 5_000;

/**
 * Lets the process die of a signal, so that its parent sees what ended it.
 * Where the process was started with the signal ignored, it exits with the code
 * that shells give for it. Never returns.
 */
export async function dieOf(signal: StopSignal): Promise<never> {
  Deno.kill(Deno.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, DEATH_MS));
  Deno.exit(toExitCode(signal));
}
