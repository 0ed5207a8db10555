import { expect, describe, test } from '@jest/globals';
import { nativeCalls, ZegoExpressEngine as NativeEngine } from './native/index.js';
import { webCalls, type ZegoCall, ZegoExpressEngine as WebEngine } from './web/index.js';

const core = ['room', 'stream', 'message', 'token'];

describe.each<[string, Record<string, ZegoCall>]>([
  ['native SDKs', nativeCalls],
  ['Web SDK', webCalls],
])('of the calls of ZEGO’s %s', (_, calls) => {
  test('at least 95 % of those for rooms, streams, messages and tokens are the same', () => {
    const chosen = Object.values(calls).filter(({ category }) => core.includes(category));
    const same = chosen.filter(({ status }) => status === 'same');
    expect(chosen.length).toBeGreaterThan(30);
    expect(same.length / chosen.length).toBeGreaterThanOrEqual(0.95);
  });

  test('each one that differs or is absent says how, or what replaces it', () => {
    const others = Object.entries(calls).filter(([, { status }]) => status !== 'same');
    expect(others.filter(([, { note = '' }]) => note.length < 10)).toEqual([]);
  });

  test('each one for devices works, or names its replacement', () => {
    const silent = Object.entries(calls).filter(
      ([, { category, note, status }]) =>
        category === 'device' && status !== 'same' && (note === undefined || /does nothing/.test(note)),
    );
    expect(silent).toEqual([]);
  });
});

test('static calls of ZEGO’s SDKs that are absent name their replacement', () => {
  expect(() => WebEngine.use()).toThrow(expect.objectContaining({ code: 1000010 }));
  expect(() => WebEngine.setGeoFence()).toThrow(/name the gateways of the region/);
  expect(WebEngine.presetLogConfig()).toBe(true);
  expect(typeof NativeEngine.getVersion).toBe('function');
});
