/**
 * What clients may touch: rules in Deno's own vocabulary (`--allow-read`,
 * `--deny-write`, …), decided by the real path of what is opened, not by the
 * name it was asked for. Knows paths alone: no protocol, no handlers. Whoever
 * opens something on behalf of a client asks here first.
 *
 * What it can't do: a check and the system call that follows it are two steps.
 * Another process of the same user that swaps a directory for a link right
 * between them can lead the call astray. For opened files that is caught
 * afterwards ({@linkcode Access.confirm}), before a byte is read or written;
 * what remains is that such a process may have an empty file or directory
 * created, or a name removed, outside. Hard links and bind mounts are files of
 * their own to the system and to these rules.
 *
 * @module
 */
export { Access, type AccessRules, type Reach } from "./access.ts";
export { AccessDenied } from "./access_denied.ts";
