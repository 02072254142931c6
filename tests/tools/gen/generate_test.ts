import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { generate } from "./generate.ts";

const methods = `import type { AskParams, AskResponse } from "./domain.ts";

/** Both of one. */
export interface Method<Params, Result> {
  /** Sent. */
  params: Params;
  /** Answered. */
  result: Result;
}

/** Requests. */
export interface ClientRequests {
  /** Asks. */
  ask: Method<AskParams, AskResponse>;
  /** Asks later. @experimental */
  later: Method<Unfinished, Unfinished>;
  /** Asks, maybe about nothing. @optional */
  maybe: Method<AskParams, AskResponse>;
  /** Asks as of old. @legacy */
  older: Method<undefined, AskResponse>;
  /** Is an addition. @gangway */
  ours: Method<undefined, AskResponse>;
}

/** Requests back. */
export interface ServerRequests {
  /** Greets. */
  hello: Method<undefined, Unfinished>;
}

/** Notifications. */
export interface ServerNotifications {
  /** Tells. */
  told: Unfinished;
}

/** Notifications back. */
export interface ClientNotifications {
  /** Is ready. */
  ready: undefined;
}
`;

const domain = `/** What to ask. */
export interface AskParams {
  /** The question. */
  question: string;
  /** How loud. @experimental */
  loud?: boolean;
  /**
   * How.
   *
   * @experimental
   */
  tone?: string | null;
  /** Again. @gangway */
  twice?: boolean | null;
}

/** The answer. */
export interface AskResponse {
  /** Its words. */
  words: string[];
}
`;

const readme = `# Title

<!-- methods: printed by \`deno task gen\` from the contract and the tables -->
stale
<!-- /methods -->

More.
`;

/** What `generate` makes of a contract of these two files. */
async function generated(
  files: { domain?: string; methods?: string; readme?: string } = {},
): Promise<Map<string, string>> {
  const root = await Deno.makeTempDir();
  try {
    const room = `${root}/src/protocol`;
    await Deno.mkdir(room, { recursive: true });
    await Deno.writeTextFile(`${room}/domain.ts`, files.domain ?? domain);
    await Deno.writeTextFile(`${room}/methods.ts`, files.methods ?? methods);
    await Deno.writeTextFile(`${room}/code.ts`, "export const code = 1;\n");
    await Deno.writeTextFile(`${root}/README.md`, files.readme ?? readme);
    return await generate(pathToFileURL(`${root}/`));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function assertBroken(
  files: { domain?: string; methods?: string },
  ...problems: string[]
): Promise<void> {
  await assert.rejects(generated(files), {
    message: `The contract is broken:\n  ${problems.join("\n  ")}`,
  });
}

Deno.test("generate prints the schemas and the table of a contract", async () => {
  const files = await generated();
  assert.deepEqual([...files.keys()].filter((path) => !/json$/.test(path)), [
    "src/protocol/schemas_gen.ts",
    "src/protocol/contract_gen.ts",
    "schema/typescript/domain.ts",
    "schema/typescript/methods.ts",
    "schema/typescript/index.ts",
    "README.md",
  ]);
  const loaded = await import(
    `data:text/typescript,${
      encodeURIComponent(files.get("src/protocol/schemas_gen.ts")!)
    }`
  );
  assert.deepEqual(JSON.parse(loaded.schemaJson.AskParams), {
    type: "object",
    properties: {
      question: { type: "string" },
      loud: { type: "boolean" },
      tone: { type: ["string", "null"] },
      twice: { type: ["boolean", "null"] },
    },
    required: ["question"],
  });
  assert.deepEqual(Object.keys(loaded.schemaJson), ["AskParams"]);
  assert.deepEqual(JSON.parse(loaded.clientRequestsJson), {
    ask: {
      params: "AskParams",
      result: "AskResponse",
      experimentalParams: { loud: "true", tone: "set" },
      gangwayParams: ["twice"],
    },
    later: { params: "Unfinished", result: "Unfinished", experimental: true },
    maybe: {
      params: "AskParams",
      result: "AskResponse",
      optional: true,
      experimentalParams: { loud: "true", tone: "set" },
      gangwayParams: ["twice"],
    },
    older: { params: null, result: "AskResponse", legacy: true },
    ours: { params: null, result: "AskResponse", gangway: true },
  });
  assert.deepEqual(JSON.parse(loaded.clientNotificationsJson), {
    ready: { params: null, result: null },
  });
});

Deno.test("generate refuses a type that methods.ts names but nobody declares", async () => {
  await assertBroken(
    {
      methods: methods.replace(
        "AskParams, AskResponse>",
        "AskParams, AskAnswer>",
      ),
    },
    'methods.ts: "ask" names no known type: AskAnswer',
  );
});

Deno.test("generate refuses shapes in methods.ts that have no name", async () => {
  await assertBroken(
    { methods: methods.replace("<AskParams,", "<{ a: string },") },
    'methods.ts: "{ a: string }" is not the name of a type',
  );
});

Deno.test("generate refuses types without JSDoc, and hidden ones", async () => {
  await assertBroken(
    { domain: domain.replace("/** What to ask. */\nexport ", "") },
    "domain.ts: AskParams is not exported",
    "domain.ts: AskParams has no JSDoc",
    "AskParams: not representable",
  );
});

Deno.test("generate refuses fields and methods without words", async () => {
  await assertBroken(
    {
      domain: domain.replace("/** Again. @gangway */", "/** @gangway */"),
      methods: methods.replace("/** Asks. */", ""),
    },
    "domain.ts: AskParams.twice has no JSDoc",
    "methods.ts: ClientRequests.ask has no JSDoc",
  );
});

Deno.test("generate refuses a name that is declared twice", async () => {
  await assertBroken(
    { methods: `${methods}\n/** Again. */\nexport type AskParams = string;\n` },
    "methods.ts: AskParams is declared in domain.ts too",
  );
});

Deno.test("generate refuses what JSON Schema or the validators can't say", async () => {
  const withField = (field: string): { domain: string } => ({
    domain: domain.replace("question: string;", `question: ${field};`),
  });
  await assertBroken(
    withField("unknown"),
    "AskParams.question: not representable; for any JSON use JsonValue",
  );
  await assertBroken(
    withField("[string, number]"),
    'AskParams.question: "minItems" is not representable',
    "AskParams.question: tuples are not representable",
    'AskParams.question: "maxItems" is not representable',
  );
  await assert.rejects(generated(withField("() => void")));
});

Deno.test("generate refuses a format that the validators do not know", async () => {
  await assertBroken(
    {
      domain: domain.replace(
        "/** The question. */",
        "/** The question. @format haiku */",
      ),
    },
    'AskParams.question: format "haiku" is not known',
  );
});

Deno.test("generate prints the method table of README and nothing else of it", async () => {
  const text = (await generated()).get("README.md")!;
  assert.ok(text.startsWith("# Title\n\n<!-- methods"));
  assert.ok(text.endsWith("<!-- /methods -->\n\nMore.\n"));
  assert.ok(!text.includes("stale"));
  assert.match(text, /\| `[\w/]+` \| (works|not yet)/);
  // What is ours or older is listed, and not counted among the contract's.
  assert.match(text, /3 of 3 methods of the contract work\. 0 more are known/);
  assert.match(
    text,
    /\| `ours` \| works, \[addition\]\(docs\/extensions\.md\) \| Is an addition\. \|/,
  );
  assert.match(text, /\| `older` \| works, older \| Asks as of old\. \|/);
  await assert.rejects(generated({ readme: "# Title\n" }), /README lacks/);
});
