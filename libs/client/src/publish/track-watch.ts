import { type MediaKind } from '@polyroom/contracts/client';

export interface TrackWatchOptions {
  mediaStream: MediaStream;
  onEnded(kind: MediaKind): void;
  /** The system muted a track, or it delivers again. */
  onInterrupted(): void;
}

/**
 * The tracks of a published stream. A track ends by itself when its device is unplugged or the user stops
 * sharing; `MediaStreamTrack.stop()` fires no event. The system mutes a track during a phone call, or while
 * another application or page has the device.
 */
export class TrackWatch {
  /** Kinds that the stream has had. */
  private readonly kinds = new Set<MediaKind>();
  /** Functions that remove the listeners. */
  private readonly watched = new Map<MediaStreamTrack, () => void>();

  constructor(private readonly options: TrackWatchOptions) {
    this.update();
  }

  get live(): MediaStreamTrack[] {
    return this.options.mediaStream.getTracks().filter(({ readyState }) => readyState === 'live');
  }

  get liveKinds(): MediaKind[] {
    return kindsOf(this.live);
  }

  /** Kinds whose tracks have all ended or were removed. */
  get endedKinds(): MediaKind[] {
    const { liveKinds } = this;
    return [...this.kinds].filter((kind) => !liveKinds.includes(kind));
  }

  /** Kinds whose live tracks the system mutes. */
  get interruptedKinds(): MediaKind[] {
    const delivering = kindsOf(this.live.filter(({ muted }) => !muted));
    return this.liveKinds.filter((kind) => !delivering.includes(kind));
  }

  /** Watches exactly the tracks that the stream has now. */
  update(): void {
    const tracks = new Set(this.options.mediaStream.getTracks());
    kindsOf([...tracks]).forEach((kind) => this.kinds.add(kind));
    for (const track of this.watched.keys()) {
      if (!tracks.has(track)) {
        this.unwatch(track);
      }
    }
    for (const track of tracks) {
      if (!this.watched.has(track)) {
        this.watched.set(track, this.watch(track));
      }
    }
  }

  /** Idempotent. */
  close(): void {
    [...this.watched.keys()].forEach((track) => this.unwatch(track));
  }

  private watch(track: MediaStreamTrack): () => void {
    const { onEnded, onInterrupted } = this.options;
    const handleEnded = (): void => onEnded(track.kind as MediaKind);
    const handleMuted = (): void => onInterrupted();
    track.addEventListener('ended', handleEnded);
    track.addEventListener('mute', handleMuted);
    track.addEventListener('unmute', handleMuted);
    return () => {
      track.removeEventListener('ended', handleEnded);
      track.removeEventListener('mute', handleMuted);
      track.removeEventListener('unmute', handleMuted);
    };
  }

  private unwatch(track: MediaStreamTrack): void {
    this.watched.get(track)?.();
    this.watched.delete(track);
  }
}

function kindsOf(tracks: MediaStreamTrack[]): MediaKind[] {
  return [...new Set(tracks.map(({ kind }) => kind as MediaKind))];
}
