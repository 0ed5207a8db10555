import { capture, Emitter, type MediaKind } from '@polyroom/sdk';
import { assertListener, illegalArgument } from '../shared/arguments.js';
import { translated, ZegoError } from '../shared/zego-error.js';
import { type CaptureRequest, toCaptureRequest } from './capture-options.js';
import { assertKnown } from '../shared/known-options.js';
import { show } from './local-stream.js';
import { type ZegoLocalViewOptions, ZegoStreamView } from './stream-view.js';
import { respond } from './web-response.js';
import {
  type ZegoCamera,
  type ZegoCaptureCamera,
  type ZegoCaptureMicrophone,
  type ZegoCaptureScreenAudio,
  type ZegoCaptureScreenVideo,
  type ZegoCustomSourceOptions,
  type ZegoLocalStreamConfig,
  type ZegoScreen,
  type ZegoServerResponse,
  type ZegoStreamOptions,
} from './web-types.js';

/** A type alias, because an interface is not assignable to an event map. */
export type ZegoLocalStreamEvents = {
  videoTrackChanged: [track: MediaStreamTrack];
  audioTrackChanged: [track: MediaStreamTrack];
  captureVideoTrackChanged: [track: MediaStreamTrack];
  captureAudioTrackChanged: [track: MediaStreamTrack];
  canPlayVideo: [event: Event];
  canPlayAudio: [event: Event];
  autoplayFailed: [player: HTMLMediaElement, error: unknown];
};

/** What the engine does with the tracks of a local stream. */
export interface LocalStreamOwner {
  /** New tracks have been captured into the stream. */
  onCaptured(mediaStream: MediaStream, tracks: MediaStreamTrack[], request: CaptureRequest): void;
}

/**
 * ZEGO's local stream. Captured tracks replace those of their kind in `stream`; streams that are published from it
 * get them with `updatePublishingStream`.
 */
export class ZegoLocalStream {
  readonly stream = new MediaStream();
  private readonly events = new Emitter<ZegoLocalStreamEvents>();
  private videoView: ZegoStreamView | undefined;
  private audioView: ZegoStreamView | undefined;
  private speakerID: string | undefined;

  constructor(private readonly owner: LocalStreamOwner) {}

  /** The stream that `createZegoStream` returns. */
  static async create(options: ZegoStreamOptions, owner: LocalStreamOwner): Promise<ZegoLocalStream> {
    assertKnown(options, 'options', [
      ...['autoCapture', 'autoPlay', 'captureView', 'view', 'multiplacePreview'],
      ...['videoBitrate', 'audioBitrate', 'camera', 'screen', 'custom'],
    ]);
    const local = new ZegoLocalStream(owner);
    const { autoCapture = true, captureView, view = captureView } = options;
    const requests = toRequests(options);
    if (autoCapture) {
      for (const request of requests) {
        await local.open(request);
      }
    }
    if (view !== undefined) {
      local.playVideo(view);
    }
    return local;
  }

  get id(): string {
    return this.stream.id;
  }

  get active(): boolean {
    return this.getTracks().some(({ readyState }) => readyState === 'live');
  }

  get videoCaptureStream(): MediaStream | null {
    return this.streamOf('video');
  }

  get audioCaptureStream(): MediaStream | null {
    return this.streamOf('audio');
  }

  get videoDeviceId(): string {
    return this.trackOf('video')?.getSettings().deviceId ?? '';
  }

  get audioDeviceId(): string {
    return this.trackOf('audio')?.getSettings().deviceId ?? '';
  }

  getTracks(): MediaStreamTrack[] {
    return this.stream.getTracks();
  }

  getAudioTracks(): MediaStreamTrack[] {
    return this.getTracks().filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks(): MediaStreamTrack[] {
    return this.getTracks().filter(({ kind }) => kind === 'video');
  }

  on<Name extends keyof ZegoLocalStreamEvents>(
    event: Name,
    listener: (...args: ZegoLocalStreamEvents[Name]) => void,
  ): boolean {
    assertListener(listener);
    this.events.on(event, listener);
    return true;
  }

  off<Name extends keyof ZegoLocalStreamEvents>(
    event: Name,
    listener?: (...args: ZegoLocalStreamEvents[Name]) => void,
  ): boolean {
    this.events.off(event, listener);
    return true;
  }

  startCaptureCamera(options: ZegoCaptureCamera = {}): Promise<ZegoServerResponse> {
    return this.start({ camera: { video: options, audio: false } });
  }

  startCaptureMicrophone(options: ZegoCaptureMicrophone = {}): Promise<ZegoServerResponse> {
    return this.start({ camera: { video: false, audio: options } });
  }

  startCaptureCameraAndMicrophone(
    cameraOptions: ZegoCaptureCamera = {},
    microphoneOptions: ZegoCaptureMicrophone = {},
  ): Promise<ZegoServerResponse> {
    return this.start({ camera: { video: cameraOptions, audio: microphoneOptions } });
  }

  startCaptureScreen(options: ZegoCaptureScreenVideo = {}): Promise<ZegoServerResponse> {
    return this.start({ screen: { video: options, audio: false } });
  }

  startCaptureScreenWithAudio(
    screenVideoOptions: ZegoCaptureScreenVideo = {},
    screenAudioOptions: ZegoCaptureScreenAudio = {},
  ): Promise<ZegoServerResponse> {
    return this.start({ screen: { video: screenVideoOptions, audio: screenAudioOptions } });
  }

  startCaptureCustomVideo(options: ZegoCustomSourceOptions): Promise<ZegoServerResponse> {
    return this.start({ custom: { video: options } });
  }

  startCaptureCustomAudio(options: ZegoCustomSourceOptions): Promise<ZegoServerResponse> {
    return this.start({ custom: { audio: options } });
  }

  startCaptureCustomVideoAndAudio(
    videoOptions: ZegoCustomSourceOptions,
    audioOptions: ZegoCustomSourceOptions,
  ): Promise<ZegoServerResponse> {
    return this.start({ custom: { video: videoOptions, audio: audioOptions } });
  }

  /** `updatePublishingStream` mutes the kind in what is published. */
  async stopCaptureVideo(): Promise<boolean> {
    return this.stopTracks('video');
  }

  async stopCaptureAudio(): Promise<boolean> {
    return this.stopTracks('audio');
  }

  playVideo(view: HTMLElement, config: ZegoLocalViewOptions = {}): void {
    this.videoView?.stop();
    this.videoView = this.newView();
    this.videoView.playVideo(view, config);
  }

  playCaptureVideo(view: HTMLElement, config?: ZegoLocalViewOptions): void {
    this.playVideo(view, config);
  }

  playAudio(): void {
    this.audioView?.stop();
    this.audioView = this.newView();
    this.audioView.playAudio({ muted: false });
    if (this.speakerID !== undefined) {
      void this.useAudioOutputDevice(this.speakerID).catch(() => undefined);
    }
  }

  playCaptureAudio(): void {
    this.playAudio();
  }

  async resumeVideo(): Promise<void> {
    await this.videoView?.resume();
  }

  async resumeAudio(): Promise<void> {
    await this.audioView?.resume();
  }

  stopVideo(): void {
    this.videoView?.stop();
    this.videoView = undefined;
  }

  stopAudio(): void {
    this.audioView?.stop();
    this.audioView = undefined;
  }

  stopPlayCaptureVideo(): void {
    this.stopVideo();
  }

  stopPlayCaptureAudio(): void {
    this.stopAudio();
  }

  /** The volume of `playAudio`, 0 to 100. */
  setVolume(volume: number): boolean {
    this.audioView?.setVolume(volume);
    return this.audioView !== undefined;
  }

  async useAudioOutputDevice(deviceID: string): Promise<void> {
    this.speakerID = deviceID;
    await this.audioView?.useAudioOutputDevice(deviceID);
  }

  /** '' unless the screen is captured. */
  getScreenDisplaySurface(): string {
    return this.trackOf('video')?.getSettings().displaySurface ?? '';
  }

  /** Not available: draw the video on a canvas. */
  takeStreamSnapshot(): string {
    throw ZegoError.of(
      'COMMON_SDK_NO_MODULE',
      { feature: 'takeStreamSnapshot' },
      'takeStreamSnapshot is not available: draw the video element on a canvas.',
    );
  }

  /** Ends the tracks and the views. */
  destroy(): void {
    this.stopVideo();
    this.stopAudio();
    this.getTracks().forEach((track) => track.stop());
    this.events.clear();
  }

  private start(options: ZegoStreamOptions): Promise<ZegoServerResponse> {
    return respond(
      (async () => {
        for (const request of toRequests(options)) {
          await this.open(request);
        }
      })(),
    );
  }

  private async open(request: KindsRequest): Promise<void> {
    const opened = await translated(capture(request.source));
    const tracks = opened.getTracks().filter(({ kind }) => request.kinds.includes(kind as MediaKind));
    for (const track of tracks) {
      for (const former of this.getTracks().filter(({ kind }) => kind === track.kind)) {
        this.stream.removeTrack(former);
        former.stop();
      }
      this.stream.addTrack(track);
      const name = track.kind === 'audio' ? 'Audio' : 'Video';
      this.events.emit(`capture${name}TrackChanged`, track);
      this.events.emit(track.kind === 'audio' ? 'audioTrackChanged' : 'videoTrackChanged', track);
    }
    this.owner.onCaptured(this.stream, tracks, request);
  }

  private stopTracks(kind: MediaKind): boolean {
    const tracks = this.getTracks().filter((track) => track.kind === kind);
    tracks.forEach((track) => track.stop());
    return tracks.length > 0;
  }

  private newView(): ZegoStreamView {
    return new ZegoStreamView(this.stream, true, (element) => {
      show(this.stream, element, (error) => this.events.emit('autoplayFailed', element, error));
      element.addEventListener('canplay', (event) => {
        this.events.emit(element === this.audioView?.element ? 'canPlayAudio' : 'canPlayVideo', event);
      });
    });
  }

  private trackOf(wanted: MediaKind): MediaStreamTrack | undefined {
    return this.getTracks().find(({ kind }) => kind === wanted);
  }

  private streamOf(kind: MediaKind): MediaStream | null {
    const track = this.trackOf(kind);
    return track === undefined ? null : new MediaStream([track]);
  }
}

/** The MediaStream of a local stream of either kind. */
export function toMediaStream(localStream: MediaStream | ZegoLocalStream): MediaStream {
  return localStream instanceof ZegoLocalStream ? localStream.stream : localStream;
}

interface KindsRequest extends CaptureRequest {
  kinds: MediaKind[];
}

const both: MediaKind[] = ['audio', 'video'];

/** What to capture, in ZEGO's form with separate options of audio and video. Throws for an unknown option. */
export function toRequests(options: ZegoStreamOptions): KindsRequest[] {
  const { audioBitrate, camera, custom, screen, videoBitrate } = options;
  const given = Object.entries({ camera, custom, screen }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw illegalArgument(
      'options',
      `one source at a time, not ${given.map(([name]) => name).join(' and ')}`,
    );
  }
  const videoKbps = typeof videoBitrate === 'object' ? videoBitrate.bitrate : videoBitrate;
  const toRequest = (config: ZegoLocalStreamConfig, kinds: MediaKind[] = both): KindsRequest => {
    const { encoding, source } = toCaptureRequest(config);
    const bitrates = { videoKbps: videoKbps ?? encoding.videoKbps, audioKbps: audioBitrate };
    return { source, kinds, encoding: { ...encoding, ...bitrates } };
  };
  if (custom !== undefined) {
    assertKnown(custom, 'options.custom', both);
    return both.flatMap((kind) => {
      const wanted = custom[kind];
      return wanted === undefined ? [] : [toRequest({ custom: toCustom(wanted, kind) }, [kind])];
    });
  }
  if (screen !== undefined) {
    assertKnown(screen, 'options.screen', both);
    return [toRequest({ screen: toScreen(screen) })];
  }
  assertKnown(camera, 'options.camera', both);
  const { audio = true, video = true } = camera ?? {};
  return [toRequest({ camera: toCamera(video, audio) })];
}

const processing = ['ANS', 'AGC', 'AEC'];
const videoNames = ['quality', 'width', 'height', 'frameRate', 'optimizationMode', 'keyFrameInterval'];

function toCamera(video: boolean | ZegoCaptureCamera, audio: boolean | ZegoCaptureMicrophone): ZegoCamera {
  const [camera, microphone] = [toOptions(video), toOptions(audio)];
  assertKnown(camera, 'options.camera.video', ['input', 'facingMode', ...videoNames]);
  assertKnown(microphone, 'options.camera.audio', ['input', 'channelCount', ...processing]);
  const { input, optimizationMode, quality, ...others } = camera ?? {};
  const { input: audioInput, ...audioOptions } = microphone ?? {};
  return {
    audio: audio !== false,
    video: video !== false,
    ...others,
    ...audioOptions,
    ...(audioInput === undefined ? {} : { audioInput }),
    ...(input === undefined ? {} : { videoInput: input }),
    ...(quality === undefined ? {} : { videoQuality: quality }),
    ...(optimizationMode === undefined ? {} : { videoOptimizationMode: optimizationMode }),
  };
}

function toScreen({ audio = false, video = true }: NonNullable<ZegoStreamOptions['screen']>): ZegoScreen {
  const [screen, processed] = [toOptions(video), toOptions(audio)];
  assertKnown(screen, 'options.screen.video', ['sourceID', ...videoNames]);
  assertKnown(processed, 'options.screen.audio', processing);
  const { optimizationMode, quality, ...others } = screen ?? {};
  return {
    audio: audio !== false,
    ...others,
    ...processed,
    ...(quality === undefined ? {} : { videoQuality: quality }),
    ...(optimizationMode === undefined ? {} : { videoOptimizationMode: optimizationMode }),
  };
}

function toCustom(
  wanted: ZegoCustomSourceOptions,
  kind: MediaKind,
): NonNullable<ZegoLocalStreamConfig['custom']> {
  assertKnown(wanted, `options.custom.${kind}`, [
    ...['source', 'channelCount', 'optimizationMode', 'keyFrameInterval'],
  ]);
  const { optimizationMode, source } = wanted;
  return {
    source,
    ...(optimizationMode === undefined ? {} : { videoOptimizationMode: optimizationMode }),
  };
}

function toOptions<T extends object>(value: boolean | T): T | undefined {
  return typeof value === 'object' ? value : undefined;
}
