import { expect, test } from '@jest/globals';
import { directions } from './network.js';
import { readOptions, targets } from './options.js';

test('cuts everything off in every direction by default, or what is named', () => {
  expect(readOptions([])).toMatchObject({ targets, directions, seconds: 30 });
  expect(readOptions(['--only', 'media,nats', '--directions', 'out', '--seconds', '9'])).toMatchObject({
    targets: ['media', 'nats'],
    directions: ['out'],
    seconds: 9,
  });
});

test('names the argument that is wrong', () => {
  expect(() => readOptions(['--only', 'media,chat'])).toThrow('--only: "chat" is none of gateway, room');
  expect(() => readOptions(['--directions', 'up'])).toThrow('--directions: "up" is none of both, in, out');
  expect(() => readOptions(['--seconds', '0'])).toThrow('--seconds: expected a whole number');
});
