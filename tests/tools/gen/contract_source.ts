/**
 * Reads the contract as it stands in `src/protocol/`: which files hold it, what
 * they declare, and the method maps.
 *
 * @module
 */
import ts from "typescript";

/** A file of the contract, parsed. */
export interface ContractFile {
  /** Name without directory, such as `fs.ts`. */
  readonly name: string;
  readonly source: ts.SourceFile;
}

/** An entry of one of the method maps. */
export interface MethodEntry {
  readonly name: string;
  /** Type name, `"Unfinished"`, or null where nothing is sent. */
  readonly params: string | null;
  /** As `params`; null for notifications too. */
  readonly result: string | null;
  readonly experimental: boolean;
  /** Whether it needs the `gangway` capability. */
  readonly gangway: boolean;
  /** Whether only an earlier version of the protocol had it. */
  readonly legacy: boolean;
  /** Whether its parameters may be left out. */
  readonly optional: boolean;
  readonly description: string;
}

/** The four maps of methods.ts. */
export interface MethodMaps {
  readonly clientRequests: readonly MethodEntry[];
  readonly serverRequests: readonly MethodEntry[];
  readonly serverNotifications: readonly MethodEntry[];
  readonly clientNotifications: readonly MethodEntry[];
}

/** The contract as it was written down. */
export interface ContractSource {
  /** Domain files, by name; without methods.ts. */
  readonly domains: readonly ContractFile[];
  readonly methods: ContractFile;
  readonly maps: MethodMaps;
  /** What is wrong with it, for people; empty if nothing is. */
  readonly problems: readonly string[];
}

/** A declaration of the contract. */
export type ContractDeclaration =
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration;

/** Whether a statement is a type of the contract. */
export function isContractDeclaration(
  node: ts.Node,
): node is ContractDeclaration {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
}

/** Whether a JSDoc tag stands on a node. */
export function hasTag(node: ts.Node, tag: string): boolean {
  return ts.getJSDocTags(node).some((each) => each.tagName.text === tag);
}

/** The words of a node's JSDoc, before its tags. */
export function descriptionOf(node: ts.Node): string {
  return ts.getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? "")
    .join("\n")
    .trim();
}

/** Reads `src/protocol/` below `root`. */
export async function readContract(root: URL): Promise<ContractSource> {
  const directory = new URL("src/protocol/", root);
  const domains: ContractFile[] = [];
  for await (const entry of Deno.readDir(directory)) {
    if (!/^[a-z]\w*(?<!_test|_gen)\.ts$/.test(entry.name)) continue;
    if (entry.name === "mod.ts" || entry.name === "methods.ts") continue;
    const file = await parse(directory, entry.name);
    if (file.source.statements.every(isTypeOnly)) domains.push(file);
  }
  domains.sort((a, b) => (a.name < b.name ? -1 : 1));
  const methods = await parse(directory, "methods.ts");
  const problems = declarationProblems([...domains, methods]);
  const maps = readMaps(methods.source, problems);
  const known = new Set(
    domains.flatMap(({ source }) =>
      source.statements.filter(isContractDeclaration).map((d) => d.name.text)
    ),
  );
  for (const entry of Object.values(maps).flat()) {
    for (const type of [entry.params, entry.result]) {
      if (type === null || type === "Unfinished" || known.has(type)) continue;
      problems.push(`methods.ts: "${entry.name}" names no known type: ${type}`);
    }
  }
  return { domains, methods, maps, problems };
}

async function parse(directory: URL, name: string): Promise<ContractFile> {
  const text = await Deno.readTextFile(new URL(name, directory));
  return {
    name,
    source: ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true),
  };
}

function isTypeOnly(statement: ts.Statement): boolean {
  return isContractDeclaration(statement) ||
    (ts.isImportDeclaration(statement) &&
      statement.importClause?.isTypeOnly === true);
}

function declarationProblems(files: readonly ContractFile[]): string[] {
  const problems: string[] = [];
  const owner = new Map<string, string>();
  for (const { name, source } of files) {
    for (const declaration of source.statements.filter(isContractDeclaration)) {
      const type = declaration.name.text;
      const earlier = owner.get(type);
      if (earlier !== undefined) {
        problems.push(`${name}: ${type} is declared in ${earlier} too`);
      }
      owner.set(type, name);
      if (
        !declaration.modifiers?.some((m) =>
          m.kind === ts.SyntaxKind.ExportKeyword
        )
      ) {
        problems.push(`${name}: ${type} is not exported`);
      }
      if (descriptionOf(declaration) === "") {
        problems.push(`${name}: ${type} has no JSDoc`);
      }
      if (!ts.isInterfaceDeclaration(declaration)) continue;
      for (const member of declaration.members) {
        if (descriptionOf(member) !== "") continue;
        const field = member.name?.getText(source) ?? member.getText(source);
        problems.push(`${name}: ${type}.${field} has no JSDoc`);
      }
    }
  }
  return problems;
}

function readMaps(source: ts.SourceFile, problems: string[]): MethodMaps {
  const typeName = (node: ts.TypeNode | undefined): string | null => {
    if (node?.kind === ts.SyntaxKind.UndefinedKeyword) return null;
    if (
      node !== undefined && ts.isTypeReferenceNode(node) &&
      node.typeArguments === undefined
    ) return node.typeName.getText(source);
    problems.push(
      `methods.ts: "${node?.getText(source)}" is not the name of a type`,
    );
    return null;
  };
  const read = (map: string, isRequest: boolean): MethodEntry[] => {
    const declaration = source.statements.filter(ts.isInterfaceDeclaration)
      .find((each) => each.name.text === map);
    if (declaration === undefined) {
      problems.push(`methods.ts: ${map} is missing`);
      return [];
    }
    return declaration.members.filter(ts.isPropertySignature).map((member) => {
      const { type } = member;
      const isMethod = type !== undefined && ts.isTypeReferenceNode(type) &&
        type.typeName.getText(source) === "Method";
      const name = ts.isStringLiteral(member.name)
        ? member.name.text
        : member.name.getText(source);
      if (isMethod !== isRequest) {
        problems.push(`methods.ts: "${name}" does not fit into ${map}`);
      }
      return {
        name,
        params: typeName(isMethod ? type.typeArguments?.[0] : type),
        result: isMethod ? typeName(type.typeArguments?.[1]) : null,
        experimental: hasTag(member, "experimental"),
        gangway: hasTag(member, "gangway"),
        legacy: hasTag(member, "legacy"),
        optional: hasTag(member, "optional"),
        description: descriptionOf(member),
      };
    });
  };
  return {
    clientRequests: read("ClientRequests", true),
    serverRequests: read("ServerRequests", true),
    serverNotifications: read("ServerNotifications", false),
    clientNotifications: read("ClientNotifications", false),
  };
}
