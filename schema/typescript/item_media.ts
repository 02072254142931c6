/**
 * Items that look at, search for or make something: pages and pictures.
 *
 * @module
 */
import type { AbsolutePath, Int64, JsonValue, Path } from "./scalar.ts";
import type { ItemTimes } from "./item_times.ts";

/** The model searches the web. */
export interface WebSearchQueryAction {
  /** Tag of this kind. */
  type: "search";
  /** For what. */
  query: string | null;
  /** For what else. */
  queries: string[] | null;
}

/** The model opens a page. */
export interface WebSearchOpenPageAction {
  /** Tag of this kind. */
  type: "openPage";
  /** Its address. */
  url: string | null;
}

/** The model searches within a page. */
export interface WebSearchFindInPageAction {
  /** Tag of this kind. */
  type: "findInPage";
  /** Address of the page. */
  url: string | null;
  /** For what. */
  pattern: string | null;
}

/** The model does something else on the web. */
export interface WebSearchOtherAction {
  /** Tag of this kind. */
  type: "other";
}

/** What the model does on the web. */
export type WebSearchAction =
  | WebSearchQueryAction
  | WebSearchOpenPageAction
  | WebSearchFindInPageAction
  | WebSearchOtherAction;

/** A search of the web. */
export interface WebSearchItem extends ItemTimes {
  /** Tag of this kind. */
  type: "webSearch";
  /** Its id. */
  id: string;
  /** For what. */
  query: string;
  /** What it does in particular. */
  action: WebSearchAction | null;
  /** What was found, as the search gave it. */
  results: JsonValue[] | null;
}

/** The model looks at a picture. */
export interface ImageViewItem extends ItemTimes {
  /** Tag of this kind. */
  type: "imageView";
  /** Its id: that of the model's call. */
  id: string;
  /** The picture. */
  path: Path;
}

/** No more pictures for now. */
export interface ImageGenerationFailure {
  /** Tag of this kind. */
  type: "usageLimitExceeded";
  /** Which limit. */
  limitId: string;
  /** When there are some again, in seconds since 1970. */
  resetsAt: Int64 | null;
}

/** A picture that a new one is made from. */
export interface ImageGenerationInputImage {
  /** Its file. */
  path: AbsolutePath;
  /** SHA-256 of its bytes, in lowercase hexadecimal. */
  sha256: string;
}

/** The model makes a picture: it is in `result`, or the provider keeps it. */
export interface ImageGenerationItem extends ItemTimes {
  /** Tag of this kind. */
  type: "imageGeneration";
  /** Its id. */
  id: string;
  /** How far it is, in the provider's words. */
  status: string;
  /** What the provider made of the model's words. */
  revisedPrompt: string | null;
  /** Whether its background is transparent. */
  transparentBackground?: boolean;
  /** Why there is none. */
  failure: ImageGenerationFailure | null;
  /** File that it was saved to. */
  savedPath?: AbsolutePath;
  /** Pictures that it was made from. */
  inputImages?: ImageGenerationInputImage[];
  /** The provider's name for the making. */
  generationId: string | null;
  /** The provider's name for the picture; without it, there is `result`. */
  fileId?: string;
  /** The picture as base64; without it, there is `fileId`. */
  result?: string;
}
