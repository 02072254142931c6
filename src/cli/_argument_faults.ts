import { type Option, toSignature } from "./command.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Checks a value that an option was given.
 *
 * @throws {UsageError} if it can't have that one.
 */
export function checkValue(option: Option, value: string): void {
  const { choices, names, optionalValue, check } = option;
  const needsText = names !== undefined || choices !== undefined ||
    optionalValue;
  if (value === "" && needsText) throw missingValue(option);
  if (choices !== undefined && !choices.includes(value)) {
    throw invalidValue(value, toSignature(option), choices);
  }
  const reason = check?.(value);
  if (reason !== undefined) {
    throw new UsageError(
      `invalid value '${value}' for '${toSignature(option)}': ${reason}`,
    );
  }
}

/** An option that lacks its value. */
export function missingValue(option: Option): UsageError {
  return new UsageError(
    `a value is required for '${toSignature(option)}' but none was supplied` +
      toChoices(option.choices),
  );
}

/** A value that is none of those that are possible. */
export function invalidValue(
  value: string,
  shown: string,
  choices: readonly string[],
): UsageError {
  return new UsageError(
    `invalid value '${value}' for '${shown}'${toChoices(choices)}`,
  );
}

function toChoices(choices: readonly string[] | undefined): string {
  return choices === undefined
    ? ""
    : `\n  [possible values: ${choices.join(", ")}]`;
}

/** What may have been meant. */
export function toTip(
  kind: string,
  similar: string | undefined,
): string | undefined {
  return similar === undefined
    ? undefined
    : `a similar ${kind} exists: '${similar}'`;
}
