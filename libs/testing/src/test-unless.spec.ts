import { expect, test } from '@jest/globals';
import { testUnless } from './test-unless.js';

function register(missing: string | undefined, env: NodeJS.ProcessEnv) {
  const run: { name: string; body: () => Promise<void> }[] = [];
  const skipped: string[] = [];
  const fake = Object.assign((name: string, body: () => Promise<void>) => void run.push({ name, body }), {
    skip: (name: string) => void skipped.push(name),
  });
  testUnless(fake, missing, env)('compiles', async () => {});
  return { run, skipped };
}

test('a test whose language is missing is skipped, and fails where languages are required', async () => {
  const required = { POLYROOM_REQUIRE_LANGUAGES: '1' };
  const missing = 'go is not on PATH';
  expect(register(missing, {})).toEqual({ run: [], skipped: ['compiles (go is not on PATH)'] });
  const { run, skipped } = register(missing, required);
  expect(skipped).toEqual([]);
  await expect(run[0]!.body()).rejects.toThrow('go is not on PATH');
  await expect(register(undefined, required).run[0]!.body()).resolves.toBeUndefined();
});
