import { FakeHandler, testFakeParameters } from 'mediasoup-client';

type HandlerFactory = ReturnType<typeof FakeHandler.createFactory>;

/** A track that really plays: a canvas that changes its colour, or a tone. */
export function newTrack(kind: string): MediaStreamTrack {
  if (kind === 'audio') {
    const context = new AudioContext();
    const target = context.createMediaStreamDestination();
    const tone = context.createOscillator();
    tone.connect(target);
    tone.start();
    return target.stream.getAudioTracks()[0]!;
  }
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d')!;
  let hue = 0;
  setInterval(() => {
    hue = (hue + 20) % 360;
    pen.fillStyle = `hsl(${hue} 80% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }, 50);
  return canvas.captureStream(20).getVideoTracks()[0]!;
}

/** mediasoup-client's fake, which receives such tracks: the server of the specs sends no media. */
export function canvasHandlers(): HandlerFactory {
  const factory = FakeHandler.createFactory(testFakeParameters);
  return {
    ...factory,
    factory: (options) => {
      const handler = factory.factory(options) as FakeHandler;
      const send = handler.send.bind(handler);
      const receive = handler.receive.bind(handler);
      return Object.assign(handler, {
        send: async (given: Parameters<typeof send>[0]) => {
          const result = await send(given);
          handler.setConnectionState('connected');
          return result;
        },
        receive: async (given: Parameters<typeof receive>[0]) => {
          const results = await receive(given);
          handler.setConnectionState('connected');
          return results.map((result, index) => ({ ...result, track: newTrack(given[index]!.kind) }));
        },
      });
    },
  };
}
