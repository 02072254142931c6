/**
 * What a user says to the model: text, pictures, sound, and things to look at.
 *
 * @module
 */
import type { Path, Uint } from "./scalar.ts";

/** How closely the model looks at a picture. */
export type ImageDetail = "auto" | "low" | "high" | "original";

/** A range of bytes in a text of UTF-8. */
export interface ByteRange {
  /** Its first byte. */
  start: Uint;
  /** The first byte behind it. */
  end: Uint;
}

/** A part of a text that a client shows in its own way. */
export interface TextElement {
  /** Where in the text it stands. */
  byteRange: ByteRange;
  /** What to show in its place. */
  placeholder?: string | null;
}

/** Text. */
export interface TextInput {
  /** Tag of this kind. */
  type: "text";
  /** The text itself. */
  text: string;
  /** Parts of it that are special to the client. Default none. */
  text_elements?: TextElement[];
}

/** A picture by its address. */
export interface ImageUrlInput {
  /** Tag of this kind. */
  type: "image";
  /** How closely to look. Default: the provider's. */
  detail?: ImageDetail | null;
  /** Its address; `data:` is one, too. */
  url: string;
}

/** A picture that the model provider keeps. */
export interface ImageFileInput {
  /** Tag of this kind. */
  type: "image";
  /** How closely to look. Default: the provider's. */
  detail?: ImageDetail | null;
  /** The provider's name for it. */
  fileId: string;
}

/** A picture that is somewhere else. */
export type ImageReference = ImageUrlInput | ImageFileInput;

/** A picture on the server's machine. */
export interface LocalImageInput {
  /** Tag of this kind. */
  type: "localImage";
  /** How closely to look. Default: the provider's. */
  detail?: ImageDetail | null;
  /** Its file. */
  path: Path;
}

/** Sound by its address. */
export interface AudioUrlInput {
  /** Tag of this kind. */
  type: "audio";
  /** Its address; `data:` is one, too. */
  url: string;
}

/** Sound that the model provider keeps. */
export interface AudioFileInput {
  /** Tag of this kind. */
  type: "audio";
  /** The provider's name for it. */
  fileId: string;
}

/** Sound that is somewhere else. */
export type AudioReference = AudioUrlInput | AudioFileInput;

/** Sound on the server's machine. */
export interface LocalAudioInput {
  /** Tag of this kind. */
  type: "localAudio";
  /** Its file. */
  path: Path;
}

/** A skill to use. */
export interface SkillInput {
  /** Tag of this kind. */
  type: "skill";
  /** Its name. */
  name: string;
  /** Its file. */
  path: Path;
}

/** Something that the user points to: a file, an app, a plugin. */
export interface MentionInput {
  /** Tag of this kind. */
  type: "mention";
  /** Its name. */
  name: string;
  /** Where it is; for apps and plugins an address of their own. */
  path: string;
}

/** One piece of what a user says. */
export type UserInput =
  | TextInput
  | ImageReference
  | LocalImageInput
  | AudioReference
  | LocalAudioInput
  | SkillInput
  | MentionInput;
