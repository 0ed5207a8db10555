import { afterEach, expect, test } from '@jest/globals';
import { installNetwork } from '../../test/fake-network.js';
import { NetworkWatch } from './network-watch.js';

let uninstall: () => void;
afterEach(() => uninstall?.());

test('it tells of being online again and of another type of network, and of nothing else', () => {
  const network = installNetwork('wifi');
  uninstall = network.uninstall;
  let changes = 0;
  const watch = new NetworkWatch(() => (changes += 1));
  network.change('wifi');
  expect(changes).toBe(0);
  network.change('cellular');
  expect(changes).toBe(1);
  // Gone, which is no network to look for a path on; then there again.
  network.change('none');
  expect(changes).toBe(1);
  network.change('cellular');
  expect(changes).toBe(2);
  network.goOnline();
  expect(changes).toBe(3);
  watch.close();
  network.goOnline();
  network.change('wifi');
  expect(changes).toBe(3);
});

test('where nobody knows of the network, nothing is told and nothing fails', () => {
  uninstall = installNetwork(undefined).uninstall;
  const watch = new NetworkWatch(() => {
    throw new Error('nothing has changed');
  });
  watch.close();
});
