import { type PageEvents } from '../platform/platform.js';

/** Events that browsers accept as permission to play audio. */
const gestures = ['pointerup', 'keydown', 'touchend'];

export interface ElementPlayerOptions {
  page: PageEvents | undefined;
  /** The browser does not play the element with audio before the user has interacted with the page. */
  onBlocked(streamId: string): void;
  onUnblocked(streamId: string): void;
}

/** Plays streams in media elements, and tries blocked ones again at the next gesture. */
export class ElementPlayer {
  private readonly blocked = new Map<HTMLMediaElement, string>();

  constructor(private readonly options: ElementPlayerOptions) {}

  /** Streams that at least one element cannot play. */
  get blockedStreamIds(): Set<string> {
    return new Set(this.blocked.values());
  }

  show(streamId: string, mediaStream: MediaStream, element: HTMLMediaElement): void {
    if (element.srcObject !== mediaStream) {
      element.srcObject = mediaStream;
    }
    element.autoplay = true;
    // Safari on iPhones shows other videos in full screen.
    (element as HTMLVideoElement).playsInline = true;
    void this.play(streamId, element);
  }

  /** Removes the stream from the element, which would show its last frame otherwise. */
  clear(mediaStream: MediaStream, element: HTMLMediaElement): void {
    this.unblock(element, false);
    if (element.srcObject === mediaStream) {
      element.srcObject = null;
    }
  }

  /** Tries the blocked elements again; call it in the handler of a click. */
  async resume(): Promise<void> {
    await Promise.all([...this.blocked].map(([element, streamId]) => this.play(streamId, element)));
  }

  /** Idempotent. */
  close(): void {
    this.blocked.clear();
    this.listen(false);
  }

  private async play(streamId: string, element: HTMLMediaElement): Promise<void> {
    try {
      await element.play();
      this.unblock(element, true);
    } catch (error) {
      // An AbortError follows a new source or a pause, which are the application's own.
      const isBlocked = (Object(error) as Partial<Error>).name === 'NotAllowedError';
      if (isBlocked && !this.blocked.has(element)) {
        const isNews = !this.blockedStreamIds.has(streamId);
        this.blocked.set(element, streamId);
        this.listen(true);
        if (isNews) {
          this.options.onBlocked(streamId);
        }
      }
    }
  }

  private unblock(element: HTMLMediaElement, isPlaying: boolean): void {
    const streamId = this.blocked.get(element);
    if (streamId === undefined) {
      return;
    }
    this.blocked.delete(element);
    if (this.blocked.size === 0) {
      this.listen(false);
    }
    if (isPlaying && !this.blockedStreamIds.has(streamId)) {
      this.options.onUnblocked(streamId);
    }
  }

  private listen(isOn: boolean): void {
    const { page } = this.options;
    for (const gesture of gestures) {
      page?.removeEventListener(gesture, this.handleGesture);
      if (isOn) {
        page?.addEventListener(gesture, this.handleGesture);
      }
    }
  }

  private readonly handleGesture = (): void => void this.resume();
}
