import { describe, expect, it } from '@jest/globals';
import { findWebhookProblem, signWebhook } from './webhook-signature.js';
import { findZegoCallbackProblem, signZegoCallback } from './zego-callback-signature.js';

const secret = 'w'.repeat(32);
const newSecret = 'n'.repeat(32);
const seconds = 1_800_000_000;
const body = '{"event":"room_create","room":"café"}';
const header = signWebhook(body, [secret], seconds);
const request = { header, body, secret, toleranceSeconds: 300, nowMs: seconds * 1000 };

describe('the signature of a webhook', () => {
  it('is HMAC-SHA256 over the timestamp and the body', () => {
    // printf '1800000000.{}' | openssl dgst -sha256 -hmac wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww
    expect(signWebhook('{}', [secret], seconds)).toBe(
      't=1800000000,v1=b1fff1c2b4b7551e11c3fd9f41bc2036b94e58b9efa4dc63ce66384aff9c8a8b',
    );
  });

  it('is accepted, over a text and over its bytes', () => {
    expect(findWebhookProblem(request)).toBeUndefined();
    expect(findWebhookProblem({ ...request, body: Buffer.from(body) })).toBeUndefined();
  });

  it('with both secrets of a rotation is accepted with either', () => {
    const rotating = { ...request, header: signWebhook(body, [secret, newSecret], seconds) };
    expect(findWebhookProblem(rotating)).toBeUndefined();
    expect(findWebhookProblem({ ...rotating, secret: newSecret })).toBeUndefined();
    expect(findWebhookProblem({ ...rotating, secret: 'x'.repeat(32) })).toBe('mismatch');
  });

  it('may stand beside schemes of later versions, and after spaces', () => {
    const [time, v1] = header.split(',');
    expect(findWebhookProblem({ ...request, header: `${time}, v2=abc, ${v1}` })).toBeUndefined();
  });

  it.each([
    ['another body', { body: `${body} ` }],
    ['another secret', { secret: newSecret }],
    ['another time', { header: header.replace('t=1800000000', 't=1800000001') }],
    ['another signature', { header: header.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }],
  ])('is refused with %s', (_what, altered) => {
    expect(findWebhookProblem({ ...request, ...altered })).toBe('mismatch');
  });

  it.each([
    ['is empty', ''],
    ['has no time', header.slice(header.indexOf('v1='))],
    ['has two times', `t=1,${header}`],
    ['has no v1', 't=1800000000'],
    ['has a short v1', header.slice(0, -1)],
    ['has a v1 in upper case', header.replace(/v1=.*/, (v1) => `v1=${v1.slice(3).toUpperCase()}`)],
    ['has a time that is no whole number', header.replace('t=1800000000', 't=1.8e9')],
  ])('is malformed if the header %s', (_what, malformed) => {
    expect(findWebhookProblem({ ...request, header: malformed })).toBe('malformed');
  });

  it.each([300, -300])('is accepted %p s from now, and refused a second further', (offset) => {
    const further = offset + Math.sign(offset);
    expect(findWebhookProblem({ ...request, nowMs: (seconds + offset) * 1000 })).toBeUndefined();
    expect(findWebhookProblem({ ...request, nowMs: (seconds + further) * 1000 })).toBe('stale');
  });
});

describe('the secret of a webhook', () => {
  it.each(['', 'short'])('%p neither signs nor verifies', (short) => {
    expect(() => signWebhook(body, [secret, short], seconds)).toThrow('at least 32 bytes');
    expect(() => findWebhookProblem({ ...request, secret: short })).toThrow('at least 32 bytes');
  });

  it('is needed to sign', () => {
    expect(() => signWebhook(body, [], seconds)).toThrow('at least one secret');
  });
});

describe('the signature of a ZEGO callback', () => {
  // The example of ZEGO's documentation.
  const callback = {
    callbackSecret: 'secret',
    timestamp: '1470820198',
    nonce: '123412',
    signature: '5bd59fd62953a8059fb7eaba95720f66d19e4517',
    toleranceSeconds: 300,
    nowMs: 1_470_820_198_000,
  };

  it("is that of ZEGO's example", () => {
    expect(signZegoCallback('secret', '1470820198', '123412')).toBe(callback.signature);
    expect(findZegoCallbackProblem(callback)).toBeUndefined();
  });

  it.each([
    ['another secret', { callbackSecret: 'other' }, 'mismatch'],
    ['another time', { timestamp: '1470820199' }, 'mismatch'],
    ['another nonce', { nonce: '123413' }, 'mismatch'],
    ['another signature', { signature: '5bd59fd62953a8059fb7eaba95720f66d19e4518' }, 'mismatch'],
    ['no signature', { signature: '' }, 'malformed'],
    ['a time that is no number', { timestamp: 'now' }, 'malformed'],
    ['a time long ago', { nowMs: 1_470_820_499_000 }, 'stale'],
  ])('is refused with %s', (_what, altered, problem) => {
    expect(findZegoCallbackProblem({ ...callback, ...altered })).toBe(problem);
  });
});
