/**
 * Files of this machine as clients see them: `Files` reads, writes and copies,
 * `Watches` tells what changes. Knows the rules of the access room and the
 * errors of the protocol; only its table of methods knows how requests arrive.
 *
 * @module
 */
export {
  type DirectoryEntry,
  type FileContent,
  Files,
  type Metadata,
  type ReadOptions,
  type RemoveOptions,
} from "./files.ts";
export { MAX_READ_BYTES } from "./limits.ts";
export type { CopyOptions } from "./_copy.ts";
export type { FileReader, Frame } from "./_file_reader.ts";
export type { WriteOptions } from "./_write_file.ts";
export { type Audience, Watches, type WatchSettings } from "./watches.ts";
