export interface UserOptions {
  appId: number;
  appSign: string;
  /** Several: the SDK tries the next one when one fails. */
  gatewayUrl: string | string[];
  userId: string;
}

/** The page's record of one user; read with `BrowserUser.record()`. */
export interface UserRecord {
  roomStates: { roomID: string; reason: number; errorCode: number }[];
  userUpdates: { roomID: string; updateType: number; userIDs: string[] }[];
  streamUpdates: { roomID: string; updateType: number; streamIDs: string[] }[];
  messages: { roomID: string; message: string }[];
  /** Rooms with missed messages that are no longer stored. */
  messagesLost: string[];
  /** Kinds that operators mute in rooms. */
  streamMutes: { roomID: string; streamID: string; kinds: string[] }[];
  playerStates: { streamID: string; state: number; roomIDs: string[] }[];
  publisherStates: { streamID: string; state: number; errorCode: number; endedKinds?: string[] }[];
  /** The latest quality of each stream. */
  publisherQuality: Record<string, QualityUpdate>;
  playerQuality: Record<string, QualityUpdate>;
  /** Upstream and downstream. */
  networkQuality: [number, number][];
  dominantSpeakers: { roomID: string; userID: string; streamID: string }[];
  /** Maximum levels so far, after `listenToLevels`. */
  loudest: { captured: number; remote: Record<string, number> };
  /** Currently open connections; and all that ever carried media (the browser's codec probes never do). */
  peerConnections: { open: number; everConnected: number };
  socketsMade: number;
  /** ICE servers of the open connections. */
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

/** Statistics of the sending peer connections, summed over all outbound RTP streams. */
export interface UplinkStats {
  packetsSent: number;
  bytesSent: number;
  /** Key frames requested and sent. */
  keyFrameRequests: number;
  keyFrames: number;
}
