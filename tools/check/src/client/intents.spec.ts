import { expect, test } from '@jest/globals';
import { type Call, type CallFailure } from './calls.js';
import { Intents } from './intents.js';

const refused: CallFailure = { type: 'PolyroomError', errorName: 'ROOM_CONNECT_FAILED', message: 'no' };

/** Notes the calls in this order; those with an error fail. */
function intentsOf(...calls: [Call, CallFailure?][]): Intents {
  const intents = new Intents();
  const settle = calls.map(([call]) => intents.note(call));
  calls.forEach(([, failure], index) => settle[index]!(failure));
  return intents;
}

test('the last call for a room decides, regardless of when the calls settle', () => {
  const join: Call = { kind: 'join', roomId: 'r1' };
  const leave: Call = { kind: 'leave', roomId: 'r1' };
  expect([...intentsOf([join], [leave]).state.roomIds]).toEqual([]);
  expect([...intentsOf([join], [leave], [join]).state.roomIds]).toEqual(['r1']);
  expect([...intentsOf([join], [leave], [join, refused]).state.roomIds]).toEqual([]);
  expect([...intentsOf([join], [{ kind: 'leave' }]).state.roomIds]).toEqual([]);
});

test('a stream ends with its last room, and a failed share does not count', () => {
  const calls: [Call, CallFailure?][] = [
    [{ kind: 'join', roomId: 'r1' }],
    [{ kind: 'join', roomId: 'r2' }],
    [{ kind: 'publish', streamId: 's', roomId: 'r1' }],
    [{ kind: 'share', streamId: 's', roomId: 'r2' }],
    [{ kind: 'leave', roomId: 'r1' }],
  ];
  expect([...intentsOf(...calls).state.publications.get('s')!]).toEqual(['r2']);
  const unshare: Call = { kind: 'unshare', streamId: 's', roomId: 'r2' };
  expect(intentsOf(...calls, [unshare]).state.publications.size).toBe(0);
  // The removal was not answered yet.
  expect([...intentsOf(...calls, [unshare], calls[3]!).state.publications.get('s')!]).toEqual(['r2']);
  calls[3]![1] = refused;
  expect(intentsOf(...calls).state.publications.size).toBe(0);
});

test('a leave ends what is played in the room', () => {
  const { state } = intentsOf(
    [{ kind: 'join', roomId: 'r1' }],
    [{ kind: 'join', roomId: 'r2' }],
    [{ kind: 'subscribe', streamId: 's', roomId: 'r1' }],
    [{ kind: 'subscribe', streamId: 's', roomId: 'r2' }],
    [{ kind: 'leave', roomId: 'r1' }],
  );
  expect([...state.subscriptions.get('s')!]).toEqual(['r2']);
});

test('a call that was superseded by none is a violation, as is an error that is not of the SDK', () => {
  const intents = new Intents();
  const subscribe: Call = { kind: 'subscribe', streamId: 's', roomId: 'r1' };
  const stopped: CallFailure = {
    type: 'PolyroomError',
    errorName: 'PLAYER_STREAM_WAS_NOT_PLAYED',
    message: 'not played',
  };
  expect(intents.note(subscribe)(stopped)).toMatch('no later call ended it');
  const settle = intents.note(subscribe);
  intents.note({ kind: 'unsubscribe', streamId: 's' })(undefined);
  expect(settle(stopped)).toBeUndefined();
  expect(intents.note(subscribe)({ type: 'TypeError', message: 'x is not a function' })).toMatch(
    'no error of the SDK',
  );
});
