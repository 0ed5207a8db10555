import { type ClientParams } from '@polyroom/contracts';
import { type RemoteTransport } from './rtc-peer.js';

export type RtpParameters = ClientParams<'stream.produce'>['rtpParameters'];
export type DtlsParameters = ClientParams<'transport.connect'>['dtlsParameters'];

/** What both contenders can do: what is measured is what their workers use for it. */
export interface MediaApp {
  name: string;
  workerPid: number;
  /** Opens a publisher's transport. Its tracks are to come next, under the same key. */
  openPublisher(key: string): Promise<RemoteTransport>;
  produce(key: string, kind: 'audio' | 'video', rtpParameters: RtpParameters): Promise<void>;
  /** All tracks are produced: the stream can be played. */
  share(key: string): Promise<void>;
  openViewer(key: string): Promise<RemoteTransport>;
  /** Plays all streams that are shared. */
  playAll(key: string): Promise<void>;
  close(): Promise<void>;
}
