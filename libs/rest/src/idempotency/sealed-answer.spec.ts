import { expect, test } from '@jest/globals';
import { SealedAnswer } from './sealed-answer.js';

test('only the same credential and key open an answer', () => {
  const sealed = new SealedAnswer('credential', 'key').seal({ key: 'secret' });
  expect(Buffer.from(sealed, 'base64').toString()).not.toContain('secret');
  expect(new SealedAnswer('credential', 'key').open(sealed)).toEqual({ key: 'secret' });
  expect(() => new SealedAnswer('credential', 'other').open(sealed)).toThrow();
  expect(() => new SealedAnswer('other', 'key').open(sealed)).toThrow();
});
