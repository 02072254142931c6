/**
 * What a model reads when a command was not started, for this reason. Models know
 * the form: a text within a text, each quoted.
 */
export function toRejection(reason: string): string {
  const inner = `Rejected(${quote(reason)})`;
  return `exec_command failed: CreateProcess { message: ${quote(inner)} }`;
}

/** A text in quotes, with what can't stand there escaped. */
function quote(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(
      /\p{Cc}/gu,
      (sign) => `\\u{${sign.charCodeAt(0).toString(16)}}`,
    );
  return `"${escaped}"`;
}
