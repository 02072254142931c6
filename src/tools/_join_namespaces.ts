import type { ToolSpec } from "../model/mod.ts";

type NamespaceSpec = Extract<ToolSpec, { tools: ToolSpec[] }>;

/** Puts the tools of one namespace together, where the first of them stands. */
export function joinNamespaces(specs: readonly ToolSpec[]): ToolSpec[] {
  const joined: ToolSpec[] = [];
  const namespaces = new Map<string, ToolSpec[]>();
  for (const spec of specs) {
    if (!isNamespace(spec)) {
      joined.push(spec);
      continue;
    }
    const together = namespaces.get(spec.name);
    if (together !== undefined) {
      together.push(...spec.tools);
      continue;
    }
    const tools = [...spec.tools];
    namespaces.set(spec.name, tools);
    joined.push({ ...spec, tools });
  }
  return joined;
}

function isNamespace(spec: ToolSpec): spec is NamespaceSpec {
  return spec.type === "namespace";
}
