import { type RoomSpeaker } from '@polyroom/contracts';

export interface Speaker {
  streamId: string;
  userId: string;
}

interface ActiveSpeaker extends Speaker {
  /** dBov, smoothed. */
  volume: number;
  receivedAtMs: number;
}

/** A speaker that is this much louder takes over at once, any other one when the current speaker is quiet. */
const interruptionDb = 8;
const pauseMs = 1200;
const silenceMs = 3000;
/** Interval at which an unchanged speaker is repeated for late joiners. */
const repeatMs = 5000;
const checkMs = 1000;
const newShare = 0.5;

/**
 * Picks the dominant speaker of a room from the audio levels of its active speakers, which arrive twice a
 * second. Smoothed: a breath does not end a speech, and a cough does not start one.
 */
export class DominantSpeaker {
  private readonly speakers = new Map<string, ActiveSpeaker>();
  private current: ActiveSpeaker | undefined;
  private reportedAtMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly report: (speaker: Speaker | undefined) => void,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  add({ streamId, userId, volume }: Pick<RoomSpeaker, 'streamId' | 'userId' | 'volume'>): void {
    const nowMs = this.nowMs();
    const former = this.speakers.get(streamId);
    const isFresh = former !== undefined && nowMs - former.receivedAtMs < pauseMs;
    const speaker: ActiveSpeaker = {
      streamId,
      userId,
      volume: isFresh ? former.volume * (1 - newShare) + volume * newShare : volume,
      receivedAtMs: nowMs,
    };
    this.speakers.set(streamId, speaker);
    if (
      this.current === undefined ||
      this.current.streamId === streamId ||
      this.takesOver(speaker, isFresh)
    ) {
      const isOther = this.current?.streamId !== streamId;
      this.current = speaker;
      if (isOther || nowMs - this.reportedAtMs >= repeatMs) {
        this.reportedAtMs = nowMs;
        this.report({ streamId, userId });
      }
    }
    this.timer ??= setInterval(() => this.check(), checkMs).unref();
  }

  /** Removes silent speakers; call periodically. */
  check(): void {
    const nowMs = this.nowMs();
    for (const [streamId, { receivedAtMs }] of this.speakers) {
      if (nowMs - receivedAtMs >= silenceMs) {
        this.speakers.delete(streamId);
      }
    }
    if (this.current !== undefined && !this.speakers.has(this.current.streamId)) {
      this.current = undefined;
      this.report(undefined);
    }
    if (this.speakers.size === 0) {
      this.close();
    }
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** The new speaker must have been reported at least twice. */
  private takesOver(speaker: ActiveSpeaker, isFresh: boolean): boolean {
    const current = this.current!;
    const isQuiet = speaker.receivedAtMs - current.receivedAtMs >= pauseMs;
    return isQuiet || (isFresh && speaker.volume >= current.volume + interruptionDb);
  }
}
