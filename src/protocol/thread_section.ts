/**
 * Sections, which a user sorts threads into.
 *
 * @module
 */
import type { Empty, Uint32 } from "./scalar.ts";

/** How a section looks. */
export interface ThreadSectionAppearance {
  /** Name of a picture. */
  icon?: string | null;
  /** Name of a colour. */
  color?: string | null;
}

/** A section. */
export interface ThreadSection {
  /** Its id, a UUID of version 7. */
  id: string;
  /** Its name, for people. */
  name: string;
  /** How it looks. */
  appearance: ThreadSectionAppearance | null;
}

/** Lists the sections. */
export interface ThreadSectionListParams {
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most sections to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
}

/** A page of sections. */
export interface ThreadSectionListResponse {
  /** The sections. */
  data: ThreadSection[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Creates a section. */
export interface ThreadSectionCreateParams {
  /** Its name. */
  name: string;
  /** How it looks. */
  appearance?: ThreadSectionAppearance | null;
}

/** It is there. */
export interface ThreadSectionCreateResponse {
  /** The section. */
  section: ThreadSection;
}

/** Changes a section. */
export interface ThreadSectionUpdateParams {
  /** Which section. */
  sectionId: string;
  /** Its name from now on. */
  name: string;
  /** How it looks; absent leaves it, null clears it. */
  appearance?: ThreadSectionAppearance | null;
}

/** It is changed. */
export interface ThreadSectionUpdateResponse {
  /** The section as it is now. */
  section: ThreadSection;
}

/** Deletes a section; its threads stay. */
export interface ThreadSectionDeleteParams {
  /** Which section. */
  sectionId: string;
}

/** It is gone. */
export type ThreadSectionDeleteResponse = Empty;

/** Moves a thread into a section, within it, or out of it. */
export interface ThreadSectionMoveParams {
  /** Which thread. */
  threadId: string;
  /** Where to; null for out of its section. */
  sectionId: string | null;
  /** Thread to put it in front of. Default: at the end. */
  beforeThreadId?: string | null;
}

/** It is there. */
export type ThreadSectionMoveResponse = Empty;

/** A thread was moved. */
export interface ThreadSectionChangedNotification {
  /** Which thread. */
  threadId: string;
  /** Section that it is in; null for none. */
  sectionId: string | null;
}
