import { isTable } from "./_json.ts";
import type { JsonTable } from "./_json.ts";

/**
 * Fills what a hook reads into the input of the tool that it calls: `${name}`
 * stands for a field, `${name.name}` for one within it. Alone in a text it is
 * the field itself, of whatever kind.
 *
 * @throws {RangeError} if there is no such field.
 */
export function fillPlaceholders(template: unknown, facts: JsonTable): unknown {
  if (typeof template === "string") return fillText(template, facts);
  if (Array.isArray(template)) {
    return template.map((one) => fillPlaceholders(one, facts));
  }
  if (!isTable(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [
      key,
      fillPlaceholders(value, facts),
    ]),
  );
}

function fillText(text: string, facts: JsonTable): unknown {
  const whole = /^\$\{([^{}]+)\}$/.exec(text)?.[1];
  if (whole !== undefined) return find(whole, facts);
  return text.replaceAll(/\$\{([^{}]+)\}/g, (_, name: string) => {
    const value = find(name, facts);
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}

function find(name: string, facts: JsonTable): unknown {
  let value: unknown = facts;
  for (const key of name.split(".")) {
    if (!isTable(value) || !Object.hasOwn(value, key)) {
      throw new RangeError(
        `hook input placeholder \`\${${name}}\` was not found`,
      );
    }
    value = value[key];
  }
  return value;
}
