/** What a reviewer found, as far as it kept to the form. */
export interface Review {
  readonly explanation: string;
  readonly findings: readonly Finding[];
}

/** One fault. */
export interface Finding {
  readonly title: string;
  readonly body: string;
  /** Path and lines; empty if it names none. */
  readonly place: string;
}

/** Reads the answer of a reviewer; one without JSON is taken as plain words. */
export function readReview(answer: string): Review {
  const review = toReview(parse(answer)) ?? toReview(parse(innerJson(answer)));
  return review ?? { explanation: answer.trim(), findings: [] };
}

/** A review as people read it. */
export function showReview({ explanation, findings }: Review): string {
  const parts = [explanation.trim()];
  if (findings.length > 0) {
    parts.push(
      findings.length === 1 ? "Review comment:" : "Full review comments:",
      ...findings.map(({ title, body, place }) => {
        const lines = body.split("\n").map((line) => `  ${line}`).join("\n");
        return `- ${title}${place === "" ? "" : ` — ${place}`}\n${lines}`;
      }),
    );
  }
  return parts.filter((part) => part !== "").join("\n\n") ||
    "The reviewer gave no answer.";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** From the first brace to the last: models like to wrap what they answer. */
function innerJson(text: string): string {
  return text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
}

function toReview(value: unknown): Review | undefined {
  if (!isObject(value) || !Array.isArray(value.findings)) return undefined;
  return {
    explanation: text(value.overall_explanation),
    findings: value.findings.filter(isObject).map((finding) => ({
      title: text(finding.title),
      body: text(finding.body),
      place: toPlace(finding.code_location),
    })),
  };
}

function toPlace(location: unknown): string {
  if (!isObject(location)) return "";
  const path = text(location.absolute_file_path);
  const range = location.line_range;
  return isObject(range) && path !== ""
    ? `${path}:${Number(range.start)}-${Number(range.end)}`
    : path;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
