import { describe, expect, it } from '@jest/globals';
import { AdminTokens } from './admin-tokens.js';

const aliceToken = 'a'.repeat(16);
const bobToken = 'b:colon-inside-16';

describe('AdminTokens', () => {
  it('finds the admin of a token', () => {
    const tokens = AdminTokens.parse(`alice:${aliceToken}, bob:${bobToken}`);
    expect(tokens.findActor(aliceToken)).toBe('alice');
    expect(tokens.findActor(bobToken)).toBe('bob');
    expect(tokens.findActor(`${aliceToken}a`)).toBeUndefined();
    expect(tokens.findActor('')).toBeUndefined();
  });

  it('accepts no token if none is configured', () => {
    expect(AdminTokens.parse('').findActor('')).toBeUndefined();
  });

  it.each([
    ['a short token', 'alice:123456789012345', 'entry 1 is shorter than 16'],
    ['an empty token', 'alice:', 'entry 1 is shorter than 16'],
    ['no name', `:${aliceToken}`, 'no usable name'],
    ['a name and a token in the wrong order', `${aliceToken}:alice`, 'entry 1 is shorter than 16'],
    ['no colon', aliceToken, 'no usable name'],
    ['a shared token', `alice:${aliceToken},bob:${aliceToken}`, 'same token'],
  ])('refuses %s without quoting it', (_what, text, expected) => {
    let message = '';
    try {
      AdminTokens.parse(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(expected);
    expect(message).not.toMatch(/aaaa|12345678/);
  });
});
