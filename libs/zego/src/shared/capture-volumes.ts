import { illegalArgument } from './arguments.js';
import { ZegoError } from './zego-error.js';

interface Amplifier {
  /** The track of the microphone. */
  input: MediaStreamTrack;
  /** The track that is published instead. */
  output: MediaStreamTrack;
  gain: GainNode;
}

/** Sets the volume of what a local stream sends, with Web Audio. */
export class CaptureVolumes {
  private context: AudioContext | undefined;
  private readonly amplifiers = new Map<MediaStream, Amplifier>();

  constructor(private readonly maxVolume: number) {}

  /** `replace` puts the amplified track into the stream. A `volume` of 100 is unchanged. */
  async set(
    mediaStream: MediaStream,
    volume: number,
    replace: (track: MediaStreamTrack) => Promise<void>,
  ): Promise<void> {
    if (!(typeof volume === 'number' && volume >= 0 && volume <= this.maxVolume)) {
      throw illegalArgument('volume', `expected a number from 0 to ${this.maxVolume}`);
    }
    const track = mediaStream.getTracks().find(({ kind }) => kind === 'audio');
    if (track === undefined) {
      throw illegalArgument('localStream', 'it has no audio track');
    }
    const known = this.amplifiers.get(mediaStream);
    if (known?.output === track) {
      known.gain.gain.value = volume / 100;
      return;
    }
    const { AudioContext, MediaStream } = globalThis;
    if (typeof AudioContext !== 'function') {
      throw ZegoError.of('CAPTURE_NOT_SUPPORTED', { feature: 'AudioContext' });
    }
    this.release(mediaStream);
    this.context ??= new AudioContext();
    const gain = this.context.createGain();
    gain.gain.value = volume / 100;
    const destination = this.context.createMediaStreamDestination();
    this.context
      .createMediaStreamSource(new MediaStream([track]))
      .connect(gain)
      .connect(destination);
    const output = destination.stream.getAudioTracks()[0]!;
    // `stop` fires no event, and only this class knows the microphone: it must not stay open after its output.
    const stop = output.stop.bind(output);
    output.stop = () => {
      stop();
      if (this.amplifiers.get(mediaStream)?.output === output) {
        this.release(mediaStream);
      }
    };
    this.amplifiers.set(mediaStream, { input: track, output, gain });
    await replace(output);
  }

  /** Stops the microphone of a stream. Idempotent. */
  release(mediaStream: MediaStream): void {
    const amplifier = this.amplifiers.get(mediaStream);
    amplifier?.gain.disconnect();
    amplifier?.input.stop();
    this.amplifiers.delete(mediaStream);
  }

  /** Idempotent. */
  close(): void {
    [...this.amplifiers.keys()].forEach((mediaStream) => this.release(mediaStream));
    void this.context?.close();
    this.context = undefined;
  }
}
