import { expect, test } from '@jest/globals';
import { adminLimits, AppError } from '@polyroom/contracts';
import { SignInThrottle } from './sign-in-throttle.js';

const { failuresPerAddress, failureReplyMs } = adminLimits;

function createSignIn() {
  const throttle = new SignInThrottle();
  const checked: string[] = [];
  const signIn = async (address: string, credential: string): Promise<number> => {
    try {
      await throttle.run(address, credential, async () => {
        checked.push(credential);
        await Promise.resolve();
        if (!credential.startsWith('right')) {
          throw new AppError('ADMIN_UNAUTHENTICATED');
        }
      });
      return 0;
    } catch (error) {
      return (error as AppError).code;
    }
  };
  return { checked, signIn };
}

test('refuses more guesses of one address, also if they are made at once, and no other address', async () => {
  const { checked, signIn } = createSignIn();
  const codes = await Promise.all(
    Array.from({ length: 3 * failuresPerAddress }, (_, index) => signIn('203.0.113.1', `wrong${index}`)),
  );
  expect(checked).toHaveLength(failuresPerAddress);
  expect(codes.filter((code) => code === 1190101)).toHaveLength(failuresPerAddress);
  expect(codes.filter((code) => code === 1190111)).toHaveLength(2 * failuresPerAddress);
  expect(await signIn('203.0.113.1', 'right')).toBe(1190111);
  expect(await signIn('203.0.113.2', 'right')).toBe(0);
});

test('counts an IPv6 client by its /64', async () => {
  const { signIn } = createSignIn();
  await Promise.all(
    Array.from({ length: failuresPerAddress }, (_, index) =>
      signIn(`2001:db8::${index + 1}`, `wrong${index}`),
    ),
  );
  expect(await signIn('2001:db8::ffff', 'right')).toBe(1190111);
  expect(await signIn('2001:db8:0:1::1', 'right')).toBe(0);
});

test('checks a credential that was accepted before, and many requests with one at once', async () => {
  const { signIn } = createSignIn();
  const many = Array.from({ length: 3 * failuresPerAddress }, () => signIn('203.0.113.1', 'right'));
  expect(new Set(await Promise.all(many))).toEqual(new Set([0]));
  await Promise.all(
    Array.from({ length: failuresPerAddress }, (_, index) => signIn('203.0.113.1', `wrong${index}`)),
  );
  expect(await signIn('203.0.113.1', 'right')).toBe(0);
  expect(await signIn('203.0.113.1', 'right too')).toBe(1190111);
});

test('limits a caller that signs each request at its address, and not one that has signed rightly', async () => {
  const throttle = new SignInThrottle();
  const call = async (address: string, isRight: boolean): Promise<number> => {
    try {
      await throttle.run(
        address,
        'caller',
        async () => {
          await Promise.resolve();
          if (!isRight) {
            throw new AppError('SIGNATURE_INCORRECT');
          }
        },
        { isName: true },
      );
      return 0;
    } catch (error) {
      return (error as AppError).code;
    }
  };
  const fail = (address: string) =>
    Promise.all(Array.from({ length: failuresPerAddress }, () => call(address, false)));
  expect(await call('203.0.113.1', true)).toBe(0);
  expect(new Set(await fail('203.0.113.1'))).toEqual(new Set([1190162]));
  expect(await call('203.0.113.1', true)).toBe(0);
  expect(new Set(await fail('203.0.113.2'))).toEqual(new Set([1190162]));
  // Also while another request of the same caller is checked.
  const refused = [call('203.0.113.2', false), call('203.0.113.2', true)];
  expect(await Promise.all(refused)).toEqual([1190111, 1190111]);
});

test('answers a failure after the same time', async () => {
  const { signIn } = createSignIn();
  const startedAtMs = performance.now();
  await signIn('203.0.113.1', 'wrong');
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(failureReplyMs - 1);
});
