import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { firstDataChannel } from '@polyroom/contracts';
import { ClientSession } from './client-session.js';
import { Membership } from './membership.js';
import { SessionSlot } from './session-slot.js';

let session: ClientSession;
let released: string[];

beforeEach(() => {
  released = [];
  session = new ClientSession(
    {
      appId: 1,
      mode: 'multi',
      user: { userId: 'ada', userName: 'Ada' },
      gatewayId: 'gw_1',
      appSign: undefined,
      attach: 1,
      resumeTokenHash: '',
      clientAddress: undefined,
    },
    'nd_1',
    undefined as never,
    new SessionSlot<ClientSession>(),
  );
});

function membershipOf(roomId: string, epoch = 1, expiresAtMs?: number): Membership {
  const grants = expiresAtMs === undefined ? {} : { expiresAtMs };
  const subscription = { release: () => void released.push(`${roomId}:${epoch}`) };
  const note = { grants, isUserStatusNotify: false };
  return new Membership({ roomId, epoch, note, requestId: undefined, subscription: subscription as never });
}

function publish(streamId: string, ...roomIds: string[]): void {
  session.publish(streamId, 0);
  session.share(streamId, roomIds);
}

describe('leaving a room', () => {
  test('releases its subscription, removes it from all streams, and returns those shown nowhere else', () => {
    session.enter(membershipOf('a'));
    session.enter(membershipOf('b'));
    publish('only-a', 'a');
    publish('both', 'a', 'b');
    publish('only-b', 'b');
    publish('unshared');
    expect(session.leave('a').map(({ streamId }) => streamId)).toEqual(['only-a']);
    expect(released).toEqual(['a:1']);
    expect(session.memberships.map(({ roomId }) => roomId)).toEqual(['b']);
    expect([...session.getUpstream('both').roomIds]).toEqual(['b']);
  });

  test('keeps the bindings of played streams, which the media node must unbind', () => {
    session.enter(membershipOf('a'));
    session.bind('bob', 'a');
    session.leave('a');
    expect(session.downlinks.streamsOfRoom('a')).toEqual(['bob']);
  });
});

describe('ending the session', () => {
  test('releases all rooms and runs the handlers, once', () => {
    const ended = jest.fn();
    session.whenEnded(ended);
    session.enter(membershipOf('a'));
    session.enter(membershipOf('b'));
    expect(session.end()).toBe(true);
    expect(session.end()).toBe(false);
    expect(ended).toHaveBeenCalledTimes(1);
    expect(released).toEqual(['a:1', 'b:1']);
    expect(session.state).toBe('ended');
    expect(session.memberships).toEqual([]);
  });
});

describe('moving to another media node', () => {
  test('keeps what is published and loses what is played, until the client plays it again', () => {
    session.enter(membershipOf('a'));
    publish('own', 'a');
    session.bind('bob', 'a');
    session.moveTo('nd_2');
    expect(session.nodeId).toBe('nd_2');
    expect(session.findUpstream('own')).toBeDefined();
    expect(session.downlinks.has('bob')).toBe(false);
    expect(session.downlinks.wants('bob')).toBe(true);
    session.unbind('bob');
    expect(session.downlinks.wants('bob')).toBe(false);
  });
});

test('a room whose token is revoked refuses requests with 1190403, also before it is left', () => {
  const membership = membershipOf('a');
  session.enter(membership);
  session.markTokenEnded([membership], 'ROOM_TOKEN_REVOKED');
  const refused = expect.objectContaining({ code: 1190403 });
  expect(() => session.getMembership('a', 'ROOM_ROOMID_INCORRECT')).toThrow(refused);
  session.leave('a');
  expect(() => session.getMembership('a', 'ROOM_ROOMID_INCORRECT')).toThrow(refused);
});

describe('an expired room', () => {
  test('is marked once, refuses requests with 1002056 after it was left, and is usable when entered again', () => {
    const membership = membershipOf('a', 1, Date.now() - 1);
    session.enter(membership);
    session.enter(membershipOf('b'));
    expect(() => session.getMembership('a', 'ROOM_ROOMID_INCORRECT')).toThrow(
      expect.objectContaining({ code: 1002056 }),
    );
    expect(session.markTokenEnded([membership], 'ROOM_TOKEN_EXPIRED_KICKED_OUT')).toEqual([membership]);
    expect(session.markTokenEnded([membership], 'ROOM_TOKEN_EXPIRED_KICKED_OUT')).toEqual([]);
    expect(session.hasOnlyEndedRooms).toBe(false);
    session.leave('a');
    expect(() => session.getMembership('a', 'ROOM_ROOMID_INCORRECT')).toThrow(
      expect.objectContaining({ code: 1002056 }),
    );
    session.enter(membershipOf('a', 2));
    expect(session.getMembership('a', 'ROOM_ROOMID_INCORRECT').epoch).toBe(2);
    expect(session.markTokenEnded([membership], 'ROOM_TOKEN_EXPIRED_KICKED_OUT')).toEqual([]);
  });
});

describe('a published stream', () => {
  test('keeps its state when it is claimed again', () => {
    publish('own', 'a');
    session.addKind('own', 'audio');
    session.publish('own', firstDataChannel);
    expect(session.getUpstream('own')).toMatchObject({ channel: 0, isData: false });
    expect([...session.getUpstream('own').kinds]).toEqual(['audio']);
  });

  test('keeps the mutes of a room apart from those of all rooms, and of operators', () => {
    publish('own', 'a', 'b');
    session.mute('own', undefined, 'video', true);
    session.mute('own', 'a', 'audio', true);
    session.forbid('own', 'b', ['audio']);
    const upstream = session.getUpstream('own');
    expect(upstream.mutes).toEqual([
      { by: 'publisher', roomId: undefined, kind: 'video' },
      { by: 'publisher', roomId: 'a', kind: 'audio' },
      { by: 'operator', roomId: 'b', kind: 'audio' },
    ]);
    expect(upstream.isMutedIn('a', 'audio')).toBe(true);
    expect(upstream.isMutedIn('b', 'audio')).toBe(true);
    expect(upstream.isMutedIn('a', 'video')).toBe(false);
    session.clearMutes('own', 'a');
    session.forbid('own', 'b', []);
    expect(upstream.mutes).toEqual([{ by: 'publisher', roomId: undefined, kind: 'video' }]);
  });

  test('is restored with the mutes of the session that is resumed', () => {
    const mutes = [
      { by: 'publisher' as const, roomId: undefined, kind: 'video' as const },
      { by: 'operator' as const, roomId: 'a', kind: 'audio' as const },
      { by: 'operator' as const, roomId: 'a', kind: 'video' as const },
    ];
    session.restoreUpstream({
      streamId: 'own',
      channel: 1,
      kinds: ['audio', 'video'],
      roomIds: ['a'],
      mutes,
    });
    expect(session.getUpstream('own').mutes).toEqual(mutes);
  });
});
