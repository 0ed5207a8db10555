import { illegalArgument } from '../arguments.js';
import { soundLevelOf } from './quality-level.js';
import { type QualityMonitorOptions } from './quality-monitor-options.js';
import { type ZegoSoundLevelConfig, type ZegoSoundLevelInfo } from './zego-quality-types.js';

const defaultIntervalMs = 1000;
const shortestIntervalMs = 100;
const longestIntervalMs = 3000;

/** Reports sound levels while it is enabled. */
export class SoundLevels {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly options: QualityMonitorOptions) {}

  start({ millisecond = defaultIntervalMs }: ZegoSoundLevelConfig = {}): void {
    if (!(millisecond >= shortestIntervalMs && millisecond <= longestIntervalMs)) {
      throw illegalArgument(
        'config.millisecond',
        `expected a number from ${shortestIntervalMs} to ${longestIntervalMs}`,
      );
    }
    this.stop();
    this.timer = setInterval(() => void this.tick().catch(() => undefined), millisecond);
    (this.timer as { unref?: () => void }).unref?.();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async tick(): Promise<void> {
    const { events, playing, publishing, slot } = this.options;
    const levels = (await slot.media?.tracks.readLevels()) ?? [];
    if (this.timer === undefined) {
      return;
    }
    const list: ZegoSoundLevelInfo[] = levels.flatMap(({ audioLevel, direction, streamID }) => {
      const known = direction === 'send' ? publishing() : playing();
      const stream = known.find((one) => one.streamID === streamID);
      const type = direction === 'send' ? 'push' : 'pull';
      return stream === undefined
        ? []
        : [{ streamID, soundLevel: soundLevelOf(audioLevel), type, roomIDs: stream.roomIDs }];
    });
    const sent = list.filter(({ type }) => type === 'push').map(({ soundLevel }) => soundLevel);
    const played = list.filter(({ type }) => type === 'pull');
    if (sent.length > 0) {
      events.emit('capturedSoundLevelUpdate', Math.max(...sent));
    }
    if (played.length > 0) {
      const byStream = played.map(({ soundLevel, streamID }): [string, number] => [streamID, soundLevel]);
      events.emit('remoteSoundLevelUpdate', Object.fromEntries(byStream));
    }
    if (list.length > 0) {
      events.emit('soundLevelUpdate', list);
    }
  }
}
