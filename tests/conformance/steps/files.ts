import type { FsStep } from "../case.ts";
import type { CaseRun } from "../case_run.ts";
import { eventually } from "../deadline.ts";
import { check, Failure } from "../failure.ts";
import type { Json } from "../json.ts";

/** `fs`: changes the disk behind the server's back, or looks at it. */
export async function fs(run: CaseRun, step: FsStep): Promise<void> {
  const { fs: action } = step;
  const once = async () => {
    if (await change(action)) return;
    await look(action);
  };
  if (step.eventually === true) {
    await eventually(once, run.toLimitMs(step.within ?? 5000), run.signal);
  } else {
    await once();
  }
}

/** Does the change that `action` names, if it names one. */
async function change(action: FsStep["fs"]): Promise<boolean> {
  const { write, append, remove, rename, mkdir, symlink, chmod } = action;
  const text = typeof action.text === "string" ? action.text : "";
  if (write !== undefined) await Deno.writeTextFile(write, text);
  else if (append !== undefined) {
    await Deno.writeTextFile(append, text, { append: true });
  } else if (remove !== undefined) {
    await Deno.remove(remove, { recursive: true });
  } else if (rename !== undefined) await Deno.rename(...rename);
  else if (mkdir !== undefined) await Deno.mkdir(mkdir, { recursive: true });
  else if (symlink !== undefined) await Deno.symlink(...symlink);
  else if (chmod !== undefined) {
    await Deno.chmod(chmod, parseInt(action.mode ?? "0", 8));
  } else return false;
  return true;
}

async function look(action: FsStep["fs"]): Promise<void> {
  const { exists, read, size, readlink, isSymlink, modeOf, pidAlive } = action;
  const { is = true } = action;
  if (exists !== undefined) {
    check(is, await lstat(exists) !== null, `existence of ${exists}`);
  } else if (read !== undefined) {
    const want: Json = action.text ?? "";
    check(want, await Deno.readTextFile(read), `content of ${read}`);
  } else if (size !== undefined) {
    check(is, (await Deno.stat(size)).size, `size of ${size}`);
  } else if (readlink !== undefined) {
    check(is, await Deno.readLink(readlink), `target of ${readlink}`);
  } else if (isSymlink !== undefined) {
    const info = await lstat(isSymlink);
    check(is, info?.isSymlink ?? null, `whether ${isSymlink} is a symlink`);
  } else if (modeOf !== undefined) {
    check(is, octal((await lstat(modeOf))?.mode), `mode of ${modeOf}`);
  } else if (pidAlive !== undefined) {
    const pid = (await Deno.readTextFile(pidAlive)).trim();
    // The file is there a moment before the number is.
    if (!/^\d+$/.test(pid)) throw new Failure(`no process id in ${pidAlive}`);
    check(is, await isAlive(pid), `life of the process in ${pidAlive}`);
  } else {
    throw new Failure(`fs step without an action`);
  }
}

async function lstat(path: string): Promise<Deno.FileInfo | null> {
  return await Deno.lstat(path).catch(() => null);
}

function octal(mode: number | null | undefined): string {
  return ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
}

/** A zombie counts as dead: nobody has asked for its status yet. */
async function isAlive(pid: string): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}
