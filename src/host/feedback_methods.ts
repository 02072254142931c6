import {
  type FeedbackSaveParams,
  type FeedbackSaveResponse,
  RpcError,
  toThreadId,
} from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { ZipEntry } from "./_zip.ts";
import type { Host } from "./host.ts";

type FeedbackMethod = "feedback/save" | "feedback/upload";

/** Bytes that the files of a report may have together. */
const maxBytes = 64 * 1024 * 1024;

/**
 * What users say about the product stays on their machine: it is written to a
 * file, and sent to nobody.
 */
export const feedbackHandlers: Handlers<Host, FeedbackMethod> = {
  "feedback/save": save,
  "feedback/upload"(_, { threadId }) {
    if (threadId != null) toThreadId(threadId);
    throw RpcError.internal(
      "failed to upload feedback: this server sends it to nobody; " +
        "save it to a file with feedback/save",
    );
  },
};

async function save(
  host: Host,
  params: FeedbackSaveParams,
): Promise<FeedbackSaveResponse> {
  const { savePath, classification, reason, tags } = params;
  if (!/^(\/|[A-Za-z]:[\\/])/.test(savePath)) {
    throw RpcError.invalidRequest(
      "feedback savePath must be an absolute host path",
    );
  }
  const threadId = params.threadId == null
    ? `no-active-thread-${crypto.randomUUID()}`
    : toThreadId(params.threadId);
  const report = {
    classification,
    reason: reason ?? null,
    threadId,
    tags: tags ?? {},
  };
  try {
    const files = await readFiles(host, params.extraLogFiles ?? []);
    const path = await host.access.checkWrite(savePath);
    const entries: ZipEntry[] = [toEntry("report.json", report), ...files];
    const names = files.map(({ name }) => name);
    entries.push(toEntry("manifest.json", names));
    const { toZip } = await import("./_zip.ts"); // long to load, rarely needed
    await writeNew(path, toZip(entries));
  } catch (error) {
    if (error instanceof RpcError) throw error;
    throw RpcError.internal(
      `failed to save feedback: ${(error as Error).message}`,
    );
  }
  return { savedPath: savePath, threadId, promptHash: null };
}

async function readFiles(
  { access }: Host,
  paths: readonly string[],
): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let left = maxBytes;
  for (const path of paths) {
    const real = await access.checkRead(path);
    const { size, isFile } = await Deno.stat(real);
    if (!isFile) throw new TypeError(`Not a file: "${path}"`);
    left -= size;
    if (left < 0) {
      throw new RangeError(`The files have more than ${maxBytes} bytes`);
    }
    const name = path.slice(path.lastIndexOf("/") + 1);
    entries.push({
      name: `attachments/${entries.length + 1}-${name}`,
      bytes: await Deno.readFile(real),
    });
  }
  return entries;
}

function toEntry(name: string, value: unknown): ZipEntry {
  const bytes = new TextEncoder().encode(JSON.stringify(value, null, 2));
  return { name, bytes };
}

/** Writes a file where nothing is yet; nothing is left of one that failed. */
async function writeNew(
  path: string,
  parts: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Deno.errors.AlreadyExists("feedback save path already exists");
  }
  try {
    using _ = file;
    for (const part of parts) {
      for (let at = 0; at < part.length;) {
        at += await file.write(part.subarray(at));
      }
    }
  } catch (error) {
    await Deno.remove(path).catch(() => {});
    throw error;
  }
}
