import { describe, expect, it } from '@jest/globals';
import { signWebhook, signZegoCallback, verifyWebhook, verifyZegoCallback } from './webhooks.js';

const secret = 'w'.repeat(32);
const newSecret = 'n'.repeat(32);
const nowMs = 1_800_000_000_000;
const body = '{"room":"café"}';
const header = signWebhook({ body, secrets: [secret], nowMs });
const request = { header, body, secret, nowMs };
const refused = (reason: string) => expect.objectContaining({ name: 'WebhookSignatureError', reason });

describe('verifyWebhook', () => {
  it('accepts a signed body as text and as bytes', () => {
    verifyWebhook(request);
    verifyWebhook({ ...request, body: new TextEncoder().encode(body) });
  });

  it('accepts both secrets of a rotation', () => {
    const rotating = { ...request, header: signWebhook({ body, secrets: [secret, newSecret], nowMs }) };
    verifyWebhook(rotating);
    verifyWebhook({ ...rotating, secret: newSecret });
  });

  it.each([
    ['another body', { body: '{}' }, 'mismatch'],
    ['another secret', { secret: newSecret }, 'mismatch'],
    ['no header', { header: undefined }, 'malformed'],
    ['another header', { header: 'sha256=00' }, 'malformed'],
    ['a time more than 5 minutes ago', { nowMs: nowMs + 300_001 }, 'stale'],
    ['a time more than 5 minutes ahead', { nowMs: nowMs - 300_001 }, 'stale'],
    ['a time before the tolerance', { nowMs: nowMs + 11_000, toleranceSeconds: 10 }, 'stale'],
  ])('refuses %s', (_what, altered, reason) => {
    expect(() => verifyWebhook({ ...request, ...altered })).toThrow(refused(reason));
  });

  it.each([
    [{ body: { room: 'parsed' } }, 'body'],
    [{ secret: 'short' }, 'secret'],
    [{ toleranceSeconds: 0 }, 'toleranceSeconds'],
    [{ tolerance: 10 }, 'tolerance'],
  ])('names the argument of %j', (wrong, argument) => {
    const call = (): void => verifyWebhook({ ...request, ...(wrong as object) });
    expect(call).toThrow(expect.objectContaining({ name: 'ArgumentError', argument }));
  });
});

describe('signWebhook', () => {
  it.each([
    [{ secrets: [] }, 'secrets'],
    [{ secrets: [secret, ''] }, 'secrets[1]'],
  ])('names the argument of %j', (wrong, argument) => {
    const call = (): string => signWebhook({ body, ...wrong });
    expect(call).toThrow(expect.objectContaining({ name: 'ArgumentError', argument }));
  });
});

describe('verifyZegoCallback', () => {
  // The example of ZEGO's documentation.
  const callback = {
    callbackSecret: 'secret',
    timestamp: 1470820198,
    nonce: 123412,
    signature: '5bd59fd62953a8059fb7eaba95720f66d19e4517',
    nowMs: 1_470_820_198_000,
  };

  it("accepts ZEGO's example, with numbers and with strings", () => {
    expect(signZegoCallback('secret', 1470820198, 123412)).toBe(callback.signature);
    verifyZegoCallback(callback);
    verifyZegoCallback({ ...callback, timestamp: '1470820198', nonce: '123412' });
  });

  it.each([
    ['another secret', { callbackSecret: 'other' }, 'mismatch'],
    ['another nonce', { nonce: 123413 }, 'mismatch'],
    ['no signature', { signature: undefined }, 'malformed'],
    ['a time long ago', { nowMs: nowMs }, 'stale'],
  ])('refuses %s', (_what, altered, reason) => {
    expect(() => verifyZegoCallback({ ...callback, ...altered })).toThrow(refused(reason));
  });

  it('names an empty secret', () => {
    expect(() => verifyZegoCallback({ ...callback, callbackSecret: '' })).toThrow(
      expect.objectContaining({ argument: 'callbackSecret' }),
    );
  });
});
