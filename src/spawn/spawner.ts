/** Cells of a terminal. */
export interface TerminalSize {
  /** Lines, at least 1. */
  readonly rows: number;
  /** Cells in a line, at least 1. */
  readonly cols: number;
}

/** What is to be started, and with what around it. */
export interface SpawnOptions {
  /**
   * Program and arguments. A program without a slash is looked up in the PATH
   * of `env`; with one, it is a path, relative ones from `cwd`.
   */
  readonly command: readonly [program: string, ...args: string[]];
  /** Absolute path of its working directory. */
  readonly cwd: string;
  /** Its whole environment; nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  /** `null` reads as empty. With a terminal, stdin is the terminal. */
  readonly stdin: "null" | "piped";
  /** Gives it a controlling terminal of this size in place of its pipes. */
  readonly terminal?: TerminalSize;
  /** Files that it finds opened for reading as descriptors 3, 4, … */
  readonly files?: readonly string[];
  /** Who makes the system call. Default: this thread, unrestricted. */
  readonly launcher?: Launcher;
}

/**
 * How a program ended. With `signal`, what it died of; with `code`, its exit
 * code of 0 to 255.
 */
export type Exit = { readonly code: number } | { readonly signal: number };

/** Bytes that a child writes. Nothing is read before it is asked for. */
export interface Output {
  /**
   * Waits for bytes and gives what there is of them, at most `maxBytes`;
   * nothing once the last holder of the other end has closed it. One call at a
   * time: the bytes are only valid until the next one. Not reading is what makes a child wait.
   *
   * @throws {TypeError} if another read is pending.
   */
  read(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Closes this end. A pending read gives nothing; the child gets SIGPIPE. */
  cancel(): void;
}

/** Bytes that a child reads. */
export interface Input {
  /**
   * Writes all of it; resolves when the system has taken the last byte. Calls
   * are served one after the other.
   *
   * @throws {Deno.errors.BrokenPipe} if nobody can read it any more.
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /**
   * Ends the input behind what was written. A terminal has no end: it is typed
   * a newline and ^D instead.
   */
  close(): Promise<void>;
}

/**
 * A started program: leader of a session and of a process group of its own,
 * both numbered by its pid. Disposing it kills all that is left of it, waits
 * until it is reaped and closes every descriptor. Idempotent.
 */
export interface Child extends AsyncDisposable {
  /** Number of the process, of its group and of its session. */
  readonly pid: number;
  /**
   * How it ended, as soon as it has; never rejects. Its number is not free for
   * others before the child is disposed, so that signals can't hit strangers.
   */
  readonly exit: Promise<Exit>;
  /** What it writes; with a terminal, everything. */
  readonly stdout: Output;
  /** What it writes to its second output; nothing with a terminal. */
  readonly stderr: Output | undefined;
  /** What it reads, if that is not `null`. */
  readonly stdin: Input | undefined;
  /**
   * Changes the size of its terminal; the foreground group gets SIGWINCH.
   *
   * @throws {TypeError} if it has no terminal.
   */
  resize(size: TerminalSize): void;
  /**
   * Sends a signal to its whole process group; 9 reaches the other groups of
   * its session too. Nothing happens if nobody is left.
   */
  signal(number: number): void;
}

/**
 * Starts programs. One per server; disposing it disposes its children. When
 * the server dies without that, even of SIGKILL, its children's sessions are
 * killed too.
 */
export interface Spawner extends AsyncDisposable {
  /** Why no program can be given a terminal; nothing if it can. */
  readonly noTerminal: string | undefined;
  /** Whether {@linkcode SpawnOptions.launcher} is followed. */
  readonly takesLauncher: boolean;
  /**
   * Starts a program.
   *
   * @throws {SpawnError} if the system refuses.
   * @throws {TypeError} if an argument, a variable or a path holds a NUL byte.
   * @throws {TerminalUnavailable} if it needs a terminal and there is none.
   * @throws {Deno.errors.BadResource} if the spawner is disposed.
   */
  spawn(options: SpawnOptions): Promise<Child>;
}

/**
 * Everything that the one system call needs, plain enough to be sent to
 * another thread. Descriptors are numbers of this process.
 */
export interface LaunchOrder {
  /** Path of the program, with a slash in it; relative ones from `cwd`. */
  readonly file: string;
  /** Arguments, with the program's name in front. */
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly env: readonly string[];
  /** Absolute path of its working directory. */
  readonly cwd: string;
  /** Opened in this process; become descriptors 0, 1, 2, … of the child. */
  readonly descriptors: readonly number[];
  /**
   * Path of a terminal that the child opens as 0, 1 and 2 and that controls it;
   * `descriptors` then begin at 3.
   */
  readonly terminal?: string;
  /**
   * Whether the program starts its session itself, so that the call must not:
   * it would have to make another process for it.
   */
  readonly startsSession?: boolean;
}

/** What came of an order. */
export type LaunchResult =
  | { readonly pid: number }
  | { readonly errno: number };

/** Makes the system call that starts a child, from wherever it stands. */
export interface Launcher {
  /** Starts the program, as leader of a new session. Never throws. */
  launch(order: LaunchOrder): LaunchResult | Promise<LaunchResult>;
}
