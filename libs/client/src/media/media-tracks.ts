import { type MediaKind, type TransportDirection } from '@polyroom/contracts/client';
import { type types } from 'mediasoup-client';

export type StatsReport = { id: string; type: string } & Record<string, unknown>;

/** A track of a stream; `mid` identifies it in the peer connection's statistics. */
export interface CountedTrack {
  streamId: string;
  kind: MediaKind;
  mid: string | undefined;
}

/** Statistics of a transport, and the tracks they belong to. */
export interface StatsReading {
  atMs: number;
  tracks: CountedTrack[];
  reports: StatsReport[];
}

export interface TrackLevel {
  streamId: string;
  direction: TransportDirection;
  /** Linear, 0 to 1. */
  audioLevel: number;
}

type Item = { direction: TransportDirection; streamId: string; of: types.Producer | types.Consumer };

/** The producers and consumers of a media connection, for statistics. */
export class MediaTracks {
  private items: Item[] = [];

  /** Tracks the producers and consumers of a transport; their `appData` names the stream. */
  watch(direction: TransportDirection, transport: types.Transport): void {
    const note = (of: types.Producer | types.Consumer): void => {
      this.items.push({ direction, streamId: String(of.appData['streamId']), of });
    };
    transport.observer.on('newproducer', note);
    transport.observer.on('newconsumer', note);
  }

  /** Reads the statistics of a transport once. */
  async read(direction: TransportDirection, transport: types.Transport): Promise<StatsReading> {
    const reports: StatsReport[] = [];
    (await transport.getStats()).forEach((report: StatsReport) => reports.push(report));
    const tracks = this.open(direction).map(({ of, streamId }) => ({
      streamId,
      kind: of.kind as MediaKind,
      mid: of.localId,
    }));
    return { atMs: performance.now(), tracks, reports };
  }

  /** The level of each audio track: as last played for received tracks, as captured for sent ones. */
  async readLevels(): Promise<TrackLevel[]> {
    const incoming = this.open('recv').flatMap(({ of, streamId }) => {
      const receiver = of.kind === 'audio' ? (of as types.Consumer).rtpReceiver : undefined;
      return receiver === undefined
        ? []
        : [
            readPlayedLevel(of, receiver).then((audioLevel) => ({
              streamId,
              direction: 'recv' as const,
              audioLevel,
            })),
          ];
    });
    const outgoing = this.open('send')
      .filter(({ of }) => of.kind === 'audio')
      .map(async ({ of, streamId }) => ({
        streamId,
        direction: 'send' as const,
        audioLevel: await readCountedLevel(of, 'media-source'),
      }));
    return Promise.all([...outgoing, ...incoming]);
  }

  private open(direction: TransportDirection): Item[] {
    this.items = this.items.filter(({ of }) => !of.closed);
    return this.items.filter((item) => item.direction === direction);
  }
}

/** Senders write levels into the RTP header, where reading them is cheap; some encoders do not. */
async function readPlayedLevel(of: Item['of'], receiver: RTCRtpReceiver): Promise<number> {
  const source = receiver.getSynchronizationSources?.()[0];
  return source === undefined ? 0 : (source.audioLevel ?? (await readCountedLevel(of, 'inbound-rtp')));
}

async function readCountedLevel(of: Item['of'], type: 'media-source' | 'inbound-rtp'): Promise<number> {
  let audioLevel = 0;
  (await of.getStats()).forEach((report: StatsReport) => {
    if (report.type === type) {
      audioLevel = Number(report['audioLevel'] ?? 0);
    }
  });
  return audioLevel;
}
