import { ZegoError } from '../shared/zego-error.js';

export interface ZegoStreamViewOptions {
  mirror?: boolean;
  objectFit?: 'fill' | 'contain' | 'cover' | 'none' | 'scale-down';
  enableAutoplayDialog?: boolean;
  muted?: boolean;
}

/** Shows a stream in an element of the page, as ZEGO's local and remote stream views. */
export class ZegoStreamView {
  private video: HTMLVideoElement | undefined;

  constructor(
    private readonly mediaStream: MediaStream,
    private readonly isLocal: boolean,
    private readonly attach: (element: HTMLVideoElement) => void,
  ) {}

  /** Creates a video element in the element, or in the one with this ID. */
  play(container: string | HTMLElement, options: ZegoStreamViewOptions = {}): void {
    this.open(container, options);
  }

  /** Video only: the audio is not played. */
  playVideo(container: string | HTMLElement, options: ZegoStreamViewOptions = {}): void {
    this.open(container, { ...options, muted: true });
  }

  playAudio(options: { muted?: boolean } = {}): void {
    this.open(document.body, options).style.display = 'none';
  }

  stop(): void {
    if (this.video !== undefined) {
      this.video.srcObject = null;
      this.video.remove();
      this.video = undefined;
    }
  }

  stopVideo(): void {
    this.stop();
  }

  stopAudio(): void {
    if (this.video !== undefined) {
      this.video.muted = true;
    }
  }

  setVolume(volume: number): void {
    if (this.video !== undefined) {
      this.video.volume = Math.min(1, Math.max(0, volume / 100));
    }
  }

  /** Plays an element that the browser has blocked; call it in the handler of a click. */
  async resume(): Promise<void> {
    await this.video?.play();
  }

  private open(container: string | HTMLElement, options: ZegoStreamViewOptions): HTMLVideoElement {
    const parent = typeof container === 'string' ? document.getElementById(container) : container;
    if (parent === null) {
      const problem = 'no element of the page has this ID';
      throw ZegoError.of('COMMON_ILLEGAL_PARAM', { path: 'container', problem }, `container: ${problem}.`);
    }
    this.stop();
    const video = document.createElement('video');
    this.video = video;
    const { mirror = false, muted = this.isLocal, objectFit = 'contain' } = options;
    video.playsInline = true;
    video.muted = muted;
    Object.assign(video.style, { width: '100%', height: '100%', objectFit });
    if (mirror) {
      video.style.transform = 'scaleX(-1)';
    }
    parent.append(video);
    this.attach(video);
    return video;
  }

  get stream(): MediaStream {
    return this.mediaStream;
  }
}
