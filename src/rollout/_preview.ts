import type { UserInput } from "../protocol/mod.ts";

/** What a message says, as far as it is text. */
export function toPreview(content: readonly UserInput[]): string {
  return content.map((input) => input.type === "text" ? input.text : "")
    .join("");
}
