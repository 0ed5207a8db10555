import { FakeHandler, testFakeParameters } from 'mediasoup-client';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';

/** Node.js has no WebRTC: mediasoup-client's fakes replace it, and this class replaces MediaStream. */
export class FakeMediaStream {
  private readonly tracks = new Set<MediaStreamTrack>();

  constructor(tracks: MediaStreamTrack[] = []) {
    tracks.forEach((track) => this.tracks.add(track));
  }

  addTrack(track: MediaStreamTrack): void {
    this.tracks.add(track);
  }

  removeTrack(track: MediaStreamTrack): void {
    this.tracks.delete(track);
  }

  getTracks(): MediaStreamTrack[] {
    return [...this.tracks];
  }
}

export function installMediaStream(): void {
  globalThis.MediaStream = FakeMediaStream as unknown as typeof MediaStream;
}

export function newCamera(): MediaStream {
  return new FakeMediaStream([
    new FakeMediaStreamTrack({ kind: 'audio' }),
    new FakeMediaStreamTrack({ kind: 'video' }),
  ]) as unknown as MediaStream;
}

type HandlerFactory = ReturnType<typeof FakeHandler.createFactory>;

/** Handlers whose connection reaches this state with the first track or channel. */
export function fakeHandlers(state: 'connected' | 'failed'): HandlerFactory {
  const factory = FakeHandler.createFactory(testFakeParameters);
  return {
    ...factory,
    factory: (options) => {
      const handler = factory.factory(options) as FakeHandler;
      for (const method of ['send', 'receive', 'sendDataChannel', 'receiveDataChannel'] as const) {
        const real = handler[method].bind(handler) as (given: never) => Promise<never>;
        Object.assign(handler, {
          [method]: async (given: never) => {
            const result = await real(given);
            if ('dataChannel' in (result as object)) {
              // The fake has no setter, and never opens by itself.
              Object.assign((result as { dataChannel: object }).dataChannel, { _readyState: 'open' });
            }
            handler.setConnectionState(state);
            return result;
          },
        });
      }
      return handler;
    },
  };
}

export const fakeHandlerFactory = fakeHandlers('connected');

/** The kinds that handlers of this factory send: tracks that are neither paused, stopped nor closed. */
export function watchSending(): { handlerFactory: typeof fakeHandlerFactory; kinds(): string[] } {
  const open = new Set<{ kind: string; isPaused: boolean }>();
  const handlerFactory: typeof fakeHandlerFactory = {
    ...fakeHandlerFactory,
    factory: (options) => {
      const handler = fakeHandlerFactory.factory(options);
      const senders = new Map<string, { kind: string; isPaused: boolean }>();
      const { close, pauseSending, resumeSending, send, stopSending } = handler;
      return Object.assign(handler, {
        send: async (given: Parameters<typeof send>[0]) => {
          const result = await send.call(handler, given);
          const sender = { kind: given.track.kind, isPaused: false };
          senders.set(result.localId, sender);
          open.add(sender);
          return result;
        },
        pauseSending: (localId: string) => {
          senders.get(localId)!.isPaused = true;
          return pauseSending.call(handler, localId);
        },
        resumeSending: (localId: string) => {
          senders.get(localId)!.isPaused = false;
          return resumeSending.call(handler, localId);
        },
        stopSending: (localId: string) => {
          open.delete(senders.get(localId)!);
          return stopSending.call(handler, localId);
        },
        close: () => {
          senders.forEach((sender) => open.delete(sender));
          close.call(handler);
        },
      });
    },
  };
  const kinds = (): string[] =>
    [...open]
      .filter(({ isPaused }) => !isPaused)
      .map(({ kind }) => kind)
      .sort();
  return { handlerFactory, kinds };
}
