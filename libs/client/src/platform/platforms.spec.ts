import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ProtocolServer } from '@polyroom/testing/client';
import { capture, Client, type Platform } from '../index.js';
import { nodePlatform } from '../node.js';
import { type ReactNativeModules, reactNativePlatform } from '../react-native.js';

const sdp = `v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=rtpmap:111 opus/48000/2
a=recvonly
`;

/** The shape of the classes of a WebRTC package, as far as they are used before a connection. */
class PeerConnection {
  static made: PeerConnection[] = [];
  constructor() {
    PeerConnection.made.push(this);
  }
  addTransceiver(): void {}
  async createOffer(): Promise<{ sdp: string }> {
    return { sdp: sdp.replaceAll('\n', '\r\n') };
  }
  close(): void {}
}
class Stream {
  constructor(private readonly tracks: unknown[] = []) {}
  getTracks(): unknown[] {
    return this.tracks;
  }
  release(): void {}
}

/** Has listeners that the test calls. */
class Listened<Info> {
  readonly listeners: ((info: Info) => void)[] = [];
  readonly add = (listener: (info: Info) => void): void => void this.listeners.push(listener);
  emit(info: Info): void {
    this.listeners.forEach((listener) => listener(info));
  }
}

beforeEach(() => {
  PeerConnection.made = [];
});

const webRtc = {
  RTCPeerConnection: PeerConnection,
  MediaStream: Stream,
  mediaDevices: {
    getUserMedia: async (constraints: { audio: boolean }) => new Stream([constraints]),
    getDisplayMedia: async (_: object) => new Stream(),
    enumerateDevices: async (): Promise<unknown> => [],
  },
};

describe.each<[string, () => Pick<Platform, 'handlerFactory' | 'MediaStream'>]>([
  ['nodePlatform', () => nodePlatform(webRtc)],
  ['reactNativePlatform', () => reactNativePlatform({ webRtc })],
])('%s', (_, create) => {
  test("gives mediasoup-client's handler the classes of the package, and leaves the globals as they are", async () => {
    const before = [globalThis.MediaStream, globalThis.RTCPeerConnection];
    const capabilities = await create().handlerFactory!.getNativeRtpCapabilities({ direction: 'recvonly' });
    expect(capabilities.codecs).toMatchObject([{ mimeType: 'audio/opus' }]);
    expect(PeerConnection.made).toHaveLength(1);
    expect([globalThis.MediaStream, globalThis.RTCPeerConnection]).toEqual(before);
    expect('RTCPeerConnection' in globalThis).toBe(false);
  });

  test('collects the tracks of a played stream in the stream class of the package', () => {
    expect(create().MediaStream).toBe(Stream);
  });
});

test.each<[string, () => unknown]>([
  ['nodePlatform', () => nodePlatform({} as never)],
  ['reactNativePlatform', () => reactNativePlatform({ webRtc: {} } as never)],
  ['reactNativePlatform without modules', () => reactNativePlatform(undefined as never)],
])('%s names a module without WebRTC', (_, create) => {
  expect(create).toThrow(
    expect.objectContaining({
      name: 'PolyroomError',
      code: 1000017,
      details: expect.objectContaining({ path: 'webRtc' }),
    }),
  );
});

test('capture uses the devices of React Native', async () => {
  const stream = await capture({}, reactNativePlatform({ webRtc }));
  expect(stream.getTracks()).toEqual([{ audio: true, video: true }]);
});

describe('a client in React Native', () => {
  let server: ProtocolServer;
  beforeEach(async () => {
    server = await ProtocolServer.start();
  });
  afterEach(() => server.close());

  test('probes its socket when the app comes to the foreground, and when the network changes', async () => {
    const states = new Listened<string>();
    const networks = new Listened<{ type: string; isConnected: boolean | null }>();
    const appState = {
      currentState: 'active',
      addEventListener: (_: 'change', listener: (state: string) => void) => states.add(listener),
    };
    const modules: ReactNativeModules = { webRtc, appState, netInfo: { addEventListener: networks.add } };
    const client = new Client({ appId: 1, server: server.url, platform: reactNativePlatform(modules) });
    await client.join('room1', { user: { userId: 'me', userName: 'Me' } });
    const pings = async (act: () => void): Promise<number> => {
      const before = server.callsOf('session.ping').length;
      act();
      // The server reads in order: a ping before this message.
      await client.send('room1', 'x');
      return server.callsOf('session.ping').length - before;
    };
    appState.currentState = 'background';
    expect(await pings(() => states.emit('background'))).toBe(0);
    appState.currentState = 'active';
    expect(await pings(() => states.emit('active'))).toBe(1);
    expect(await pings(() => networks.emit({ type: 'wifi', isConnected: true }))).toBe(0);
    expect(await pings(() => networks.emit({ type: 'wifi', isConnected: false }))).toBe(1);
    expect(await pings(() => networks.emit({ type: 'cellular', isConnected: true }))).toBe(1);
    await client.close();
  });
});
