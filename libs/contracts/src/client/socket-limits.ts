import { type ClientMethod } from './protocol.js';
import { clientFrameMaxBytes } from './socket.js';

/**
 * Limits per socket. Each has its reason next to it; none of them is a product setting. `docs/limits.md` is
 * generated from here.
 */
export const socketLimits = {
  /**
   * A frame above `clientFrameMaxBytes` gets an error reply and the socket stays open; above this limit ws
   * does not read the frame and closes with 1009.
   */
  hardFrameMaxBytes: 1.5 * clientFrameMaxBytes,
  /** No valid request is nested deeper; the bound also limits every later walk of the value. */
  maxFrameDepth: 32,
  /**
   * ws buffers every fragment of an unfinished message: tiny fragments cost far more memory than their bytes.
   */
  maxFragments: 128,
  maxBufferedChunks: 1024,
  /** Requests in progress; enough for a client that logs in to 200 rooms at once. */
  maxRequestsInFlight: 256,
  /** Cost of reads of one session per second (`readCosts`), after the burst. */
  readsPerSecond: 200,
  /** Enough to read the state of 200 rooms at once. */
  readBurst: 2000,
  /** A read that would have to wait longer for its share is refused. Below the timeout of a client's request. */
  maxReadWaitMs: 5000,
  /** Buffered bytes per client above which barrage messages are dropped. */
  maxBytesBeforeLoss: 64 * 1024,
  /** Buffered bytes per client above which the socket is closed as too slow. */
  maxBufferedBytes: 2 * 1024 * 1024,
  /** Faster clients are read more slowly: TCP flow control delays them, and nothing is lost. */
  framesPerSecond: 1000,
  framesPerSecondWithoutSession: 100,
  /** What a request of a session counts as if a limit refuses it: a client that repeats it at once is slowed down. */
  framesPerRefusal: 50,
  /** How long the answer to a socket's first login waits if a quota refuses it. */
  quotaRefusalDelayMs: 500,
  /** Total of all sockets without a session. */
  framesPerSecondOfUnauthenticated: 4000,
  /** Far above what a faulty client sends by accident. */
  malformedFramesPerSecond: 50,
  malformedFramesPerSecondWithoutSession: 20,
  /** Default of POLYROOM_LOGIN_TIMEOUT_MS: how long a socket may take to log in or to resume a session. */
  loginTimeoutMs: 10_000,
  /** Default of POLYROOM_MAX_SOCKETS: open sockets of one gateway. */
  maxSockets: 50_000,
  /** Default of POLYROOM_MAX_SOCKETS_PER_ADDRESS. Many users may share the address of their network. */
  maxSocketsPerAddress: 2000,
  /** Default of POLYROOM_MAX_UNAUTHENTICATED_SOCKETS: sockets of one gateway that have not logged in yet. */
  maxUnauthenticatedSockets: 5000,
  /** Default of POLYROOM_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS. */
  maxUnauthenticatedSocketsPerAddress: 500,
  pingIntervalMs: 15_000,
  maxMissedPongs: 2,
  /** How long a closing handshake may take before the socket is destroyed. */
  closeTimeoutMs: 3000,
  /**
   * Same as `closeTimeoutMs`, after a protocol violation: long enough for the client to read the reason, and
   * short because its data stays buffered.
   */
  cutTimeoutMs: 100,
} as const;

/** Cost of the methods that read much: a room with up to 500 members, a page of members, a page of the history. */
export const readCosts: Partial<Record<ClientMethod, number>> = {
  'room.getSnapshot': 10,
  'room.listMembers': 10,
  'message.history': 4,
};

/**
 * Shares of one user in one room per second, at one gateway: a stream ID is a text of the user that members get.
 * More than a client needs that shows all its streams at once.
 */
export const sharesPerUserPerSecond = 20;

/** Mutes of own streams per user and second, at one gateway: the members of all rooms of the stream are notified. */
export const mutesPerUserPerSecond = 20;

/** Default of POLYROOM_REQUEST_TIMEOUT_MS: how long a client may take to send a request or a message completely. */
export const defaultRequestTimeoutMs = 15_000;

/** Limits on failed authentications at the REST API. */
export const adminLimits = {
  /** Failures of one client address (IPv6: of one /64) within the window, at one gateway. */
  failuresPerAddress: 20,
  failureWindowMs: 60_000,
  /** Minimum time to answer a failure, so that the time does not tell which check failed. */
  failureReplyMs: 100,
} as const;

/** Limits on the requests of one credential at the REST API of one gateway. */
export const restLimits = { requestsPerWindow: 5000, windowMs: 10_000 } as const;

/** Maximum HTTP body in bytes; SDP has its own limit. */
export const httpBodyMaxBytes = 256 * 1024;
