import type { UserInput } from "../protocol/mod.ts";

/** What a thread is shown by that begins with `content`. */
export function toPreview(content: readonly UserInput[]): string {
  const text = content.map((one) => one.type === "text" ? one.text : "")
    .join("").trim();
  const isImage = content.some(({ type }) =>
    type === "image" || type === "localImage"
  );
  return text === "" && isImage ? "[Image]" : text;
}
