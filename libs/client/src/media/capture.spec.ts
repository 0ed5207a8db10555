import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { installMediaStream, newCamera } from '@polyroom/testing/client';
import { type CaptureSource } from './capture-source.js';
import { capture } from './capture.js';

const realNavigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator')!;
let asked: [method: string, constraints: unknown][];

function installDevices(
  outcome: () => MediaStream = newCamera,
  methods: readonly string[] = ['getUserMedia', 'getDisplayMedia'],
): void {
  const mediaDevices = Object.fromEntries(
    methods.map((method) => [
      method,
      async (constraints: unknown) => {
        asked.push([method, constraints]);
        return outcome();
      },
    ]),
  );
  Object.defineProperty(globalThis, 'navigator', { value: { mediaDevices }, configurable: true });
}

function fail(name: string, fields: object = {}): () => never {
  return () => {
    throw Object.assign(new DOMException('the reason', name), fields);
  };
}

beforeEach(() => {
  asked = [];
  installMediaStream();
});
afterEach(() => {
  Object.defineProperty(globalThis, 'navigator', realNavigator);
  Reflect.deleteProperty(globalThis, 'isSecureContext');
});

describe('capture', () => {
  test.each<[CaptureSource | undefined, string, object]>([
    [undefined, 'getUserMedia', { audio: true, video: true }],
    [{ camera: { video: false } }, 'getUserMedia', { audio: true, video: false }],
    [
      {
        camera: {
          audioInput: 'mic',
          videoInput: 'cam',
          facingMode: 'user',
          width: 640,
          height: { ideal: 480 },
          frameRate: 15,
        },
      },
      'getUserMedia',
      {
        audio: { deviceId: { exact: 'mic' } },
        video: {
          deviceId: { exact: 'cam' },
          facingMode: 'user',
          width: 640,
          height: { ideal: 480 },
          frameRate: 15,
        },
      },
    ],
    [
      { camera: { audio: false, video: { aspectRatio: 2 }, width: 640 } },
      'getUserMedia',
      { audio: false, video: { aspectRatio: 2, width: 640 } },
    ],
    [{ screen: true }, 'getDisplayMedia', { audio: false, video: true }],
    [{ screen: { audio: true, frameRate: 5 } }, 'getDisplayMedia', { audio: true, video: { frameRate: 5 } }],
    [{ screen: false }, 'getUserMedia', { audio: true, video: true }],
  ])('%j asks %s for %j', async (source, method, constraints) => {
    installDevices();
    await capture(source ?? {});
    expect(asked).toEqual([[method, constraints]]);
  });

  test('uses a MediaStream of the application unchanged', async () => {
    const source = newCamera();
    expect(await capture({ custom: { source } })).toBe(source);
  });
});

describe('options', () => {
  test.each<[unknown, string]>([
    [{ scren: true }, 'source.scren'],
    [{ camera: { bitrate: 600 } }, 'source.camera.bitrate'],
    [{ screen: { audio: true, videoQuality: 2 } }, 'source.screen.videoQuality'],
    [{ screen: 'yes' }, 'source.screen'],
    [{ camera: { audio: 'yes' } }, 'source.camera.audio'],
    [{ camera: { width: -1 } }, 'source.camera.width'],
    [{ camera: { audio: false, video: false } }, 'source.camera'],
    [{ custom: {} }, 'source.custom.source'],
    [{ custom: { source: 'video' } }, 'source.custom.source'],
    [{ camera: {}, screen: true }, 'source'],
    ['camera', 'source'],
    [null, 'source'],
  ])('refuses %j and names %s', async (source, path) => {
    installDevices();
    await expect(capture(source as CaptureSource)).rejects.toMatchObject({
      name: 'PolyroomError',
      code: 1000017,
      details: { path },
      message: expect.stringContaining(path),
    });
    expect(asked).toEqual([]);
  });
});

describe('failures', () => {
  test.each<[string, boolean | undefined, number]>([
    ['a page from plain http', false, 1103053],
    ['Node.js', undefined, 1103002],
    ['a secure page without devices', true, 1103002],
  ])('%s has no devices', async (_, isSecureContext, code) => {
    if (isSecureContext !== undefined) {
      Object.defineProperty(globalThis, 'isSecureContext', { value: isSecureContext, configurable: true });
    }
    for (const source of [{}, { screen: true }]) {
      await expect(capture(source)).rejects.toMatchObject({ name: 'PolyroomError', code });
    }
  });

  test('reports a browser that cannot share the screen', async () => {
    installDevices(newCamera, ['getUserMedia']);
    await expect(capture({ screen: true })).rejects.toMatchObject({ code: 1103043 });
  });

  test.each<[string, number, number]>([
    ['NotAllowedError', 1103064, 1103042],
    ['SecurityError', 1103064, 1103042],
    ['InvalidStateError', 1103064, 1103042],
    ['NotFoundError', 1190801, 1190801],
    ['NotReadableError', 1103065, 1103065],
    ['OverconstrainedError', 1103066, 1103066],
    ['AbortError', 1103061, 1103061],
    ['UnknownError', 1103061, 1103061],
  ])('maps %s to %i for a camera and to %i for the screen', async (name, cameraCode, screenCode) => {
    installDevices(fail(name, { constraint: 'deviceId' }));
    await expect(capture({})).rejects.toMatchObject({
      name: 'PolyroomError',
      code: cameraCode,
      details: { problem: `${name}: the reason`, constraint: 'deviceId' },
    });
    await expect(capture({ screen: true })).rejects.toMatchObject({
      name: 'PolyroomError',
      code: screenCode,
    });
  });

  test('reports constraints that the browser rejects as an invalid argument', async () => {
    installDevices(() => {
      throw new TypeError('no such aspect ratio');
    });
    await expect(capture({})).rejects.toMatchObject({
      code: 1000017,
      details: { problem: 'TypeError: no such aspect ratio' },
    });
  });
});
