import type { CodexErrorInfo, TurnError } from "../protocol/mod.ts";
import { renameFields, toCamelCase, toSnakeCase } from "./_rename_fields.ts";

/** Reads what went wrong in a turn, as `task_complete` has it. */
export function decodeError(value: unknown): TurnError | null {
  if (typeof value !== "object" || value === null) return null;
  const fields = value as Record<string, unknown>;
  const { message, codex_error_info, additional_details } = fields;
  return {
    message: typeof message === "string" ? message : "",
    codexErrorInfo: decodeErrorInfo(codex_error_info),
    additionalDetails: typeof additional_details === "string"
      ? additional_details
      : null,
    misalignment: null,
  };
}

/** An error as `task_complete` has it. */
export function encodeError(error: TurnError): Record<string, unknown> {
  return {
    message: error.message,
    ...error.codexErrorInfo === null
      ? {}
      : { codex_error_info: encodeErrorInfo(error.codexErrorInfo) },
    ...error.additionalDetails === null
      ? {}
      : { additional_details: error.additionalDetails },
  };
}

function decodeErrorInfo(value: unknown): CodexErrorInfo | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return toCamelCase(value) as CodexErrorInfo;
  return renameFields(
    value as object,
    toCamelCase,
  ) as unknown as CodexErrorInfo;
}

function encodeErrorInfo(value: CodexErrorInfo): unknown {
  return typeof value === "string"
    ? toSnakeCase(value)
    : renameFields(value, toSnakeCase);
}
