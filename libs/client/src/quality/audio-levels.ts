import { illegalArgument } from '../arguments.js';
import { audioLevelOf } from './quality-level.js';
import { type QualityMonitorOptions } from './quality-monitor-options.js';
import { type AudioLevel } from './quality-types.js';

const defaultIntervalMs = 1000;
const shortestIntervalMs = 100;
const longestIntervalMs = 3000;

/** Reports audio levels while it is enabled. */
export class AudioLevels {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly options: QualityMonitorOptions) {}

  start(intervalMs: number = defaultIntervalMs): void {
    if (!(intervalMs >= shortestIntervalMs && intervalMs <= longestIntervalMs)) {
      throw illegalArgument(
        'intervalMs',
        `expected a number from ${shortestIntervalMs} to ${longestIntervalMs}`,
      );
    }
    this.stop();
    this.timer = setInterval(() => void this.tick().catch(() => undefined), intervalMs);
    (this.timer as { unref?: () => void }).unref?.();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async tick(): Promise<void> {
    const { events, playing, publishing, slot } = this.options;
    const measured = (await slot.media?.tracks.readLevels()) ?? [];
    if (this.timer === undefined) {
      return;
    }
    const levels = measured.flatMap(({ audioLevel, direction, streamId }): AudioLevel[] => {
      const known = direction === 'send' ? publishing() : playing();
      const stream = known.find((one) => one.streamId === streamId);
      return stream === undefined
        ? []
        : [
            {
              streamId,
              level: audioLevelOf(audioLevel),
              direction: direction === 'send' ? 'sent' : 'received',
              roomIds: stream.roomIds,
            },
          ];
    });
    if (levels.length > 0) {
      events.emit('audioLevels', levels);
    }
  }
}
