import { expect, test } from '@jest/globals';
import { fuzzNode } from './fuzz.js';

test('answers hostile requests with a code, and no worker crashes', async () => {
  const { deaths, outcomes, uncoded } = await fuzzNode(4000, 7);
  expect(uncoded).toEqual([]);
  expect(deaths).toBe(0);
  // The requests reach deep enough: some succeed, others are refused at each stage.
  for (const outcome of [
    'done',
    'COMMON_ILLEGAL_PARAM',
    'MEDIA_PARAMETERS_INVALID',
    'MEDIA_SESSION_NOT_FOUND',
  ]) {
    expect(outcomes.get(outcome)).toBeGreaterThan(20);
  }
});
