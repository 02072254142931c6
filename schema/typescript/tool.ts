/**
 * Tools that a client brings along, and what tools give back.
 *
 * @module
 */
import type { JsonValue } from "./scalar.ts";
import type { ImageDetail } from "./user_input.ts";

/** A tool as a function of the model. */
export interface DynamicToolFunctionSpec {
  /** Tag of this kind. */
  type: "function";
  /** What the model calls it by. */
  name: string;
  /** What it does, for the model. */
  description: string;
  /** JSON Schema of its arguments. */
  inputSchema: JsonValue;
  /** Let the model find it by search instead of listing it. Default false. */
  deferLoading?: boolean;
}

/** Tools under a common name. */
export interface DynamicToolNamespaceSpec {
  /** Tag of this kind. */
  type: "namespace";
  /** The common name. */
  name: string;
  /** What they are for, for the model. */
  description: string;
  /** The tools. */
  tools: DynamicToolFunctionSpec[];
}

/** A tool as older clients declare it. */
export interface LegacyDynamicToolSpec {
  /** Common name that it stands under. Default none. */
  namespace?: string | null;
  /** What the model calls it by. */
  name: string;
  /** What it does, for the model. */
  description: string;
  /** JSON Schema of its arguments. */
  inputSchema: JsonValue;
  /** Let the model find it by search instead of listing it. Default false. */
  deferLoading?: boolean | null;
  /** The opposite of `deferLoading`, in still older words. */
  exposeToContext?: boolean | null;
}

/** A tool, or several, that a client brings along. */
export type DynamicToolSpec =
  | DynamicToolFunctionSpec
  | DynamicToolNamespaceSpec
  | LegacyDynamicToolSpec;

/** Text from a client's tool. */
export interface InputTextContent {
  /** Tag of this kind. */
  type: "inputText";
  /** The text. */
  text: string;
}

/** A picture from a client's tool. */
export interface InputImageContent {
  /** Tag of this kind. */
  type: "inputImage";
  /** Its address; `data:` is one, too. */
  imageUrl: string;
}

/** Sound from a client's tool. */
export interface InputAudioContent {
  /** Tag of this kind. */
  type: "inputAudio";
  /** Its address; `data:` is one, too. */
  audioUrl: string;
}

/** One piece of what a client's tool gives back. */
export type DynamicToolCallOutputContentItem =
  | InputTextContent
  | InputImageContent
  | InputAudioContent;

/** Text, as the model provider writes it down. */
export interface FunctionCallOutputText {
  /** Tag of this kind. */
  type: "input_text";
  /** The text. */
  text: string;
}

/** A picture by its address, as the model provider writes it down. */
export interface FunctionCallOutputImageUrl {
  /** Tag of this kind. */
  type: "input_image";
  /** How closely to look. Default: the provider's. */
  detail?: ImageDetail | null;
  /** Its address. */
  image_url: string;
}

/** A picture that the model provider keeps. */
export interface FunctionCallOutputImageFile {
  /** Tag of this kind. */
  type: "input_image";
  /** How closely to look. Default: the provider's. */
  detail?: ImageDetail | null;
  /** The provider's name for it. */
  file_id: string;
}

/** A picture, as the model provider writes it down. */
export type FunctionCallOutputImage =
  | FunctionCallOutputImageUrl
  | FunctionCallOutputImageFile;

/** Sound by its address, as the model provider writes it down. */
export interface FunctionCallOutputAudioUrl {
  /** Tag of this kind. */
  type: "input_audio";
  /** Its address. */
  audio_url: string;
}

/** Sound that the model provider keeps. */
export interface FunctionCallOutputAudioFile {
  /** Tag of this kind. */
  type: "input_audio";
  /** The provider's name for it. */
  file_id: string;
}

/** Sound, as the model provider writes it down. */
export type FunctionCallOutputAudio =
  | FunctionCallOutputAudioUrl
  | FunctionCallOutputAudioFile;

/** What only the model provider can read. */
export interface FunctionCallOutputEncrypted {
  /** Tag of this kind. */
  type: "encrypted_content";
  /** It, encrypted. */
  encrypted_content: string;
}

/** One piece of what a tool gave back. */
export type FunctionCallOutputContentItem =
  | FunctionCallOutputText
  | FunctionCallOutputImage
  | FunctionCallOutputAudio
  | FunctionCallOutputEncrypted;

/** What a tool gave back: text, or pieces. */
export type FunctionCallOutputBody = string | FunctionCallOutputContentItem[];
