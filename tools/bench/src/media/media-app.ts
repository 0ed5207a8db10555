import { type ClientParams } from '@polyroom/contracts';
import { type RemoteTransport } from './rtc-peer.js';

export type RtpParameters = ClientParams<'stream.produce'>['rtpParameters'];
export type DtlsParameters = ClientParams<'transport.connect'>['dtlsParameters'];

/** The interface of both contenders; the measurement is what their workers use for it. */
export interface MediaApp {
  name: string;
  workerPid: number;
  /** Opens a publisher's transport. Its tracks follow under the same key. */
  openPublisher(key: string): Promise<RemoteTransport>;
  produce(key: string, kind: 'audio' | 'video', rtpParameters: RtpParameters): Promise<void>;
  /** All tracks are produced: the stream can be played. */
  share(key: string): Promise<void>;
  openViewer(key: string): Promise<RemoteTransport>;
  /** Plays all shared streams. */
  playAll(key: string): Promise<void>;
  close(): Promise<void>;
}
