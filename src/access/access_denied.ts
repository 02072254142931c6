/** A rule of the operator forbids what a client asked for. */
export class AccessDenied extends Error {
  /** `"AccessDenied"`. */
  override name = "AccessDenied";
  /** The path as it was asked for. */
  readonly path: string;
  /** The flag that forbids it, such as `--allow-read`. */
  readonly flag: string;

  /** The message names path and flag too. */
  constructor(message: string, options: { path: string; flag: string }) {
    super(message);
    this.path = options.path;
    this.flag = options.flag;
  }
}
