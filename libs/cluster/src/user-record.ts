export interface UserOptions {
  appId: number;
  appSign: string;
  gatewayUrl: string;
  userId: string;
}

/** What the page records about one user; read with `BrowserUser.record()`. */
export interface UserRecord {
  roomStates: { roomID: string; reason: number; errorCode: number }[];
  userUpdates: { roomID: string; updateType: number; userIDs: string[] }[];
  streamUpdates: { roomID: string; updateType: number; streamIDs: string[] }[];
  messages: { roomID: string; message: string }[];
  /** Rooms in which messages were missed that are no longer kept. */
  messagesLost: string[];
  /** What operators keep from rooms. */
  streamMutes: { roomID: string; streamID: string; kinds: string[] }[];
  playerStates: { streamID: string; state: number; roomIDs: string[] }[];
  publisherStates: { streamID: string; state: number; errorCode: number; endedKinds?: string[] }[];
  /** The latest of each stream. */
  publisherQuality: Record<string, QualityUpdate>;
  playerQuality: Record<string, QualityUpdate>;
  /** Up and down. */
  networkQuality: [number, number][];
  dominantSpeakers: { roomID: string; userID: string; streamID: string }[];
  /** The loudest so far, after `listenToLevels`. */
  loudest: { captured: number; remote: Record<string, number> };
  /** Open now; and all that ever carried anything (probes of the browser's codecs never do). */
  peerConnections: { open: number; everConnected: number };
  socketsMade: number;
  /** Of the connections that are open. */
  iceServers: RTCIceServer[][];
}

export interface QualityUpdate {
  quality: Record<string, number>;
  roomIDs: string[];
}

export interface PlayStats {
  framesDecoded: number;
  audioPackets: number;
  packetsLost: number;
}

/** What the sending peer connections count over all their outbound RTP. */
export interface UplinkStats {
  packetsSent: number;
  bytesSent: number;
  /** How often it was asked for a key frame, and how many it made. */
  keyFrameRequests: number;
  keyFrames: number;
}
