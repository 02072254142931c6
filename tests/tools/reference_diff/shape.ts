/**
 * Compares two JSON Schemas by shape: names, kinds, what is required, what may
 * be null. Words, titles, defaults and formats do not count.
 *
 * @module
 */

/** A JSON Schema of either side. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** A schema and the document that its references point into. */
export interface Side {
  readonly schema: Schema | undefined;
  readonly root: Schema;
}

/** Which way a value travels: the server reads requests, and writes the rest. */
export type Direction = "incoming" | "outgoing";

/** Takes a difference: where it is and what it is. */
export type Report = (at: string, what: string) => void;

/** A schema without references and unions. */
type Variant =
  | { kind: "any" | "boolean" | "integer" | "null" | "number" | "string" }
  | { kind: "choice"; value: string }
  | { kind: "array"; items: Schema | undefined }
  | { kind: "object"; schema: Schema };

/** Reports every difference of two shapes. */
export function compareShapes(
  ours: Side,
  theirs: Side,
  at: string,
  direction: Direction,
  report: Report,
): void {
  compare(ours, theirs, at, { direction, report, seen: new Set() });
}

interface Run {
  readonly direction: Direction;
  readonly report: Report;
  /** Pairs of types that are compared further up. */
  readonly seen: ReadonlySet<string>;
}

function compare(ours: Side, theirs: Side, at: string, run: Run): void {
  const pair = `${String(ours.schema?.$ref)} ${String(theirs.schema?.$ref)}`;
  if (pair.includes("#") && run.seen.has(pair)) return;
  const below: Run = { ...run, seen: new Set([...run.seen, pair]) };
  const left = variantsOf(ours);
  const right = variantsOf(theirs);
  if (isAny(left) || isAny(right)) {
    if (isAny(left) !== isAny(right)) {
      run.report(at, `${kinds(left)} here, ${kinds(right)} there`);
    }
    return;
  }
  compareChoices(left, right, at, run);
  compareKinds(left, right, at, run);
  const [leftItems] = arrays(left);
  const [rightItems] = arrays(right);
  if (leftItems !== undefined && rightItems !== undefined) {
    compare(
      { schema: leftItems.items, root: ours.root },
      { schema: rightItems.items, root: theirs.root },
      `${at}[]`,
      below,
    );
  }
  compareObjects(
    { root: ours.root, objects: objects(left) },
    { root: theirs.root, objects: objects(right) },
    at,
    below,
  );
}

function compareKinds(
  left: readonly Variant[],
  right: readonly Variant[],
  at: string,
  { report }: Run,
): void {
  const of = (variants: readonly Variant[]): Set<string> =>
    new Set(variants.map(({ kind }) => kind));
  const here = of(left);
  const there = of(right);
  for (const kind of here.union(there)) {
    if (here.has(kind) === there.has(kind)) continue;
    if (kind === "null") {
      report(at, here.has(kind) ? "may be null here" : "may be null there");
    } else report(at, `${kind} ${here.has(kind) ? "here" : "there"} only`);
  }
}

function compareChoices(
  left: readonly Variant[],
  right: readonly Variant[],
  at: string,
  { report }: Run,
): void {
  const of = (variants: readonly Variant[]): Set<string> =>
    new Set(variants.flatMap((v) => v.kind === "choice" ? [v.value] : []));
  const here = of(left);
  const there = of(right);
  if (here.size === 0 || there.size === 0) return;
  for (const value of here.difference(there)) {
    report(at, `"${value}" is a choice here only`);
  }
  for (const value of there.difference(here)) {
    report(at, `"${value}" is a choice there only`);
  }
}

function compareObjects(
  ours: { root: Schema; objects: readonly Schema[] },
  theirs: { root: Schema; objects: readonly Schema[] },
  at: string,
  run: Run,
): void {
  if (ours.objects.length === 0 || theirs.objects.length === 0) return;
  if (ours.objects.length === 1 && theirs.objects.length === 1) {
    compareFields(
      { schema: ours.objects[0], root: ours.root },
      { schema: theirs.objects[0], root: theirs.root },
      at,
      run,
    );
    return;
  }
  const here = byLabel(ours.objects, ours.root);
  const there = byLabel(theirs.objects, theirs.root);
  for (const label of new Set([...here.keys(), ...there.keys()])) {
    const left = here.get(label);
    const right = there.get(label);
    const place = `${at}<${label}>`;
    if (left === undefined) run.report(place, "variant there only");
    else if (right === undefined) run.report(place, "variant here only");
    else {
      compareFields(
        { schema: left, root: ours.root },
        { schema: right, root: theirs.root },
        place,
        run,
      );
    }
  }
}

/** Variants of a union by their constant field, else by what they require. */
function byLabel(
  variants: readonly Schema[],
  root: Schema,
): Map<string, Schema> {
  const label = (schema: Schema): string => {
    const required = (schema.required ?? []) as string[];
    for (const name of required) {
      const [only, ...more] = variantsOf({
        schema: propertiesOf(schema)[name],
        root,
      });
      if (only?.kind === "choice" && more.length === 0) {
        return `${name}=${only.value}`;
      }
    }
    return required.toSorted().join("+");
  };
  return new Map(variants.map((schema) => [label(schema), schema]));
}

function compareFields(ours: Side, theirs: Side, at: string, run: Run): void {
  const here = propertiesOf(ours.schema);
  const there = propertiesOf(theirs.schema);
  for (const name of new Set([...Object.keys(here), ...Object.keys(there)])) {
    const place = `${at}.${name}`;
    const left = here[name];
    const right = there[name];
    if (left === undefined) run.report(place, "field there only");
    else if (right === undefined) {
      // Ours by design; docs/extensions.md is their list.
      if (!("x-gangway" in left)) run.report(place, "field here only");
    } else {
      compareRequired(ours, theirs, name, place, run);
      compare(
        { schema: left, root: ours.root },
        { schema: right, root: theirs.root },
        place,
        run,
      );
    }
  }
  const others = [ours, theirs].map(({ schema }) =>
    typeof schema?.additionalProperties === "object"
  );
  if (others[0] && others[1]) {
    compare(
      {
        schema: ours.schema?.additionalProperties as Schema,
        root: ours.root,
      },
      {
        schema: theirs.schema?.additionalProperties as Schema,
        root: theirs.root,
      },
      `${at}{}`,
      run,
    );
  }
}

function compareRequired(
  ours: Side,
  theirs: Side,
  name: string,
  at: string,
  { direction, report }: Run,
): void {
  const isRequired = ({ schema }: Side): boolean =>
    ((schema?.required ?? []) as string[]).includes(name);
  const here = isRequired(ours);
  const there = isRequired(theirs);
  if (here === there) return;
  // The reference's schema calls optional what has a default or may be null,
  // though its server always writes it; to promise that breaks no client.
  if (direction === "outgoing" && here) return;
  report(at, here ? "required here only" : "required there only");
}

function propertiesOf(schema: Schema | undefined): Record<string, Schema> {
  return (schema?.properties ?? {}) as Record<string, Schema>;
}

function isAny(variants: readonly Variant[]): boolean {
  return variants.some(({ kind }) => kind === "any");
}

function kinds(variants: readonly Variant[]): string {
  return [...new Set(variants.map(({ kind }) => kind))].join("|");
}

function arrays(
  variants: readonly Variant[],
): (Variant & { kind: "array" })[] {
  return variants.filter((each) => each.kind === "array");
}

function objects(variants: readonly Variant[]): Schema[] {
  return variants.flatMap((each) =>
    each.kind === "object" ? [each.schema] : []
  );
}

function variantsOf({ schema, root }: Side): Variant[] {
  // Draft 7 also writes `true` for a schema that takes anything.
  if (schema === undefined || (schema as unknown) === true) {
    return [{ kind: "any" }];
  }
  if (typeof schema.$ref === "string") {
    return variantsOf({ schema: follow(schema.$ref, root), root });
  }
  const union = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (Array.isArray(union)) {
    return union.flatMap((each) => variantsOf({ schema: each, root }));
  }
  const choices = "const" in schema ? [schema.const] : schema.enum;
  if (Array.isArray(choices)) {
    return choices.map((value) =>
      value === null
        ? { kind: "null" }
        : { kind: "choice", value: String(value) }
    );
  }
  const types = [schema.type ?? []].flat() as string[];
  if (types.length === 0) return [{ kind: "any" }];
  return types.map((type): Variant => {
    switch (type) {
      case "array":
        return { kind: "array", items: schema.items as Schema | undefined };
      case "object":
        return { kind: "object", schema };
      default:
        return {
          kind: type as "boolean" | "integer" | "null" | "number" | "string",
        };
    }
  });
}

/** What a reference within a document points at. */
export function follow(reference: string, root: Schema): Schema | undefined {
  return reference.replace(/^#\//, "").split("/").reduce<Schema | undefined>(
    (node, key) => node?.[key] as Schema | undefined,
    root,
  );
}
