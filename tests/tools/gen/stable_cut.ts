/**
 * Prints the contract's TypeScript without what is experimental.
 *
 * @module
 */
import ts from "typescript";
import {
  type ContractFile,
  hasTag,
  isContractDeclaration,
} from "./contract_source.ts";

/**
 * The files' texts without experimental members, without the declarations that
 * only those needed, and without the imports that only those needed. A file of
 * which nothing is left is left out.
 */
export function cutToStable(
  files: readonly ContractFile[],
  roots: ContractFile,
): Map<string, string> {
  const kept = reachable(files, roots);
  const texts = new Map<string, string>();
  for (const { name, source } of files) {
    const declarations = source.statements.filter(isContractDeclaration);
    if (!declarations.some((each) => kept.has(each.name.text))) continue;
    const used = new Set<string>();
    const edits: { start: number; end: number; text: string }[] = [];
    for (const declaration of declarations) {
      if (!kept.has(declaration.name.text)) {
        edits.push({ ...spanOf(declaration), text: "" });
        continue;
      }
      visitStable(declaration, {
        reference: (type) => used.add(type),
        experimental: (node) => edits.push({ ...spanOf(node), text: "" }),
      });
    }
    for (const statement of source.statements.filter(ts.isImportDeclaration)) {
      edits.push({
        start: statement.getStart(source),
        end: statement.end + 1,
        text: importText(statement, used),
      });
    }
    texts.set(name, apply(source.text, edits));
  }
  return texts;
}

function reachable(
  files: readonly ContractFile[],
  roots: ContractFile,
): Set<string> {
  const declared = new Map(
    files.flatMap(({ source }) => source.statements)
      .filter(isContractDeclaration)
      .map((each) => [each.name.text, each]),
  );
  const kept = new Set<string>();
  const keep = (type: string): void => {
    const declaration = declared.get(type);
    if (declaration === undefined || kept.has(type)) return;
    kept.add(type);
    visitStable(declaration, { reference: keep, experimental: () => {} });
  };
  for (const each of roots.source.statements.filter(isContractDeclaration)) {
    keep(each.name.text);
  }
  return kept;
}

function visitStable(node: ts.Node, visit: {
  reference(type: string): void;
  experimental(node: ts.Node): void;
}): void {
  if (ts.isTypeElement(node) && hasTag(node, "experimental")) {
    visit.experimental(node);
    return;
  }
  if (ts.isTypeReferenceNode(node)) visit.reference(node.typeName.getText());
  if (ts.isExpressionWithTypeArguments(node)) {
    visit.reference(node.expression.getText());
  }
  ts.forEachChild(node, (child) => visitStable(child, visit));
}

/** From the end of what stands before a node and its JSDoc to its own end. */
function spanOf(node: ts.Node): { start: number; end: number } {
  const text = node.getSourceFile().text;
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  let start = docs[0]?.getStart() ?? node.getStart();
  while (/\s/.test(text[start - 1] ?? "")) start--;
  return { start, end: node.end };
}

function importText(
  statement: ts.ImportDeclaration,
  used: ReadonlySet<string>,
): string {
  const bindings = statement.importClause?.namedBindings;
  const names = bindings !== undefined && ts.isNamedImports(bindings)
    ? bindings.elements.map((each) => each.name.text)
    : [];
  const left = names.filter((name) => used.has(name));
  if (left.length === 0) return "";
  const from = statement.moduleSpecifier.getText();
  const line = `import type { ${left.join(", ")} } from ${from};\n`;
  return line.length <= 81
    ? line
    : `import type {\n${
      left.map((name) => `  ${name},\n`).join("")
    }} from ${from};\n`;
}

function apply(
  text: string,
  edits: { start: number; end: number; text: string }[],
): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (left, edit) =>
        left.slice(0, edit.start) + edit.text + left.slice(edit.end),
      text,
    );
}
