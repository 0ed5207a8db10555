import { beforeEach, describe, expect, test } from '@jest/globals';
import { adminLimits, AppError } from '@polyroom/contracts';
import { setImmediate } from 'node:timers/promises';
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

describe('a caller that signs each request', () => {
  let checks: number;
  let call: (address: string, isRight: boolean) => Promise<number>;
  beforeEach(() => {
    const throttle = new SignInThrottle();
    checks = 0;
    call = async (address, isRight) => {
      try {
        await throttle.run(
          address,
          'caller',
          async () => {
            checks += 1;
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
  });
  const callOften = (address: string, count: number, isRight: boolean) =>
    Promise.all(Array.from({ length: count }, () => call(address, isRight)));

  test('is limited, except at an address with an accepted signature', async () => {
    expect(await call('203.0.113.1', true)).toBe(0);
    expect(new Set(await callOften('203.0.113.1', failuresPerAddress, false))).toEqual(new Set([1190162]));
    expect(await call('203.0.113.1', true)).toBe(0);
    expect(new Set(await callOften('203.0.113.2', failuresPerAddress, false))).toEqual(new Set([1190162]));
    // Also while another request of the same caller is checked.
    const refused = [call('203.0.113.2', false), call('203.0.113.2', true)];
    expect(await Promise.all(refused)).toEqual([1190111, 1190111]);
  });

  test('gets no more wrong signatures checked if it sends them at once', async () => {
    const codes = await callOften('203.0.113.1', 3 * failuresPerAddress, false);
    expect(checks).toBe(failuresPerAddress);
    expect(codes.filter((code) => code === 1190162)).toHaveLength(failuresPerAddress);
    expect(codes.filter((code) => code === 1190111)).toHaveLength(2 * failuresPerAddress);
  });

  test('gets right requests checked after the failure of one that does not count', async () => {
    const throttle = new SignInThrottle();
    const send = (code: 'SIGNATURE_EXPIRED' | undefined) =>
      throttle.run(
        '203.0.113.1',
        'caller',
        async () => {
          await setImmediate();
          if (code !== undefined) {
            throw new AppError(code);
          }
        },
        { isName: true, isFailure: (error) => AppError.is(error, 'SIGNATURE_INCORRECT') },
      );
    const others = Array.from({ length: 3 * failuresPerAddress - 1 }, () => undefined);
    const sent = await Promise.allSettled(['SIGNATURE_EXPIRED' as const, ...others].map(send));
    const refused = sent.flatMap(({ status, reason }: { status: string; reason?: AppError }) =>
      status === 'rejected' ? [reason!.code] : [],
    );
    expect(refused).toEqual([1190163]);
  });

  test('may send many right requests at once before the first is accepted', async () => {
    const codes = await callOften('203.0.113.1', 3 * failuresPerAddress, true);
    expect(new Set(codes)).toEqual(new Set([0]));
  });
});

test('answers a failure after the same time', async () => {
  const { signIn } = createSignIn();
  const startedAtMs = performance.now();
  await signIn('203.0.113.1', 'wrong');
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(failureReplyMs - 1);
});
