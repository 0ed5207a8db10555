import { expect, test } from '@jest/globals';
import { PolyroomError } from '@polyroom/sdk';
import { addNotice, maxNotices, type Notice } from './notices.js';

test('keeps the code of a refusal, and the message of any other failure', () => {
  const error = PolyroomError.of('IM_SEND_FAILED');
  const [refusal, other] = addNotice(addNotice([], 'Message', error), 'Camera', new TypeError('no camera'));
  expect(refusal).toMatchObject({ what: 'Message', error, message: error.message });
  expect(other).toMatchObject({ what: 'Camera', error: undefined, message: 'no camera' });
});

test('shows the same failure once, and the last ones only', () => {
  let notices: readonly Notice[] = [];
  for (const what of ['one', 'two', 'two', 'three', 'four']) {
    notices = addNotice(notices, what, new Error('failed'));
  }
  expect(notices.map(({ what }) => what)).toEqual(['two', 'three', 'four']);
  expect(notices).toHaveLength(maxNotices);
  expect(new Set(notices.map(({ id }) => id)).size).toBe(maxNotices);
});
