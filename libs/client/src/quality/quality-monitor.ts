import { type TransportDirection } from '@polyroom/contracts/client';
import { type StatsReading } from '../media/media-tracks.js';
import { type QualityMonitorOptions } from './quality-monitor-options.js';
import { AudioLevels } from './audio-levels.js';
import { playQualityOf, publishQualityOf, readStream, type StreamState } from './stream-quality.js';
import { QualityLevel } from './quality-types.js';

const tickMs = 1000;
const streamTicks = 3;
const networkTicks = 2;

type Streams = { streamId: string; roomIds: string[] }[];

/**
 * Reports the quality of sent and played streams from WebRTC statistics: one reading of each peer connection
 * regardless of the number of streams and rooms, and no requests to the servers.
 */
export class QualityMonitor {
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly levels: AudioLevels;
  private ticks = 0;
  private readonly former = {
    stream: new Map<string, StreamState>(),
    network: new Map<string, StreamState>(),
  };

  constructor(private readonly options: QualityMonitorOptions) {
    this.levels = new AudioLevels(options);
    this.timer = setInterval(() => void this.tick().catch(() => undefined), tickMs);
    // The timer must not keep a Node.js process alive.
    (this.timer as { unref?: () => void }).unref?.();
  }

  startAudioLevels(intervalMs?: number): void {
    this.levels.start(intervalMs);
  }

  stopAudioLevels(): void {
    this.levels.stop();
  }

  stop(): void {
    this.levels.stop();
    clearInterval(this.timer);
  }

  /** Called once a second. */
  async tick(): Promise<void> {
    this.ticks += 1;
    const isStream = this.ticks % streamTicks === 0;
    const isNetwork = this.ticks % networkTicks === 0;
    const { media } = this.options.slot;
    if (media === undefined || !(isStream || isNetwork)) {
      return;
    }
    const [send, recv] = await Promise.all([media.readStats('send'), media.readStats('recv')]);
    if (isStream) {
      this.tellStreams(send, recv);
    }
    if (isNetwork && (send !== undefined || recv !== undefined)) {
      this.options.events.emit('networkQuality', {
        up: this.worstLevel('send', this.options.publishing(), send),
        down: this.worstLevel('recv', this.options.playing(), recv),
      });
    }
  }

  private tellStreams(send: StatsReading | undefined, recv: StatsReading | undefined): void {
    const { events } = this.options;
    const states = new Map<string, StreamState>();
    const tell = <Quality>(
      direction: TransportDirection,
      streams: Streams,
      reading: StatsReading | undefined,
      qualityOf: (before: StreamState | undefined, after: StreamState) => Quality,
      emit: (info: { streamId: string; roomIds: string[]; quality: Quality }) => void,
    ): void => {
      for (const { roomIds, streamId } of carried(streams, reading)) {
        const key = `${direction}/${streamId}`;
        const state = readStream(reading!, streamId);
        states.set(key, state);
        const before = this.former.stream.get(key);
        // A new track has no earlier reading to compare with.
        if (before !== undefined) {
          emit({ streamId, roomIds, quality: qualityOf(before, state) });
        }
      }
    };
    tell('send', this.options.publishing(), send, publishQualityOf, (info) =>
      events.emit('publicationQuality', info),
    );
    tell('recv', this.options.playing(), recv, playQualityOf, (info) =>
      events.emit('subscriptionQuality', info),
    );
    this.former.stream = states;
  }

  /** The level of the worst stream, because all streams share one network path. */
  private worstLevel(
    direction: TransportDirection,
    streams: Streams,
    reading: StatsReading | undefined,
  ): QualityLevel {
    const levels = carried(streams, reading).flatMap(({ streamId }) => {
      const key = `${direction}/${streamId}`;
      const state = readStream(reading!, streamId);
      const before = this.former.network.get(key);
      this.former.network.set(key, state);
      const qualityOf = direction === 'send' ? publishQualityOf : playQualityOf;
      return before === undefined ? [] : [qualityOf(before, state).level];
    });
    for (const key of this.former.network.keys()) {
      if (key.startsWith(direction) && !streams.some(({ streamId }) => key === `${direction}/${streamId}`)) {
        this.former.network.delete(key);
      }
    }
    return levels.length === 0 ? QualityLevel.Unknown : Math.max(...levels);
  }
}

/** The streams that the reading covers. */
function carried(streams: Streams, reading: StatsReading | undefined): Streams {
  const there = new Set(reading?.tracks.map(({ streamId }) => streamId));
  return streams.filter(({ streamId }) => there.has(streamId));
}
