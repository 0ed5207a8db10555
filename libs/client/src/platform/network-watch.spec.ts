import { afterEach, expect, test } from '@jest/globals';
import { installNetwork } from '@polyroom/testing/client';
import { NetworkWatch } from './network-watch.js';
import { detectPlatform } from './detect-platform.js';

let uninstall: () => void;
afterEach(() => uninstall?.());

test('reports only that the device is online again or that its network type changed', () => {
  const network = installNetwork('wifi');
  uninstall = network.uninstall;
  let changes = 0;
  let doubts = 0;
  const watch = new NetworkWatch({
    platform: detectPlatform(),
    onChanged: () => (changes += 1),
    onDoubt: () => (doubts += 1),
  });
  network.change('wifi');
  expect(changes).toBe(0);
  network.change('cellular');
  expect(changes).toBe(1);
  // Offline is not reported; online again is.
  network.change('none');
  expect(changes).toBe(1);
  network.change('cellular');
  expect(changes).toBe(2);
  network.goOnline();
  expect(changes).toBe(3);
  expect(doubts).toBe(0);
  network.goOffline();
  network.showPage();
  expect(doubts).toBe(2);
  expect(changes).toBe(3);
  watch.close();
  network.goOnline();
  network.change('wifi');
  expect(changes).toBe(3);
});

test('reports nothing, without an error, if the API is missing', () => {
  uninstall = installNetwork(undefined).uninstall;
  const unexpected = (): never => {
    throw new Error('nothing has changed');
  };
  const watch = new NetworkWatch({
    platform: detectPlatform(),
    onChanged: unexpected,
    onDoubt: unexpected,
  });
  watch.close();
});
