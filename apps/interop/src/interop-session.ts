import { createHash, timingSafeEqual } from 'node:crypto';
import { newId } from '@polyroom/contracts';
import { type HttpConnection } from './http-connection.js';
import { type TransportParameters } from './sdp/write-sdp.js';

export interface InteropSessionOptions {
  kind: 'whip' | 'whep';
  appId: number;
  userId: string;
  roomId: string;
  streamId: string;
  sessionId: string;
  token: string;
  connection: HttpConnection;
  transport: TransportParameters;
  /** First section of the SDP. */
  media: { mid: string; kind: string };
  /** Whether the client still has to answer our offer. */
  awaitsAnswer: boolean;
}

/** A WHIP or WHEP session held by this process: the resource behind its URL. */
export class InteropSession {
  /** Identifies the ICE session: changes with each restart. */
  etag = newEtag();
  awaitsAnswer: boolean;
  private readonly tokenHash: Buffer;

  constructor(readonly options: InteropSessionOptions) {
    this.tokenHash = hash(options.token);
    this.awaitsAnswer = options.awaitsAnswer;
  }

  /** The token that opened the session may also close it, even after it expired. */
  isOpenedWith(token: string): boolean {
    return timingSafeEqual(this.tokenHash, hash(token));
  }

  renewEtag(): string {
    this.etag = newEtag();
    return this.etag;
  }
}

function hash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function newEtag(): string {
  return `"${newId('correlation').slice(3, 19)}"`;
}
