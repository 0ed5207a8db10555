import { beforeEach, describe, expect, test } from '@jest/globals';
import { AppError, type Grants, roomAdminRpc, roomRpc, type SessionRef } from '@polyroom/contracts';
import { redisKinds, waitFor } from '@polyroom/testing';
import { resumeTokenHash, useRoom } from '../../test/use-room.js';

const expired = 1002056;

describe.each(redisKinds)('on %s Redis', (redisKind) => {
  // A long grace, so that an earlier end is due to the token.
  const used = useRoom({ redisKind, instances: 1, graceMs: 60_000, gatewayLeaseMs: 600 });
  let session: SessionRef;
  beforeEach(() => {
    session = used.session('ada');
  });

  describe('a session without a socket', () => {
    test('ends when its token expires, before its grace, and a resume is refused with 1002056', async () => {
      await login('a', expiringIn(700));
      await used.suspend(session, { attach: 1 });
      await used.whenLeft('ada', 'a');
      expect(await resume()).toBe(expired);
    });

    test('loses the room whose token has expired and keeps the other', async () => {
      await login('a', expiringIn(700));
      await login('b', expiringIn(60_000));
      await used.suspend(session, { attach: 1 });
      await used.whenLeft('ada', 'a');
      expect(await resume()).toMatchObject({
        rooms: [{ roomId: 'b' }],
        lost: [{ roomId: 'a', code: expired }],
      });
      expect(leftRooms()).toEqual(['a']);
    });

    test('ends when its token expires, also if its gateway has crashed', async () => {
      await login('a', expiringIn(1500));
      used.loseGateway(used.gatewayId);
      await used.whenLeft('ada', 'a');
      expect(await resume()).toBe(expired);
    });

    test('keeps a room that it entered with the AppSign', async () => {
      await login('a', {});
      await login('b', expiringIn(300));
      await used.suspend(session, { attach: 1 });
      await used.whenLeft('ada', 'b');
      expect(await resume()).toMatchObject({ rooms: [{ roomId: 'a' }], lost: [{ roomId: 'b' }] });
    });
  });

  describe('a resume', () => {
    test('is refused with 1002056 if every token has expired and the session has not ended yet', async () => {
      await login('a', expiringIn(-1000));
      expect(await resume()).toBe(expired);
    });

    test('restores the rooms whose token is valid and removes the others', async () => {
      await login('a', expiringIn(-1000));
      const epoch = await login('b', expiringIn(60_000));
      expect(await resume()).toMatchObject({
        rooms: [{ roomId: 'b', epoch }],
        lost: [{ roomId: 'a', code: expired }],
      });
      await used.whenLeft('ada', 'a');
      expect(leftRooms()).toEqual(['a']);
    });

    test('restores the grants of a renewed token', async () => {
      const epoch = await login('a', expiringIn(-1000));
      const note = {
        grants: expiringIn(60_000, { streams: ['s'] }),
        isUserStatusNotify: true,
        listenOnly: true,
      };
      await used.bus.request(roomRpc.renewMemberships, { session, rooms: [{ roomId: 'a', epoch, note }] });
      expect(await resume()).toMatchObject({ rooms: [{ roomId: 'a', note }], lost: [] });
    });

    test('checks the secret before it reports an expired token', async () => {
      await login('a', expiringIn(-1000));
      expect(await resume('b'.repeat(64))).toBe(1002033);
    });
  });

  describe('an expiry that a gateway reports', () => {
    test('removes the member and its stream with the reason kicked', async () => {
      const epoch = await login('a', expiringIn(-1000));
      await login('b', expiringIn(60_000));
      await share('s', 'a', epoch);
      await expire('a', epoch);
      await used.whenLeft('ada', 'a');
      expect(used.facts.find(({ fact }) => fact.type === 'streamRemoved')?.fact).toMatchObject({ reason: 4 });
      expect(await listRooms()).toEqual(['b']);
      await waitFor(() => used.expulsions.length > 0, { describe: 'the expulsion event' });
      expect(used.expulsions).toMatchObject([{ roomId: 'a', code: expired }]);
    });

    test('ends the session with its last room', async () => {
      const epoch = await login('a', expiringIn(-1000));
      await share('s', 'a', epoch);
      await expire('a', epoch);
      await used.whenLeft('ada', 'a');
      await waitFor(() => used.expulsions.length > 0, { describe: 'the expulsion event' });
      expect(used.expulsions[0]).toMatchObject({ session, code: expired });
      expect(used.expulsions[0]).not.toHaveProperty('roomId');
      expect(await resume()).toBe(1002052);
      await expire('a', epoch);
    });
  });

  async function login(roomId: string, grants: Grants): Promise<number> {
    const note = { grants, isUserStatusNotify: false };
    return (await used.login(session, roomId, { note })).epoch;
  }

  async function share(streamId: string, roomId: string, epoch: number): Promise<void> {
    const user = { userId: session.userId, userName: session.userId };
    await used.bus.request(roomRpc.claimStream, { session, nodeId: 'nd_1', streamId, channel: 0 });
    const kinds = ['audio' as const];
    await used.bus.request(roomRpc.shareStream, { session, user, epoch, roomId, streamId, kinds });
  }

  async function expire(roomId: string, epoch: number): Promise<void> {
    await used.bus.request(roomRpc.expireMemberships, { session, rooms: [{ roomId, epoch }] });
  }

  /** The reply, or the code of the refusal. */
  async function resume(tokenHash = resumeTokenHash): Promise<unknown> {
    const { gatewayId } = used;
    const request = { session, gatewayId, resumeTokenHash: tokenHash };
    try {
      return await used.bus.request(roomRpc.resumeSession, request);
    } catch (error) {
      if (error instanceof AppError) {
        return error.code;
      }
      throw error;
    }
  }

  function leftRooms(): string[] {
    return used.facts.filter(({ fact }) => fact.type === 'memberLeft').map(({ roomId }) => roomId);
  }

  async function listRooms(): Promise<string[]> {
    const { appId, userId } = session;
    const { rooms } = await used.bus.request(
      roomAdminRpc.listUserRooms,
      { appId, userId },
      { statement: await used.stateAuthority('rooms:read', appId) },
    );
    return rooms.map(({ roomId }) => roomId);
  }
});

function expiringIn(ms: number, more: Grants = {}): Grants {
  return { ...more, expiresAtMs: Date.now() + ms };
}
