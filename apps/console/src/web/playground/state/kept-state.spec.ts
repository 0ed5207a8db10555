import { beforeEach, describe, expect, test } from '@jest/globals';
import { readAddress } from './address.js';
import { keepState, restoreState, type TabStorage } from './kept-state.js';
import { type PageState, reducePage } from './page-state.js';

const demo = { appId: 42, appSign: 'a'.repeat(64), name: 'Demo' };
let kept: Map<string, string>;
let storage: TabStorage;
beforeEach(() => {
  kept = new Map();
  storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
});

const open = (hash: string): PageState => restoreState(readAddress(hash), storage, [demo], 'guest-1');

describe('the first load', () => {
  test('shows the form with the first demo app and a guest', () => {
    expect(open('')).toMatchObject({
      isIn: false,
      appId: '42',
      userId: 'guest-1',
      roomIds: [],
      roomMode: 'multi',
    });
  });

  test('of an invitation shows the form with its rooms', () => {
    expect(open('#appId=42&room=stage')).toMatchObject({
      isIn: false,
      userId: 'guest-1',
      roomIds: ['stage'],
    });
  });

  test('of a link with a user joins at once', () => {
    expect(open('#appId=42&user=ada&room=stage')).toMatchObject({
      isIn: true,
      userId: 'ada',
      roomIds: ['stage'],
    });
  });

  test.each([
    ['an AppSign', '&appSign=secret', true],
    ['a token', '&token=secret', true],
    ['no credentials', '', false],
  ])('of a link to another app with %s', (_what, credentials, isIn) => {
    expect(open(`#appId=7&user=ada&room=stage${credentials}`)).toMatchObject({ isIn, appId: '7' });
  });
});

describe('a reload', () => {
  const used = (hash: string): PageState =>
    reducePage(reducePage(open(hash), { type: 'show', roomId: 'stage', isShown: true }), {
      ...{ type: 'mute', roomId: 'stage', kind: 'audio', isMuted: true },
    });

  test('keeps what is published, muted and played, and the credentials', () => {
    const state = used('#appId=7&appSign=secret&user=ada&room=stage&room=hall');
    const hash = keepState(state, storage);
    expect(hash).toBe('#appId=7&user=ada&room=stage&room=hall');
    expect(open(hash)).toEqual(state);
  });

  test('shares no screen without a click', () => {
    const state = reducePage(used('#user=ada&room=stage'), { type: 'source', source: 'screen' });
    expect(open(keepState(state, storage))).toMatchObject({ source: undefined, shownIn: ['stage'] });
  });

  test('with another user or another app starts afresh', () => {
    keepState(used('#appId=7&appSign=secret&user=ada&room=stage'), storage);
    expect(open('#appId=7&user=bob&room=stage')).toMatchObject({
      isIn: true,
      source: undefined,
      shownIn: [],
    });
    expect(open('#appId=42&user=ada&room=stage')).toMatchObject({
      appSign: '',
      token: '',
      shownIn: [],
      muted: {},
    });
  });

  test('after all rooms are left shows the form with the same user', () => {
    const state = reducePage(used('#user=ada&room=stage'), { type: 'leaveAll' });
    const hash = keepState(state, storage);
    expect(hash).toBe('#appId=42');
    expect(open(hash)).toMatchObject({ isIn: false, userId: 'ada', roomIds: [] });
  });

  test('of a page without storage, or with a damaged one, uses the address', () => {
    kept.set('polyroom.playground', '{');
    const refusing: TabStorage = {
      ...storage,
      setItem: () => {
        throw new Error('full');
      },
    };
    const hash = keepState(open('#user=ada&room=stage'), refusing);
    expect(open(hash)).toMatchObject({ isIn: true, userId: 'ada', roomIds: ['stage'] });
  });
});
