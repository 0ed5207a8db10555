import { expect, test } from '@jest/globals';
import { fuzzNode } from './fuzz.js';

test('whatever a client sends, every answer has a code and no worker dies of it', async () => {
  const { deaths, outcomes, uncoded } = await fuzzNode(4000, 7);
  expect(uncoded).toEqual([]);
  expect(deaths).toBe(0);
  // It gets deep enough to matter: some requests are done, others refused at each of the gates.
  for (const outcome of [
    'done',
    'COMMON_ILLEGAL_PARAM',
    'MEDIA_PARAMETERS_INVALID',
    'MEDIA_SESSION_NOT_FOUND',
  ]) {
    expect(outcomes.get(outcome)).toBeGreaterThan(20);
  }
}, 60_000);
