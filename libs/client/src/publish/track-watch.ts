import { type MediaKind } from '@polyroom/contracts/client';

/**
 * The tracks of a published stream. A track ends by itself when its device is unplugged or the user stops
 * sharing; `MediaStreamTrack.stop()` fires no event.
 */
export class TrackWatch {
  /** Kinds that the stream has had. */
  private readonly kinds = new Set<MediaKind>();
  private readonly listeners = new Map<MediaStreamTrack, () => void>();

  constructor(
    private readonly mediaStream: MediaStream,
    private readonly onEnded: (kind: MediaKind) => void,
  ) {
    this.update();
  }

  get live(): MediaStreamTrack[] {
    return this.mediaStream.getTracks().filter(({ readyState }) => readyState === 'live');
  }

  get liveKinds(): MediaKind[] {
    return kindsOf(this.live);
  }

  /** Kinds whose tracks have all ended or were removed. */
  get endedKinds(): MediaKind[] {
    const { liveKinds } = this;
    return [...this.kinds].filter((kind) => !liveKinds.includes(kind));
  }

  /** Watches exactly the tracks that the stream has now. */
  update(): void {
    const tracks = new Set(this.mediaStream.getTracks());
    kindsOf([...tracks]).forEach((kind) => this.kinds.add(kind));
    for (const track of this.listeners.keys()) {
      if (!tracks.has(track)) {
        this.unwatch(track);
      }
    }
    for (const track of tracks) {
      if (!this.listeners.has(track)) {
        const listener = (): void => this.onEnded(track.kind as MediaKind);
        this.listeners.set(track, listener);
        track.addEventListener('ended', listener);
      }
    }
  }

  /** Idempotent. */
  close(): void {
    [...this.listeners.keys()].forEach((track) => this.unwatch(track));
  }

  private unwatch(track: MediaStreamTrack): void {
    track.removeEventListener('ended', this.listeners.get(track)!);
    this.listeners.delete(track);
  }
}

function kindsOf(tracks: MediaStreamTrack[]): MediaKind[] {
  return [...new Set(tracks.map(({ kind }) => kind as MediaKind))];
}
