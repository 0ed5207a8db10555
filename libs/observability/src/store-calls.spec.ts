import { afterAll, expect, test } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { register } from 'prom-client';
import { StoreCalls } from './store-calls.js';

const calls = new StoreCalls('polyroom_spec_call', 'calls of the spec', ['command']);
afterAll(() => register.clear());

/** Answered and failed calls of a command. */
async function countsOf(
  command: string,
): Promise<[answered: string | undefined, failed: string | undefined]> {
  const text = await register.metrics();
  const valueOf = (name: string) => new RegExp(`^${name}{command="${command}"} (.+)$`, 'm').exec(text)?.[1];
  return [valueOf('polyroom_spec_call_duration_seconds_count'), valueOf('polyroom_spec_call_failures_total')];
}

test('measures an answer, and passes it on', async () => {
  await expect(calls.measure({ command: 'get' }, Promise.resolve(7))).resolves.toBe(7);
  expect(await countsOf('get')).toEqual(['1', undefined]);
});

test('counts an error of the store, and throws it', async () => {
  const error = new Error('Command timed out');
  await expect(calls.measure({ command: 'set' }, Promise.reject(error))).rejects.toBe(error);
  expect(await countsOf('set')).toEqual([undefined, '1']);
});

test('counts a refusal of the caller as neither', async () => {
  const refusal = new AppError('ADMIN_APP_NOT_FOUND');
  await expect(calls.measure({ command: 'find' }, Promise.reject(refusal))).rejects.toBe(refusal);
  expect(await countsOf('find')).toEqual([undefined, undefined]);
});
