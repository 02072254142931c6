import type { Config } from "../config/mod.ts";
import {
  type ModelListParams,
  type ModelListResponse,
  RpcError,
} from "../protocol/mod.ts";
import { listModels } from "./facts.ts";
import { findProvider } from "./provider.ts";

/**
 * What `model/list` answers: the models that are known, whichever provider is
 * asked.
 *
 * @throws {RpcError} if there is no such provider or page.
 */
export function offerModels(
  { modelProvider, cursor, limit, includeHidden }: ModelListParams,
  options: {
    readonly config: Config;
    readonly env: { get(name: string): string | undefined };
    /** Who asks. */
    readonly client?: { readonly name: string; readonly version: string };
  },
): ModelListResponse {
  const isUnknown = modelProvider != null &&
    findProvider(modelProvider, options) === undefined;
  if (isUnknown) throw unknownProvider(modelProvider);
  const models = listModels(options.config, {
    includeHidden: includeHidden ?? false,
  });
  const start = Number(cursor ?? 0);
  if (cursor != null && !/^\d{1,9}$/.test(cursor)) {
    throw RpcError.invalidRequest(`invalid cursor: ${cursor}`);
  }
  if (start > models.length) {
    throw RpcError.invalidRequest(
      `cursor ${cursor} exceeds total models ${models.length}`,
    );
  }
  // A page of nothing would never come to an end.
  const end = start + Math.max(limit ?? models.length, 1);
  const page = models.slice(start, end);
  return {
    data: isOld(options.client) ? page.map(withOldEfforts) : page,
    nextCursor: end < models.length ? String(end) : null,
  };
}

/** Efforts that the vendor's clients have known for long. */
const OLD_EFFORTS: ReadonlySet<string> = new Set(
  ["none", "minimal", "low", "medium", "high", "xhigh"],
);
/** Minor version of those that know any effort. */
const KNOWS_ALL = 149;

/** A client of the vendor's that gives up at an effort it has not heard of. */
function isOld(
  client: { readonly name: string; readonly version: string } | undefined,
): boolean {
  if (!client?.name.startsWith("codex")) return false;
  const minor = /^0\.(\d+)\./.exec(client.version)?.[1];
  return minor !== undefined && Number(minor) < KNOWS_ALL;
}

function withOldEfforts<
  M extends { supportedReasoningEfforts: { reasoningEffort: string }[] },
>(model: M): M {
  return {
    ...model,
    supportedReasoningEfforts: model.supportedReasoningEfforts
      .filter(({ reasoningEffort }) => OLD_EFFORTS.has(reasoningEffort)),
  };
}

/** The refusal of a provider that nobody has configured. */
function unknownProvider(id: string): RpcError {
  return RpcError.invalidRequest(
    `Model provider "${id}" is not configured any more: configure it again to go on`,
    { type: "modelProviderNotConfigured", modelProvider: id },
  );
}
