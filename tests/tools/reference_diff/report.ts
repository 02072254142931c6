/**
 * Compares our contract with the reference's, method by method.
 *
 * @module
 */
import { compareShapes, type Direction, follow, type Schema } from "./shape.ts";

/** A contract as its bundle of JSON Schemas says it. */
export interface Contract {
  /** Everything, with `x-experimental` marks where they are ours. */
  readonly all: Schema;
  /** Without what is experimental. */
  readonly stable: Schema;
}

/** What a comparison found. */
export interface Findings {
  /** Differences, each as `NAME PLACE: WHAT`. */
  readonly differences: readonly string[];
  /** Names whose shapes are not written down here yet. */
  readonly unfinished: readonly string[];
  /** Names of which only the gated fields are written down and compared. */
  readonly gatesOnly: readonly string[];
  /** How many names were compared in full. */
  readonly compared: number;
}

const groups: readonly [name: string, sent: Direction][] = [
  ["ClientRequest", "incoming"],
  ["ClientNotification", "incoming"],
  ["ServerRequest", "outgoing"],
  ["ServerNotification", "outgoing"],
];

/** Compares what the two know of each message. */
export function compareContracts(ours: Contract, theirs: Contract): Findings {
  const differences: string[] = [];
  const unfinished: string[] = [];
  const gatesOnly: string[] = [];
  let compared = 0;
  for (const [group, sent] of groups) {
    const here = messagesOf(ours.all, group);
    const hereStable = messagesOf(ours.stable, group);
    const there = messagesOf(theirs.all, group);
    const thereStable = messagesOf(theirs.stable, group);
    for (const name of new Set([...here.keys(), ...there.keys()])) {
      const report = (at: string, what: string): void => {
        differences.push(`${name} ${at}: ${what}`);
      };
      const left = here.get(name);
      const right = there.get(name);
      if (left === undefined || right === undefined) {
        report(group, left === undefined ? "there only" : "here only");
        continue;
      }
      if (hereStable.has(name) !== thereStable.has(name)) {
        report(
          group,
          `${hereStable.has(name) ? "stable" : "experimental"} here only`,
        );
      }
      compareGates(
        { left, right },
        { left: hereStable.get(name), right: thereStable.get(name) },
        ours,
        theirs,
        report,
      );
      const params = left.params as Schema | undefined;
      const isPartial = typeof params?.$ref === "string" &&
        "x-unfinished" in (follow(params.$ref, ours.all) ?? {});
      if (isPartial) {
        gatesOnly.push(name);
        continue;
      }
      if (params !== undefined && "x-unfinished" in params) {
        unfinished.push(name);
        continue;
      }
      compared++;
      compareShapes(
        { schema: params ?? nothing, root: ours.all },
        { schema: right.params ?? nothing, root: theirs.all },
        "params",
        sent,
        report,
      );
      compareResults(left, ours, theirs, sent, report);
    }
  }
  return { differences, unfinished, gatesOnly, compared };
}

const nothing: Schema = { type: "null" };

interface Message {
  readonly params: Schema | undefined;
  readonly result: Schema | undefined;
}

function messagesOf(bundle: Schema, group: string): Map<string, Message> {
  const union = follow(`#/definitions/${group}`, bundle);
  const variants = (union?.oneOf ?? union?.anyOf ?? []) as Schema[];
  // Ours by design; docs/extensions.md is their list.
  const shared = variants.filter((variant) =>
    !("x-gangway" in variant) && !("x-legacy" in variant)
  );
  return new Map(shared.map((variant) => {
    const properties = variant.properties as Record<string, Schema>;
    const method = properties.method!;
    const name = (method.const ?? (method.enum as string[])[0]) as string;
    return [name, {
      params: properties.params,
      result: variant["x-result"] as Schema | undefined,
    }];
  }));
}

/** Fields of the parameters that are there in the full contract only. */
function compareGates(
  all: { left: Message; right: Message },
  stable: { left: Message | undefined; right: Message | undefined },
  ours: Contract,
  theirs: Contract,
  report: (at: string, what: string) => void,
): void {
  if (stable.left === undefined || stable.right === undefined) return;
  if (all.left.params !== undefined && "x-unfinished" in all.left.params) {
    return;
  }
  const here = fieldsOf(all.left.params, ours.all)
    .difference(fieldsOf(stable.left.params, ours.stable));
  const there = fieldsOf(all.right.params, theirs.all)
    .difference(fieldsOf(stable.right.params, theirs.stable));
  for (const name of here.difference(there)) {
    report(`params.${name}`, "experimental here only");
  }
  for (const name of there.difference(here)) {
    report(`params.${name}`, "experimental there only");
  }
}

function fieldsOf(params: Schema | undefined, root: Schema): Set<string> {
  const schema = typeof params?.$ref === "string"
    ? follow(params.$ref, root)
    : params;
  return new Set(Object.keys((schema?.properties ?? {}) as Schema));
}

/**
 * The reference's schema does not say which result belongs to which method;
 * types of the same name do.
 */
function compareResults(
  left: Message,
  ours: Contract,
  theirs: Contract,
  sent: Direction,
  report: (at: string, what: string) => void,
): void {
  const reference = left.result?.$ref;
  if (typeof reference !== "string") return;
  const type = reference.slice("#/definitions/".length);
  const there = follow(`#/definitions/v2/${type}`, theirs.all) ??
    follow(`#/definitions/${type}`, theirs.all);
  if (there === undefined) {
    report("result", `no type ${type} there`);
    return;
  }
  compareShapes(
    { schema: left.result, root: ours.all },
    { schema: there, root: theirs.all },
    "result",
    sent === "incoming" ? "outgoing" : "incoming",
    report,
  );
}
