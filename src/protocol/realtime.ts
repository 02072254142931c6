/**
 * Talking with a thread. This server has no such conversations; their shapes
 * are here so that requests are understood before they are refused.
 *
 * @module
 */
import type { Empty, JsonValue, NoParams, Uint16, Uint32 } from "./scalar.ts";

/** A voice. */
export type RealtimeVoice =
  | "alloy"
  | "arbor"
  | "ash"
  | "aube"
  | "ballad"
  | "breeze"
  | "bubbie"
  | "cedar"
  | "coral"
  | "cove"
  | "echo"
  | "ember"
  | "haetsal"
  | "hanul"
  | "himari"
  | "juniper"
  | "leher"
  | "maple"
  | "marin"
  | "miko"
  | "neer"
  | "porto"
  | "rindo"
  | "rio"
  | "rivage"
  | "sage"
  | "selva"
  | "shimmer"
  | "sol"
  | "sonna"
  | "spruce"
  | "tinta"
  | "vale"
  | "verse"
  | "viola";

/** Version of the provider's protocol. */
export type RealtimeConversationVersion = "v1" | "v2" | "v3";

/** What the model answers in. */
export type RealtimeOutputModality = "text" | "audio";

/** Who said something. */
export type ConversationTextRole = "user" | "developer" | "assistant";

/** How answers of the thread are told. */
export type CodexResponseHandoffMode = "thinking" | "commentary" | "bemTags";

/** Something that was said before. */
export interface ThreadRealtimeInitialItem {
  /** By whom. */
  role: ConversationTextRole;
  /** What. */
  text: string;
}

/** How the client reaches the model. */
export type ThreadRealtimeStartTransport =
  | {
    /** Through the server. */
    type: "websocket";
  }
  | {
    /** By itself. */
    type: "webrtc";
    /** What it offers. */
    sdp: string;
  }
  | {
    /** It does already. */
    type: "existingCall";
    /** In this call. */
    callId: string;
  };

/** Starts a conversation. */
export interface ThreadRealtimeStartParams {
  /** The thread. */
  threadId: string;
  /** Whether the client passes answers of the thread on. Default false. */
  clientManagedHandoffs?: boolean | null;
  /** Whether something is said while the thread works. */
  delegationAckFiller?: boolean | null;
  /** Whether what is left of the transcript is given to the thread at the end. */
  flushTranscriptTailOnSessionEnd?: boolean | null;
  /** Whether answers of the thread become items of the conversation. */
  codexResponsesAsItems?: boolean | null;
  /** What stands before them. */
  codexResponseItemPrefix?: string | null;
  /** How they are told. */
  codexResponseHandoffMode?: CodexResponseHandoffMode | null;
  /** Whether what the thread thinks is passed on quietly. Default false. */
  backendReasoningStatus?: boolean;
  /** What stands before the channels of an answer. */
  codexResponseHandoffChannelPrefixes?: { [channel: string]: string[] } | null;
  /** The model. */
  model?: string | null;
  /** What it answers in. */
  outputModality: RealtimeOutputModality;
  /** Whether it is told about the thread first. Default true. */
  includeStartupContext?: boolean | null;
  /** What was said before. */
  initialItems?: ThreadRealtimeInitialItem[] | null;
  /** What the thread is told when it starts. */
  realtimeStartInstructions?: string | null;
  /** What the thread is told when it ends. */
  realtimeEndInstructions?: string | null;
  /** Instructions. */
  prompt?: string | null;
  /** Id of the session with the provider. */
  realtimeSessionId?: string | null;
  /** The client's own id for it. */
  voiceSessionId?: string | null;
  /** How the client reaches the model. */
  transport?: ThreadRealtimeStartTransport | null;
  /** Version of the provider's protocol. */
  version?: RealtimeConversationVersion | null;
  /** The voice. */
  voice?: RealtimeVoice | null;
}

/** It starts. */
export type ThreadRealtimeStartResponse = Empty;

/** A piece of sound. */
export interface ThreadRealtimeAudioChunk {
  /** The samples in base64. */
  data: string;
  /** Samples in a second. */
  sampleRate: Uint32;
  /** How many channels. */
  numChannels: Uint16;
  /** How many samples in each. */
  samplesPerChannel?: Uint32 | null;
  /** The item that it belongs to. */
  itemId?: string | null;
}

/** Says something. */
export interface ThreadRealtimeAppendAudioParams {
  /** The thread. */
  threadId: string;
  /** What. */
  audio: ThreadRealtimeAudioChunk;
}

/** It is said. */
export type ThreadRealtimeAppendAudioResponse = Empty;

/** Writes something. */
export interface ThreadRealtimeAppendTextParams {
  /** The thread. */
  threadId: string;
  /** What. */
  text: string;
  /** In whose name. Default: the user's. */
  role?: ConversationTextRole;
}

/** It is written. */
export type ThreadRealtimeAppendTextResponse = Empty;

/** Has something spoken. */
export interface ThreadRealtimeAppendSpeechParams {
  /** The thread. */
  threadId: string;
  /** What. */
  text: string;
}

/** It will be spoken. */
export type ThreadRealtimeAppendSpeechResponse = Empty;

/** Ends a conversation. */
export interface ThreadRealtimeStopParams {
  /** The thread. */
  threadId: string;
}

/** It is over. */
export type ThreadRealtimeStopResponse = Empty;

/** Asks for the voices. */
export type ThreadRealtimeListVoicesParams = NoParams;

/** The voices. */
export interface RealtimeVoicesList {
  /** Of version 1. */
  v1: RealtimeVoice[];
  /** Of version 2. */
  v2: RealtimeVoice[];
  /** Of version 3. */
  v3?: RealtimeVoice[];
  /** The usual one of version 1. */
  defaultV1: RealtimeVoice;
  /** The usual one of version 2. */
  defaultV2: RealtimeVoice;
}

/** The voices. */
export interface ThreadRealtimeListVoicesResponse {
  /** They. */
  voices: RealtimeVoicesList;
}

/** A conversation has started. */
export interface ThreadRealtimeStartedNotification {
  /** The thread. */
  threadId: string;
  /** Id of the session with the provider. */
  realtimeSessionId: string | null;
  /** Version of the provider's protocol. */
  version: RealtimeConversationVersion;
}

/** An item of the provider's. */
export interface ThreadRealtimeItemAddedNotification {
  /** The thread. */
  threadId: string;
  /** As the provider sends it. */
  item: JsonValue;
}

/** What of an item of the thread is shown. */
export type ThreadRealtimeBemItemPresentation =
  | {
    /** All of it. */
    type: "wholeItem";
  }
  | {
    /** Its text. */
    type: "inlineMarkdown";
  }
  | {
    /** A picture in it. */
    type: "inlineVisualization";
    /** Which one. */
    index: Uint32;
  };

/** How a conversation ended. */
export type ThreadRealtimeSessionOutcome = "ended" | "failed";

/** Who is heard. */
export type ThreadRealtimeTranscriptRole = "user" | "assistant";

/** Something in a conversation. */
export type ThreadRealtimeItem =
  & {
    /** Its id. */
    id: string;
    /** The session with the provider. */
    realtimeSessionId: string;
  }
  & (
    | {
      /** It has started. */
      type: "realtimeSessionStarted";
    }
    | {
      /** Something was said. */
      type: "transcriptSegment";
      /** By whom. */
      role: ThreadRealtimeTranscriptRole;
      /** What. */
      text: string;
    }
    | {
      /** An item of the thread is shown. */
      type: "bemItemPromoted";
      /** Its turn. */
      turnId: string;
      /** Which one. */
      itemId: string;
      /** What of it. */
      presentation: ThreadRealtimeBemItemPresentation;
    }
    | {
      /** It is over. */
      type: "realtimeSessionClosed";
      /** How it ended. */
      outcome: ThreadRealtimeSessionOutcome;
    }
  );

/** An item begins. */
export interface ThreadRealtimeItemStartedNotification {
  /** The thread. */
  threadId: string;
  /** As it is now. */
  item: ThreadRealtimeItem;
}

/** More of what is said. */
export interface ThreadRealtimeItemTranscriptDeltaNotification {
  /** The thread. */
  threadId: string;
  /** The item. */
  itemId: string;
  /** What is added. */
  delta: string;
}

/** An item is there. */
export interface ThreadRealtimeItemCompletedNotification {
  /** The thread. */
  threadId: string;
  /** As it is for good. */
  item: ThreadRealtimeItem;
}

/** More of what is said. */
export interface ThreadRealtimeTranscriptDeltaNotification {
  /** The thread. */
  threadId: string;
  /** By whom. */
  role: string;
  /** What is added. */
  delta: string;
}

/** What was said. */
export interface ThreadRealtimeTranscriptDoneNotification {
  /** The thread. */
  threadId: string;
  /** By whom. */
  role: string;
  /** All of it. */
  text: string;
}

/** Something is to be heard. */
export interface ThreadRealtimeOutputAudioDeltaNotification {
  /** The thread. */
  threadId: string;
  /** What. */
  audio: ThreadRealtimeAudioChunk;
}

/** What the provider offers the client. */
export interface ThreadRealtimeSdpNotification {
  /** The thread. */
  threadId: string;
  /** It. */
  sdp: string;
}

/** A conversation has failed. */
export interface ThreadRealtimeErrorNotification {
  /** The thread. */
  threadId: string;
  /** Why. */
  message: string;
}

/** A conversation is over. */
export interface ThreadRealtimeClosedNotification {
  /** The thread. */
  threadId: string;
  /** Why. */
  reason: string | null;
}
