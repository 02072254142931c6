/**
 * What clients may touch: rules in Deno's own vocabulary (`--allow-read`,
 * `--deny-write`, …), decided by the real path of what is opened, not by the
 * name it was asked for. Knows paths alone: no protocol, no handlers. Whoever
 * opens something on behalf of a client asks here first.
 *
 * A check and the system call that follows it are two steps, and whoever swaps
 * a directory for a link right between them could lead the call astray. So what
 * was checked is held on to ({@linkcode Access.pin}): on Linux, and if this
 * process has all of Deno's permissions. Elsewhere such a swap is only looked
 * for afterwards ({@linkcode Access.confirm}), and may go unnoticed.
 *
 * Hard links and bind mounts are files of their own to the system and to these
 * rules.
 *
 * The rules for programs judge the file that is started and no more: an allowed
 * interpreter (`sh`, `env`, `python3`, whatever a script's first line names)
 * starts what it is told to, and a copy of a denied program is another file.
 * They say what clients may ask for; what a program does is for the sandbox.
 *
 * @module
 */
export { Access, type AccessRules, type Reach } from "./access.ts";
export type { Pin } from "./_pin.ts";
export type { Bounds } from "./_territory.ts";
export { AccessDenied } from "./access_denied.ts";
