import { describe, expect, it } from '@jest/globals';
import { type SealedPlace, SealedValueError, SecretKeys } from './secret-keys.js';

const [first, second] = [SecretKeys.generate(), SecretKeys.generate()];
const place: SealedPlace = { kind: 'serverSecret', appId: 7, id: 'kid' };
const value = 'a-server-secret-of-32-characters';

describe('SecretKeys', () => {
  it('opens what it has sealed, differently each time', () => {
    const keys = SecretKeys.parse(first);
    const [one, other] = [keys.seal(place, value), keys.seal(place, value)];
    expect(one).not.toBe(other);
    expect([keys.open(place, one), keys.open(place, other)]).toEqual([value, value]);
    expect(one).not.toContain(Buffer.from(value).toString('base64url').slice(0, 20));
  });

  it('encrypts with the first key and decrypts with all', () => {
    const old = SecretKeys.parse(first).seal(place, value);
    const rotated = SecretKeys.parse(`${second},\n${first}`);
    expect([rotated.open(place, old), rotated.isCurrent(old)]).toEqual([value, false]);
    const renewed = rotated.seal(place, value);
    expect(rotated.isCurrent(renewed)).toBe(true);
    expect(SecretKeys.parse(second).open(place, renewed)).toBe(value);
    expect(() => SecretKeys.parse(first).open(place, renewed)).toThrow(
      `key ${rotated.currentKeyId}, which is not in POLYROOM_SECRETS_KEY`,
    );
  });

  it.each([
    ['another AppID', { ...place, appId: 8 }],
    ['another secret', { ...place, id: 'other' }],
  ])('refuses a value that was copied to %s', (_what, other) => {
    const keys = SecretKeys.parse(first);
    expect(() => keys.open(other, keys.seal(place, value))).toThrow(SealedValueError);
  });

  it('refuses a value of which any part was changed', () => {
    const keys = SecretKeys.parse(first);
    const parts = keys.seal(place, value).split('.');
    for (const index of parts.keys()) {
      const changed = parts.with(
        index,
        parts[index]!.replace(/^./, (start) => (start === 'A' ? 'B' : 'A')),
      );
      expect(() => keys.open(place, changed.join('.'))).toThrow(SealedValueError);
    }
    expect(() => keys.open(place, parts.slice(0, 3).join('.'))).toThrow(SealedValueError);
    expect(() => keys.open(place, value)).toThrow('of an unknown format');
  });

  it.each([
    ['nothing', ' , ', 'no key'],
    ['a short key', `${first},c2hvcnQ=`, 'entry 2 is not the base64 of 32 bytes'],
    ['another encoding', 'ab'.repeat(32), 'entry 1 is not the base64 of 32 bytes'],
    ['a repeated key', `${first},${first}`, 'same key'],
  ])('refuses %s without quoting it', (_what, text, expected) => {
    let message = '';
    try {
      SecretKeys.parse(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(expected);
    expect(message).not.toMatch(/c2hvcnQ|abab/);
    expect(message).not.toContain(first);
  });
});
