import type { Script, ScriptedResponse } from "./_script.ts";

/** What is wrong with a script, and where. */
export class ScriptError extends SyntaxError {
  override readonly name = "ScriptError";
}

type Fields = Readonly<Record<string, unknown>>;
/** Checks a value that stands at a place. */
type Check = (value: unknown, place: string) => void;

/**
 * Reads a script.
 *
 * @throws {ScriptError} that names entry and field.
 */
export function decodeScript(text: string): Script {
  let value: unknown;
  try {
    value = JSON.parse(stripComments(text));
  } catch (error) {
    throw new ScriptError((error as Error).message, { cause: error });
  }
  if (Array.isArray(value)) {
    checkResponses(value, "responses");
    return { scope: "thread", responses: value.map(toResponse) };
  }
  script(value, "the script");
  const { scope, responses } = value as {
    scope?: Script["scope"];
    responses: Fields[];
  };
  return { scope: scope ?? "thread", responses: responses.map(toResponse) };
}

function toResponse(response: Fields): ScriptedResponse {
  const when = response["when"];
  return typeof when === "string"
    ? { ...response, when: { user: when } }
    : response;
}

const fail = (place: string, demand: string): never => {
  throw new ScriptError(`${place} must be ${demand}`);
};

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text: Check = (value, place) => {
  if (typeof value !== "string") fail(place, "a string");
};
const bool: Check = (value, place) => {
  if (typeof value !== "boolean") fail(place, "true or false");
};
const yes: Check = (value, place) => {
  if (value !== true) fail(place, "true");
};
const count: Check = (value, place) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    fail(place, "a whole number, 0 or more");
  }
};
const status: Check = (value, place) => {
  if (!Number.isInteger(value) || Number(value) < 200 || Number(value) > 599) {
    fail(place, "an HTTP status, 200 to 599");
  }
};
const object: Check = (value, place) => {
  if (!isFields(value)) fail(place, "an object");
};
const anything: Check = () => {};
const texts: Check = (value, place) => {
  if (!Array.isArray(value)) return fail(place, "a list of strings");
  value.forEach((one, index) => text(one, `${place}[${index}]`));
};
const headers: Check = (value, place) => {
  object(value, place);
  for (const [name, one] of Object.entries(value as Fields)) {
    text(one, `${place}["${name}"]`);
  }
};
const either =
  (demand: string, ...checks: Check[]): Check => (value, place) => {
    for (const check of checks) {
      try {
        return check(value, place);
      } catch {
        // The next one may do.
      }
    }
    fail(place, demand);
  };
const record =
  (fields: Readonly<Record<string, Check>>, required: string[] = []): Check =>
  (value, place) => {
    object(value, place);
    const table = value as Fields;
    for (const name of required) {
      if (!(name in table)) {
        throw new ScriptError(`${place}.${name} is missing`);
      }
    }
    for (const [name, one] of Object.entries(table)) {
      const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (check === undefined) {
        const known = Object.keys(fields).join(", ");
        throw new ScriptError(
          `${place}.${name} is unknown; known are ${known}`,
        );
      }
      check(one, `${place}.${name}`);
    }
  };

/** An object whose kind is told by one of its fields. */
const oneOf = (
  kinds: Readonly<Record<string, Check>>,
): Check =>
(value, place) => {
  object(value, place);
  const kind = Object.keys(kinds).find((name) => name in (value as Fields));
  if (kind === undefined) {
    fail(place, `an object with one of ${Object.keys(kinds).join(", ")}`);
  }
  kinds[kind as string]?.(value, place);
};

const everyMs = count;
const output = oneOf({
  say: record({ say: text, deltas: texts, everyMs, phase: text, id: text }),
  think: record({ think: texts, raw: texts, everyMs, id: text }),
  call: record({
    call: text,
    arguments: either("a string or an object", text, object),
    namespace: text,
    callId: text,
    id: text,
  }),
  custom: record(
    {
      custom: text,
      input: text,
      deltas: texts,
      everyMs,
      callId: text,
      id: text,
    },
    ["input"],
  ),
  search: record({ search: text, id: text }),
  item: record({ item: typed() }),
  event: record({ event: typed() }),
  waitMs: record({ waitMs: count }),
  drop: record({ drop: yes }),
  hang: record({ hang: yes }),
});

/** An object that is handed on as it is, and has a type. */
function typed(): Check {
  return (value, place) => {
    object(value, place);
    text((value as Fields)["type"], `${place}.type`);
  };
}

const outputs: Check = (value, place) => {
  if (!Array.isArray(value)) return fail(place, "a list");
  value.forEach((one, index) => output(one, `${place}[${index}]`));
};

const response = record({
  when: either(
    "a string or an object",
    text,
    object,
  ),
  waitMs: count,
  repeat: either("true or a whole number", yes, count),
  output: outputs,
  usage: record({
    input: count,
    cached: count,
    cacheWrite: count,
    output: count,
    reasoning: count,
    total: count,
  }),
  failure: oneOf({
    status: record({ status, body: anything }),
    code: record({ code: text, message: text }),
    incomplete: record({ incomplete: text }),
  }),
  headers,
  endTurn: bool,
});

const match = record({
  user: text,
  answers: text,
  output: text,
  model: text,
  body: text,
});

const checkResponses: Check = (value, place) => {
  if (!Array.isArray(value)) return fail(place, "a list");
  value.forEach((one, index) => {
    response(one, `${place}[${index}]`);
    const { when } = one as Fields;
    if (isFields(when)) match(when, `${place}[${index}].when`);
  });
};

const script = record({
  $schema: text,
  scope: either(
    '"thread" or "server"',
    (value, place) => {
      if (value !== "thread" && value !== "server") fail(place, "a scope");
    },
  ),
  responses: checkResponses,
}, ["responses"]);

/** JSON out of JSON with comments; places in it stay where they were. */
function stripComments(text: string): string {
  return text.replace(
    /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\//g,
    (found) => found.startsWith('"') ? found : found.replace(/[^\n]/g, " "),
  );
}
