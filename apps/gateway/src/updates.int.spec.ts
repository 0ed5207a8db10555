import { describe, expect, test } from '@jest/globals';
import { AppError } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { adminToken, appId } from '../test/fake-cluster.js';
import { type RawClient } from '../test/raw-client.js';
import { useGateway } from '../test/use-gateway.js';

const used = useGateway();
const named = (userName: string): Record<string, unknown> => ({ user: { userId: 'u', userName } });

function permits(): Record<string, unknown>[] {
  return used.cluster.calls.flatMap(({ method, request }) => (method === 'permitUpdate' ? [request] : []));
}

/** Waits until the gateway knows whether the AppID has moderation, and so whether it sends names to it. */
async function waitUntilHeard(isModerated: boolean): Promise<void> {
  used.cluster.moderatedAppIds = isModerated ? [appId] : [];
  let user = 0;
  await waitFor(
    async () => {
      const before = permits().length;
      const client = await used.connectTo('waiting', `waiting-${++user}`);
      await client.close();
      return permits().length > before === isModerated;
    },
    { timeoutMs: 5000, describe: 'the report of the messaging service' },
  );
  used.cluster.calls.length = 0;
}

describe('a user name', () => {
  test('is counted without moderation only when it changes', async () => {
    await waitUntilHeard(false);
    const first = await used.connectTo('r1', 'u', named('Ada'));
    await first.login('r2', 'u', named('Ada'));
    await first.close();
    await used.connectTo('r1', 'u', named('Ada'));
    expect(permits()).toEqual([]);
    await used.connectTo('r1', 'u', named('Bob'));
    expect(permits()).toMatchObject([
      { appId, roomId: 'r1', kind: 'userName', from: { userId: 'u' }, texts: [{ content: 'Bob' }] },
    ]);
    used.cluster.onPermitUpdate = () => {
      throw new AppError('IM_BROADCAST_MESSAGE_QPS_OVERLOAD');
    };
    const logins = used.cluster.countCalls('login');
    for (const userName of ['Cleo', 'Dora']) {
      const client = await used.connect();
      expect((await client.login('r1', 'u', named(userName))).error?.code).toBe(1009015);
    }
    expect(used.cluster.countCalls('login')).toBe(logins);
    await used.connectTo('r1', 'u', named('Bob'));
  });

  test('is moderated once, shown as rewritten, and still matches the session’s name', async () => {
    await waitUntilHeard(true);
    used.cluster.onPermitUpdate = () => ['****'];
    const client = await used.connect();
    const rooms = ['r1', 'r2', 'r3'];
    const answers = await Promise.all(rooms.map((roomId) => client.login(roomId, 'u', named('rude'))));
    expect(answers.flatMap(({ error }) => error ?? [])).toEqual([]);
    await client.close();
    await used.connectTo('r1', 'u', named('rude'));
    expect(permits()).toHaveLength(1);
    const logins = used.cluster.calls.filter(({ method }) => method === 'login');
    expect(logins).toHaveLength(4);
    for (const { request } of logins) {
      expect(request).toMatchObject({ sessionUserName: '****', user: { userId: 'u', userName: '****' } });
    }
  });
});

describe('an attribute', () => {
  const change = (client: RawClient, value: string) =>
    client.ask('room.setAttributes', { roomId: 'r1', changes: [{ key: 'k', value }] });

  test('that is refused is not sent to the room service', async () => {
    const client = await used.connectTo('r1', 'u');
    used.cluster.onPermitUpdate = () => {
      throw new AppError('IM_MESSAGE_REFUSED');
    };
    expect((await change(client, 'x')).error?.code).toBe(1190501);
    expect(used.cluster.countCalls('setRoomAttributes')).toBe(0);
  });

  test('is set to the moderated value, over REST too', async () => {
    const client = await used.connectTo('r1', 'u');
    used.cluster.onPermitUpdate = ({ texts }) => texts.map(({ key }) => `${key} rewritten`);
    expect((await change(client, 'x')).result).toMatchObject({ attributes: [{ value: 'k rewritten' }] });
    const response = await fetch(
      `http://127.0.0.1:${used.gateway.port}/v1/apps/${appId}/rooms/r1/attributes`,
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ changes: [{ key: 'topic', value: 'x' }] }),
      },
    );
    expect(await response.json()).toMatchObject({ attributes: [{ value: 'topic rewritten' }] });
    expect(used.cluster.calls.findLast(({ method }) => method === 'permitUpdate')).toMatchObject({
      request: { from: { userId: '$system' } },
      statement: `alice rooms:write ${appId}`,
    });
  });

  test('keeps the order of a session’s changes, regardless of how long moderation takes', async () => {
    const client = await used.connectTo('r1', 'u');
    used.cluster.onPermitUpdate = async ({ texts }) => {
      if (texts[0]!.content === 'first') {
        const isComplete = (): boolean => permits().filter(({ kind }) => kind === 'attribute').length === 3;
        await waitFor(isComplete, { describe: 'all changes to be moderated' });
      }
      return texts.map(({ content }) => content);
    };
    await Promise.all(['first', 'second', 'third'].map((value) => change(client, value)));
    const changes = used.cluster.calls.filter(({ method }) => method === 'setRoomAttributes');
    expect(changes.map(({ request }) => request.changes)).toMatchObject([
      [{ value: 'first' }],
      [{ value: 'second' }],
      [{ value: 'third' }],
    ]);
  });
});

test('moderates the extra info of a stream before showing it, and requests nothing without extra info', async () => {
  const client = await used.connectTo('r1', 'u');
  const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };
  await client.ask('stream.publish', { streamId: 's1', channel: 0, roomId: 'r1' });
  await client.ask('stream.produce', { streamId: 's1', kind: 'audio', rtpParameters });
  const share = (extraInfo?: string) =>
    client.ask('stream.share', { streamId: 's1', roomId: 'r1', extraInfo });
  const before = permits().length;
  used.cluster.onPermitUpdate = () => {
    throw new AppError('IM_MESSAGE_REFUSED');
  };
  expect((await share('rude')).error?.code).toBe(1190501);
  expect(used.cluster.countCalls('shareStream')).toBe(0);
  expect((await share()).error).toBeUndefined();
  expect(permits()).toHaveLength(before + 1);
  used.cluster.onPermitUpdate = () => ['polite'];
  expect((await share('rude')).error).toBeUndefined();
  const last = used.cluster.calls.findLast(({ method }) => method === 'shareStream');
  expect(last?.request).toMatchObject({ extraInfo: 'polite' });
});

test('moderates the extra info of a shown stream, and keeps the order of its changes', async () => {
  const client = await used.connectTo('r1', 'u');
  const rtpParameters = { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] };
  await client.ask('stream.publish', { streamId: 's2', channel: 0, roomId: 'r1' });
  await client.ask('stream.produce', { streamId: 's2', kind: 'audio', rtpParameters });
  await client.ask('stream.share', { streamId: 's2', roomId: 'r1' });
  const set = (extraInfo: string) => client.ask('stream.setExtraInfo', { streamId: 's2', extraInfo });
  used.cluster.onPermitUpdate = () => {
    throw new AppError('IM_MESSAGE_REFUSED');
  };
  expect((await set('rude')).error?.code).toBe(1190501);
  expect(used.cluster.countCalls('updateStream')).toBe(0);
  const before = permits().length;
  used.cluster.onPermitUpdate = async ({ texts }) => {
    if (texts[0]!.content === 'first') {
      await waitFor(() => permits().length === before + 2, { describe: 'the second text' });
    }
    return texts.map(({ content }) => `polite ${content}`);
  };
  await Promise.all([set('first'), set('second')]);
  const changes = used.cluster.calls.filter(({ method }) => method === 'updateStream');
  expect(changes.map(({ request }) => request['rooms'])).toEqual([
    [{ roomId: 'r1', extraInfo: 'polite first' }],
    [{ roomId: 'r1', extraInfo: 'polite second' }],
  ]);
});
