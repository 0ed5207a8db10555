import { FakeMediaStream } from '@polyroom/testing/client';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';

const realNavigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator')!;

/** Web Audio whose amplified track is `output`. */
export class FakeAudio {
  readonly gains: { gain: { value: number }; isConnected: boolean }[] = [];
  readonly output = new FakeMediaStreamTrack({ kind: 'audio', label: 'amplified' });
  closed = 0;

  static install(): FakeAudio {
    const audio = new FakeAudio();
    class FakeAudioContext {
      createGain(): object {
        const node = {
          gain: { value: 1 },
          isConnected: true,
          connect: (next: object) => next,
          disconnect: () => (node.isConnected = false),
        };
        audio.gains.push(node);
        return node;
      }
      createMediaStreamSource(): object {
        return { connect: (next: object) => next };
      }
      createMediaStreamDestination(): object {
        return { stream: { getAudioTracks: () => [audio.output] } };
      }
      async close(): Promise<void> {
        audio.closed += 1;
      }
    }
    Object.assign(globalThis, { AudioContext: FakeAudioContext });
    return audio;
  }

  static uninstall(): void {
    Reflect.deleteProperty(globalThis, 'AudioContext');
  }
}

/** Media devices that open fake tracks, and what they were asked for. */
export class FakeDevices extends EventTarget {
  readonly asked: [method: string, constraints: MediaStreamConstraints][] = [];
  readonly opened: FakeMediaStreamTrack[] = [];
  present: Partial<MediaDeviceInfo>[] = [];

  static install(): FakeDevices {
    const devices = new FakeDevices();
    const value = { mediaDevices: devices };
    Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
    return devices;
  }

  static uninstall(): void {
    Object.defineProperty(globalThis, 'navigator', realNavigator);
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    return this.open('getUserMedia', constraints);
  }

  async getDisplayMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    return this.open('getDisplayMedia', constraints);
  }

  async enumerateDevices(): Promise<Partial<MediaDeviceInfo>[]> {
    return this.present;
  }

  private open(method: string, constraints: MediaStreamConstraints): MediaStream {
    this.asked.push([method, constraints]);
    const kinds = (['audio', 'video'] as const).filter((kind) => Boolean(constraints[kind]));
    const tracks = kinds.map(
      (kind) => new FakeMediaStreamTrack({ kind, label: `${kind} ${this.asked.length}` }),
    );
    this.opened.push(...tracks);
    return new FakeMediaStream(tracks as unknown as MediaStreamTrack[]) as unknown as MediaStream;
  }
}

/** The bitrates that encoders of these handlers are set to, by kind. */
export function watchBitrates<Factory extends { factory: (options: never) => unknown }>(
  handlerFactory: Factory,
): { handlerFactory: Factory; bitrates: Record<string, number> } {
  const bitrates: Record<string, number> = {};
  const watched = {
    ...handlerFactory,
    factory: (options: never) => {
      const handler = handlerFactory.factory(options) as {
        send(given: { track: MediaStreamTrack }): Promise<object>;
      };
      const send = handler.send.bind(handler);
      return Object.assign(handler, {
        send: async (given: { track: MediaStreamTrack }) => ({
          ...(await send(given)),
          rtpSender: {
            getParameters: () => ({ encodings: [{}] }),
            setParameters: async ({ encodings }: RTCRtpSendParameters) => {
              bitrates[given.track.kind] = encodings.at(-1)!.maxBitrate!;
            },
          },
        }),
      });
    },
  };
  return { handlerFactory: watched, bitrates };
}
