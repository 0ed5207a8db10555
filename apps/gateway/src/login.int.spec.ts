import { describe, expect, test } from '@jest/globals';
import { AppError, clientLeaveCloseCode, goingAwayCloseCode, socketLimits } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { nodeId } from '../test/fake-cluster.js';
import { gatewayId, useGateway } from '../test/use-gateway.js';

const used = useGateway();

describe('login', () => {
  test('opens one session for 200 concurrent logins on one socket', async () => {
    const client = await used.connect();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => client.login(`r${index}`, 'u')),
    );
    expect(answers.every((answer) => answer.error === undefined)).toBe(true);
    expect(new Set(answers.map((answer) => answer.result?.sessionId)).size).toBe(1);
    expect(answers.filter((answer) => answer.result?.media !== undefined)).toHaveLength(1);
    expect(used.cluster.countCalls('openSession')).toBe(1);
    expect(used.cluster.countCalls('login')).toBe(200);
  });

  test('opens the session with the next login if the first fails, and cleans up after the first', async () => {
    used.cluster.onLogin = ({ roomId }) => {
      if (roomId === 'r0') {
        throw new AppError('ROOM_USER_IN_BLACKLIST');
      }
    };
    const client = await used.connect();
    const [first, second, third] = await Promise.all(
      ['r0', 'r1', 'r2'].map((roomId) => client.login(roomId, 'u')),
    );
    expect(first?.error?.code).toBe(1002066);
    expect(second?.result?.media).toBeDefined();
    expect(third?.result?.media).toBeUndefined();
    expect(third?.result?.sessionId).toBe(second?.result?.sessionId);
    await waitFor(() => used.cluster.countCalls('closeSession') === 1, {
      describe: 'the close',
    });
  });

  test('waits for the answer that a quota refuses it', async () => {
    used.cluster.onLogin = () => {
      throw new AppError('APP_CALL_API_TOO_FREQUENT');
    };
    const client = await used.connect();
    const startedAtMs = performance.now();
    expect((await client.login('r1', 'u')).error?.name).toBe('APP_CALL_API_TOO_FREQUENT');
    // A timer may be a millisecond early.
    expect(performance.now() - startedAtMs).toBeGreaterThan(socketLimits.quotaRefusalDelayMs - 2);
  });

  test('requires later logins to keep app and mode, and leaves another user to the room service to refuse', async () => {
    const client = await used.connectTo('r1', 'u');
    expect((await client.login('r2', 'u', { mode: 'single' })).error?.code).toBe(1000017);
    expect((await client.login('r2', 'u', { appId: 7 })).error?.code).toBe(1000017);
    await client.login('r2', 'v');
    const last = used.cluster.calls.findLast((call) => call.method === 'login')?.request;
    expect(last).toMatchObject({
      session: { userId: 'u' },
      sessionUserName: 'u',
      user: { userId: 'v', userName: 'v' },
      gatewayId,
      nodeId,
    });
  });

  test('sends facts published between subscription and response after it, each once', async () => {
    const stream = (streamId: string) => ({
      streamId,
      user: { userId: 'p', userName: 'p' },
      extraInfo: '',
      kinds: ['audio'],
    });
    used.cluster.onLogin = async ({ roomId }) => {
      used.cluster.publishFact(roomId, { type: 'streamAdded', sessionId: 'se_p', stream: stream('before') });
      await used.cluster.bus.flush();
      // After the snapshot was taken, and sent before the response.
      setImmediate(() =>
        used.cluster.publishFact(roomId, { type: 'streamAdded', sessionId: 'se_p', stream: stream('after') }),
      );
    };
    const client = await used.connectTo('r1', 'u', { config: { isUserStatusNotify: true } });
    await client.waitForEvent('room.streamUpdate');
    await client.ask('room.logout', { roomId: 'r1' });
    expect(client.frames[0]?.result).toBeDefined();
    const streamIds = client
      .events('room.streamUpdate')
      .flatMap((data) => (data.streams as Array<{ streamId: string }>).map(({ streamId }) => streamId));
    expect(streamIds).toEqual(['after']);
    expect(client.events('room.userUpdate')).toEqual([]);
  });

  test('ends the session with its last room, and lets the socket open another one', async () => {
    const client = await used.connect();
    const first = await client.login('r1', 'u');
    await client.ask('room.logout', { roomId: 'r1' });
    expect(used.cluster.countCalls('endSession')).toBe(1);
    expect(used.cluster.countCalls('closeSession')).toBe(1);
    const second = await client.login('r1', 'u');
    expect(second.result?.media).toBeDefined();
    expect(second.result?.sessionId).not.toBe(first.result?.sessionId);
  });

  test.each(['before', 'after'])(
    'opens the next session if a logout of the last room overtakes the login and is answered %s it',
    async (order) => {
      const client = await used.connect();
      const first = await client.login('r1', 'u');
      const [ended, refused] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      used.cluster.onLogout = async () => {
        ended.resolve();
        if (order === 'after') {
          await refused.promise;
        }
      };
      used.cluster.onLogin = async ({ session }) => {
        if (session.sessionId === first.result?.sessionId) {
          await ended.promise;
          setImmediate(refused.resolve);
          throw new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT');
        }
      };
      const [next, other, left] = await Promise.all([
        client.login('r2', 'u'),
        client.login('r3', 'u'),
        client.ask('room.logout', { roomId: 'r1' }),
      ]);
      expect(left.error).toBeUndefined();
      expect(next.result?.sessionId).not.toBe(first.result?.sessionId);
      expect(other.result?.sessionId).toBe(next.result?.sessionId);
      expect([next, other].filter(({ result }) => result?.media !== undefined)).toHaveLength(1);
    },
  );

  test('refuses a login whose session has ended while it is in a room', async () => {
    const client = await used.connectTo('r1', 'u');
    used.cluster.onLogin = () => {
      throw new AppError('ROOM_SESSION_EXCEPTION_KICKED_OUT');
    };
    expect((await client.login('r2', 'u')).error?.code).toBe(1002057);
    expect(used.cluster.countCalls('openSession')).toBe(1);
  });

  test('retries a login if a media node refuses a session once, such as while its workers are replaced', async () => {
    let refusals = 1;
    used.cluster.onOpenSession = () => {
      if (refusals > 0) {
        refusals -= 1;
        throw new AppError('MEDIA_NODE_UNAVAILABLE');
      }
    };
    const client = await used.connect();
    expect((await client.login('r1', 'alice')).result?.media).toBeDefined();
    expect(used.cluster.countCalls('openSession')).toBe(2);
    expect(used.cluster.countCalls('login')).toBe(1);
  });

  test('fails a login if the media node keeps refusing, and reverts the membership', async () => {
    used.cluster.onOpenSession = () => {
      throw new AppError('MEDIA_NODE_UNAVAILABLE');
    };
    const client = await used.connect();
    expect((await client.login('r1', 'alice')).error?.code).toBe(1190301);
    await waitFor(() => used.cluster.countCalls('endSession') === 1, {
      describe: 'the membership to be reverted',
    });
  });

  test('retries ending a session, or suspends it with its socket', async () => {
    const client = await used.connectTo('r1', 'alice');
    used.cluster.onEndSession = () => {
      throw new AppError('ROOM_INNER_ERROR');
    };
    expect((await client.ask('room.logout', {})).error?.code).toBe(1002099);
    expect((await client.login('r2', 'alice')).error).toBeUndefined();
    expect(used.cluster.countCalls('openSession')).toBe(1);
    const before = used.cluster.countCalls('suspendSession');
    await client.close();
    await waitFor(() => used.cluster.countCalls('suspendSession') === before + 1, {
      timeoutMs: 5000,
      describe: 'the session to be suspended',
    });
    used.cluster.onEndSession = () => {};
  });

  test('suspends the session of a closed socket', async () => {
    const client = await used.connectTo('r1', 'u');
    await client.close();
    await waitFor(() => used.cluster.countCalls('suspendSession') === 1, {
      describe: 'suspension',
    });
    expect(used.cluster.countCalls('endSession')).toBe(0);
  });

  test.each([
    ['the client closes its socket for good', clientLeaveCloseCode],
    ['the browser closes it because the page navigates', goingAwayCloseCode],
  ])('ends the session at once if %s', async (_reason, code) => {
    const client = await used.connectTo('r1', 'u');
    await client.closeWith(code);
    await waitFor(() => used.cluster.countCalls('endSession') === 1, { describe: 'the end of the session' });
    await waitFor(() => used.cluster.countCalls('closeSession') === 1, { describe: 'the end of its media' });
    expect(used.cluster.countCalls('suspendSession')).toBe(0);
  });

  test('leaves no session behind if the client leaves during its first login', async () => {
    let answerLogin = (): void => {};
    used.cluster.onLogin = () => new Promise<void>((resolve) => (answerLogin = resolve));
    const client = await used.connect();
    void client.login('r1', 'u').catch(() => undefined);
    await waitFor(() => used.cluster.countCalls('login') === 1, { describe: 'the login' });
    await client.closeWith(clientLeaveCloseCode);
    answerLogin();
    await waitFor(() => used.cluster.countCalls('endSession') === 1, { describe: 'the end of the session' });
    expect(used.cluster.countCalls('suspendSession')).toBe(0);
  });

  test('suspends a session that cannot be ended when its client leaves', async () => {
    const client = await used.connectTo('r1', 'u');
    used.cluster.onEndSession = () => {
      throw new AppError('ROOM_INNER_ERROR');
    };
    await client.closeWith(clientLeaveCloseCode);
    await waitFor(() => used.cluster.countCalls('suspendSession') === 1, { describe: 'the suspension' });
  });

  test('closes sockets with 4000 and suspends their sessions on shutdown', async () => {
    const client = await used.connectTo('r1', 'u');
    await used.gateway.close();
    await waitFor(() => client.closeCode === 4000, { describe: 'the close code' });
    expect(used.cluster.countCalls('suspendSession')).toBe(1);
  });
});
