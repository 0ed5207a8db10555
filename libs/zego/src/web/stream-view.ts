import { ZegoError } from '../shared/zego-error.js';

export interface ZegoStreamViewOptions {
  mirror?: boolean;
  objectFit?: 'fill' | 'contain' | 'cover' | 'none' | 'scale-down';
  enableAutoplayDialog?: boolean;
  /** Accepted: a view that is stopped shows nothing. */
  clearLastFrame?: boolean;
  muted?: boolean;
}

export type ZegoLocalViewOptions = Omit<ZegoStreamViewOptions, 'muted'>;

/** Shows a stream in an element of the page, as ZEGO's local and remote stream views. */
export class ZegoStreamView {
  private video: HTMLVideoElement | undefined;

  constructor(
    private readonly mediaStream: MediaStream,
    private readonly isLocal: boolean,
    private readonly attach: (element: HTMLVideoElement) => void,
    private readonly detach: (element: HTMLVideoElement) => void = () => {},
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
      this.detach(this.video);
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

  /** The element that shows the stream now. */
  get element(): HTMLVideoElement | undefined {
    return this.video;
  }

  async useAudioOutputDevice(deviceID: string): Promise<void> {
    if (this.video !== undefined) {
      await useSpeaker(this.video, deviceID);
    }
  }

  get stream(): MediaStream {
    return this.mediaStream;
  }
}

/** Throws a ZegoError where the browser cannot choose a speaker, or has none with this ID. */
export async function useSpeaker(media: HTMLMediaElement, deviceID: string): Promise<void> {
  if (typeof media?.setSinkId !== 'function') {
    const details = { feature: 'setSinkId' };
    throw ZegoError.of('COMMON_SDK_NO_MODULE', details, 'This browser cannot choose a speaker.');
  }
  try {
    await media.setSinkId(deviceID);
  } catch (error) {
    const { message, name } = Object(error) as Partial<DOMException>;
    const isDenied = name === 'NotAllowedError' || name === 'SecurityError';
    const problem = [name, message].filter(Boolean).join(': ');
    throw ZegoError.of(isDenied ? 'CAPTURE_NOT_ALLOWED' : 'CAPTURE_DEVICE_NOT_FOUND', { deviceID, problem });
  }
}
