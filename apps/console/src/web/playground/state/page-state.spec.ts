import { describe, expect, test } from '@jest/globals';
import { atRest, mutedAtStart, type PageAction, type PageState, reducePage } from './page-state.js';

const identity = {
  ...{ appId: '42', userId: 'ada', userName: '', appSign: '', token: '', gateway: '' },
  roomMode: 'multi',
} as const;

const outside: PageState = { ...identity, ...atRest, isIn: false, camera: undefined, microphone: undefined };

const after = (...actions: PageAction[]): PageState => actions.reduce(reducePage, outside);

const entered: PageAction = { type: 'enter', identity, roomIds: ['stage', 'hall'] };
const show = (roomId: string, isShown = true): PageAction => ({ type: 'show', roomId, isShown });
const mute = (roomId: string, kind: 'audio' | 'video', isMuted = true): PageAction => ({
  ...{ type: 'mute', roomId, kind, isMuted },
});

describe('rooms', () => {
  test('are kept once, in the order in which they are joined', () => {
    const { isIn, roomIds } = after(entered, { type: 'addRooms', roomIds: ['lobby', 'stage'] });
    expect([isIn, roomIds]).toEqual([true, ['stage', 'hall', 'lobby']]);
  });

  test('take with them what was shown, muted and played in them', () => {
    const play: PageAction = { type: 'play', roomId: 'stage', streamId: 'bob-stream', isPlayed: true };
    const state = after(entered, show('stage'), mute('stage', 'audio'), play, {
      type: 'removeRoom',
      roomId: 'stage',
    });
    expect(state).toMatchObject({ roomIds: ['hall'], shownIn: [], muted: {}, played: {}, source: 'camera' });
  });

  test('are all left at once, and nothing is published after the next join', () => {
    const state = after(entered, show('stage'), { type: 'leaveAll' }, entered);
    expect(state).toEqual({ ...outside, isIn: true, roomIds: ['stage', 'hall'] });
  });
});

describe('a move', () => {
  const move = (from: string, to: string): PageAction => ({ type: 'replaceRoom', from, to });

  test('takes the stream and its mutes to the other room, at the place of the former one', () => {
    const state = after(entered, show('stage'), mute('stage', 'video'), move('stage', 'lobby'));
    expect(state).toMatchObject({
      roomIds: ['lobby', 'hall'],
      shownIn: ['lobby'],
      muted: { lobby: ['video'] },
    });
    expect(state.muted).not.toHaveProperty('stage');
  });

  test('shows nothing in the other room that was not shown in the former one', () => {
    expect(after(entered, show('hall'), move('stage', 'lobby')).shownIn).toEqual(['hall']);
  });

  test('into a room that is on the page merges the two', () => {
    const state = after(entered, show('stage'), show('hall'), move('stage', 'hall'));
    expect(state).toMatchObject({ roomIds: ['hall'], shownIn: ['hall'] });
  });
});

describe('a ticked room', () => {
  test('starts the camera, unless something is published already', () => {
    expect(after(entered, show('stage')).source).toBe('camera');
    expect(after(entered, { type: 'source', source: 'screen' }, show('stage')).source).toBe('screen');
  });

  test('that is ticked again has no mutes', () => {
    const state = after(entered, show('stage'), mute('stage', 'audio'), show('stage', false), show('stage'));
    expect(state).toMatchObject({ shownIn: ['stage'], muted: {} });
  });
});

test('a stream starts with the kinds muted that any of its rooms mutes', () => {
  const state = after(entered, show('stage'), show('hall'), mute('stage', 'audio'), mute('lobby', 'video'));
  expect(mutedAtStart(state)).toEqual(['audio']);
  expect(mutedAtStart(reducePage(state, mute('stage', 'audio', false)))).toEqual([]);
});
