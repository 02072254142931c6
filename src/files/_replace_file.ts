import { toErrno } from "./_map_error.ts";
import { openGuarded } from "./_open_guarded.ts";
import { toTempPath } from "./_temp_name.ts";

/** A file that is to appear, or to change, in one step. */
export interface Replacement {
  /** Real place of the file: no link. */
  readonly place: string;
  /** As it was asked for, for messages. */
  readonly path: string;
  /** What is there: a regular file with this as its only name, or nothing. */
  readonly old: Deno.FileInfo | undefined;
  /** Whether a file that appears meanwhile must not be replaced. */
  readonly isExclusive?: boolean;
  /** Whether `approve` looks at what is to be replaced. */
  readonly isConditional?: boolean;
}

/** `EPERM`, `EACCES`, `EROFS`, `ENAMETOOLONG`: no file of ours can be there. */
const noTemp = [1, 13, 30, 36];
/** `EPERM`, `ENOSYS`, `EOPNOTSUPP`: the file system has no hard links. */
const noLinks = [1, 38, 95];

/**
 * Puts a file in place in one step: it is made beside it under another name and
 * renamed, with the owner and the mode of the old one. (Access lists and other
 * extended attributes of the old one are lost.) Nobody sees half of it, and if
 * anything fails the old file stays as it was.
 *
 * @param produce Writes the content, to the file or by its name, and may set
 * the mode. What it throws undoes everything.
 * @param approve Called right before the last step, and nothing of this process
 * comes between; what it throws undoes everything.
 * @returns Whether it was possible; if not, nothing has changed.
 */
export async function replaceFile(
  { place, path, old, isExclusive = false, isConditional = false }: Replacement,
  produce: (file: Deno.FsFile, temp: string) => Promise<void>,
  approve: () => void,
): Promise<boolean> {
  if (old !== undefined && !isSurelyOurs(old)) {
    // A file that may not be written isn't replaced either.
    (await openGuarded(place, path, { write: true })).close();
  }
  const temp = toTempPath(place, old === undefined ? "new" : "old");
  let file: Deno.FsFile;
  try {
    const mode = (old?.mode ?? 0o666) & 0o777;
    file = await Deno.open(temp, { write: true, createNew: true, mode });
  } catch (error) {
    if (noTemp.includes(toErrno(error) ?? 0)) return false;
    throw error;
  }
  try {
    try {
      // Before there is anything to read in it.
      if (!await takeAfter(file, temp, old)) {
        await Deno.remove(temp);
        return false;
      }
      await produce(file, temp);
    } finally {
      file.close();
    }
    approve();
    if (isExclusive) {
      if (!await putExclusively(temp, place)) return false;
    } else if (isConditional) {
      // deno-lint-ignore no-sync-fn-in-async-fn -- in one step with the look
      Deno.renameSync(temp, place);
    } else await Deno.rename(temp, place);
    return true;
  } catch (error) {
    await Deno.remove(temp).catch(() => {});
    throw error;
  }
}

/**
 * Whether owner and mode alone say that this process may write the file. Not so
 * for a program: the system refuses to write one that runs.
 */
function isSurelyOurs({ uid, mode }: Deno.FileInfo): boolean {
  try {
    return Deno.uid() === uid && ((mode ?? 0) & 0o311) === 0o200;
  } catch {
    return false; // without --allow-sys=uid
  }
}

/** Gives a file owner and mode of another; false if that is not allowed. */
async function takeAfter(
  file: Deno.FsFile,
  temp: string,
  old: Deno.FileInfo | undefined,
): Promise<boolean> {
  if (old === undefined) return true;
  // Synchronous: right after an opening it is answered from memory.
  const fresh = file.statSync();
  if (fresh.uid !== old.uid || fresh.gid !== old.gid) {
    try {
      await Deno.chown(temp, old.uid, old.gid);
    } catch {
      return false;
    }
  }
  if (fresh.mode !== old.mode && old.mode !== null) {
    await Deno.chmod(temp, old.mode & 0o7777);
  }
  return true;
}

/** @throws {Deno.errors.AlreadyExists} if something is there. */
async function putExclusively(temp: string, place: string): Promise<boolean> {
  try {
    await Deno.link(temp, place);
  } catch (error) {
    const isImpossible = error instanceof Deno.errors.NotCapable ||
      noLinks.includes(toErrno(error) ?? 0);
    if (!isImpossible) throw error;
    await Deno.remove(temp);
    return false;
  }
  await Deno.remove(temp);
  return true;
}
