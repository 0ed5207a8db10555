import { clientFrameMaxBytes } from './protocol.js';

/**
 * What one socket may cost. The reasons stand beside the numbers; none of them is a product setting.
 * `docs/limits.md` is generated from here.
 */
export const socketLimits = {
  /**
   * A frame above `clientFrameMaxBytes` is answered and the socket lives on; above this ws does not read
   * it at all and closes with 1009.
   */
  hardFrameMaxBytes: 1.5 * clientFrameMaxBytes,
  /** Nothing a client may send is nested deeper; a bound here keeps every later walk of the value bounded too. */
  maxFrameDepth: 32,
  /** ws keeps every fragment of an unfinished message: tiny fragments cost far more memory than their bytes. */
  maxFragments: 128,
  maxBufferedChunks: 1024,
  /** Requests being worked on; room for a client that logs into 200 rooms at once. */
  maxRequestsInFlight: 256,
  /** Bytes waiting for a reader above which it goes without barrage messages. */
  maxBytesBeforeLoss: 64 * 1024,
  /** Bytes waiting for a reader above which it is too slow to be kept. */
  maxBufferedBytes: 2 * 1024 * 1024,
  /** A client that sends faster is read more slowly: TCP makes it wait, and nothing is lost. */
  framesPerSecond: 1000,
  framesPerSecondWithoutSession: 100,
  /** Of all sockets without a session together. */
  framesPerSecondOfStrangers: 4000,
  /** Nobody sends so many by mistake. */
  malformedFramesPerSecond: 50,
  malformedFramesPerSecondWithoutSession: 20,
  pingIntervalMs: 15_000,
  maxMissedPongs: 2,
  /** How long a closing handshake may take before the socket is destroyed. */
  closeTimeoutMs: 3000,
  /**
   * The same for one that broke the protocol: time enough for it to read why. What it sent is kept no longer.
   */
  cutTimeoutMs: 100,
} as const;

/** Bytes of one body over HTTP; an SDP has a limit of its own. */
export const httpBodyMaxBytes = 256 * 1024;
