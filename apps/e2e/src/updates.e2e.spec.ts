import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClientMethod, clientMethods } from '@polyroom/contracts';
import { waitFor } from '@polyroom/testing';
import { type RawClient } from './support/raw-client.js';
import { SharedCluster } from './support/shared-cluster.js';
import { loginParams, type TestApp } from './support/test-cluster.js';

const moderatedAppId = 4343;
const perSecond = 2;
const sends = 10;
let testCluster: SharedCluster;
let moderation: Server;
let limited: TestApp;
let moderated: TestApp;
let messages = 0;

beforeAll(async () => {
  moderation = createServer((request, response) => {
    let text = '';
    request.on('data', (data) => (text += String(data)));
    request.on('end', () => {
      const { content, kind } = JSON.parse(text) as { content: string; kind: string };
      const plain = kind === 'transparent' ? Buffer.from(content, 'base64').toString() : content;
      const verdict =
        plain === 'mild' ? { action: 'rewrite', content: toContent(kind, '****') } : { action: 'allow' };
      response.end(JSON.stringify(plain === 'rude' ? { action: 'refuse' } : verdict));
    });
  });
  testCluster = await SharedCluster.attach();
  const port = testCluster.moderationPortOf(moderatedAppId);
  await new Promise<void>((resolve) => moderation.listen(port, '127.0.0.1', () => resolve()));
  limited = await testCluster.createApp({
    multiRoom: true,
    updatesPerUserPerSecond: perSecond,
    broadcastsPerUserPerSecond: perSecond,
    barragesPerRoomPerSecond: perSecond,
    commandsToManyPerRoomPerSecond: perSecond,
  });
  const { admin } = testCluster.cluster;
  moderated = {
    ...(await admin.createApp({ appId: moderatedAppId, name: 'moderated', credentialKinds: ['appSign'] })),
    appId: moderatedAppId,
  };
  await admin.setEntitlement(moderatedAppId, 'multiRoom', true);
  for (const rate of [
    'updatesPerUserPerSecond',
    'broadcastsPerUserPerSecond',
    'broadcastsPerRoomPerSecond',
  ]) {
    await admin.setEntitlement(moderatedAppId, rate, 0);
  }
});
afterAll(async () => {
  await testCluster?.close();
  moderation?.close();
});

const toContent = (kind: string, text: string): string =>
  kind === 'transparent' ? Buffer.from(text).toString('base64') : text;

async function enter(app: TestApp, roomId: string, userId: string, more: object = {}): Promise<RawClient> {
  const client = await testCluster.connect(0);
  expect(await client.codeOf('room.login', loginParams(app, roomId, userId, { ...more }))).toBe(0);
  return client;
}

/**
 * The texts that each client method sends to other members, by the name in `sendMethods`. A new method must be
 * entered here. `streamId`: an ID is a text too, but is limited in size and rate only.
 */
const textsOf: Record<ClientMethod, readonly string[]> = {
  'room.login': ['userName'],
  'room.logout': [],
  // The user name is that of the session.
  'room.switch': [],
  'room.renewToken': [],
  'room.getSnapshot': [],
  'room.listMembers': [],
  'room.setAttributes': ['attribute'],
  'session.ping': [],
  'session.resume': [],
  'transport.connect': [],
  'transport.restartIce': [],
  'media.renew': [],
  'media.settle': [],
  'stream.publish': [],
  // Media and data are limited on the media node, and are not moderated.
  'stream.produce': [],
  'stream.produceData': [],
  'stream.republish': [],
  'stream.share': ['streamExtraInfo', 'streamId'],
  'stream.unshare': [],
  // Members get the kinds. Their rate is `mutesPerUserPerSecond`.
  'stream.mute': [],
  'stream.setExtraInfo': ['changedExtraInfo'],
  'stream.stopPublish': [],
  'stream.play': [],
  'stream.resume': [],
  'stream.limit': [],
  'stream.stopPlay': [],
  'message.broadcast': ['broadcast'],
  'message.broadcastToRooms': ['broadcastToRooms'],
  'message.barrage': ['barrage'],
  'message.command': ['command'],
  'message.transparent': ['transparent'],
  'message.history': [],
};

/** One way to send a text to other members: its code, and the texts that members have received. */
interface SendMethod {
  kind: string;
  /** The code above the rate; 1009015 unless the rate is that of the room. */
  tooFast?: number;
  /** A text that is too long, and its code. */
  tooLong: [text: string, code: number];
  prepare(app: TestApp, roomId: string): Promise<(text: string) => Promise<number>>;
  textsAt(watcher: RawClient): string[];
}

const longMessage = 'x'.repeat(1025);

/** Stored messages of a kind that a member has received. */
const storedAt =
  (stored: string, decode = (content: string) => content) =>
  (watcher: RawClient): string[] =>
    watcher
      .eventsOf('message.received')
      .flatMap((data) => data['messages'] as { kind: string; content: string }[])
      .filter(({ kind }) => kind === stored)
      .map(({ content }) => decode(content));

/** A message method with `roomId`, `content` and what else it needs. */
const prepareMessage =
  (method: ClientMethod, more: () => object) =>
  async (app: TestApp, roomId: string): Promise<(text: string) => Promise<number>> => {
    const client = await enter(app, roomId, 'sender');
    return (content) => client.codeOf(method, { roomId, content, ...more() });
  };

const newId = () => ({ clientMessageId: `m${++messages}` });

/** Publishes a stream with a track, and returns its ID. */
async function publish(app: TestApp, client: RawClient, roomId: string): Promise<string> {
  const streamId = `stream-${roomId}-${app.appId}`;
  const codecs = [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }];
  const rtpParameters = { mid: '0', codecs, encodings: [{ ssrc: 4711 }] };
  expect(await client.codeOf('stream.publish', { streamId, channel: 0, roomId })).toBe(0);
  expect(await client.codeOf('stream.produce', { streamId, kind: 'audio', rtpParameters })).toBe(0);
  return streamId;
}

const sendMethods: SendMethod[] = [
  {
    kind: 'broadcast',
    tooLong: [longMessage, 1009002],
    prepare: prepareMessage('message.broadcast', newId),
    textsAt: storedAt('broadcast'),
  },
  {
    kind: 'broadcastToRooms',
    tooLong: [longMessage, 1009002],
    prepare: async (app, roomId) => {
      const client = await enter(app, roomId, 'sender');
      return async (content) => {
        const answer = await client.call('message.broadcastToRooms', {
          roomIds: [roomId],
          content,
          ...newId(),
        });
        const [first] = 'result' in answer ? answer.result.results : [];
        return first !== undefined && 'error' in first ? first.error.code : answer.code;
      };
    },
    textsAt: storedAt('broadcast'),
  },
  {
    kind: 'barrage',
    tooFast: 1002072,
    tooLong: [longMessage, 1009002],
    prepare: prepareMessage('message.barrage', () => ({})),
    textsAt: (watcher) =>
      watcher
        .eventsOf('message.barrage')
        .flatMap((data) => (data['messages'] as { content: string }[]).map(({ content }) => content)),
  },
  {
    kind: 'command',
    tooFast: 1002072,
    tooLong: [longMessage, 1009013],
    prepare: prepareMessage('message.command', () => ({ to: [], ...newId() })),
    textsAt: storedAt('command'),
  },
  {
    kind: 'attribute',
    tooLong: ['x'.repeat(1025), 1002016],
    prepare: async (app, roomId) => {
      const client = await enter(app, roomId, 'sender');
      return (value) => client.codeOf('room.setAttributes', { roomId, changes: [{ key: 'k', value }] });
    },
    textsAt: (watcher) =>
      watcher
        .eventsOf('room.attributesUpdate')
        .flatMap(({ attributes }) => (attributes as { value: string }[]).map(({ value }) => value)),
  },
  {
    kind: 'streamExtraInfo',
    tooLong: ['x'.repeat(1025), 1003051],
    prepare: async (app, roomId) => {
      const client = await enter(app, roomId, 'sender');
      const streamId = await publish(app, client, roomId);
      const elsewhere = `${roomId}-elsewhere`;
      expect(await client.codeOf('room.login', loginParams(app, elsewhere, 'sender'))).toBe(0);
      // Shared here as well, so that it does not end when it is removed from the room.
      expect(await client.codeOf('stream.share', { streamId, roomId: elsewhere })).toBe(0);
      return async (extraInfo) => {
        const code = await client.codeOf('stream.share', { streamId, roomId, extraInfo });
        if (code === 0) {
          expect(await client.codeOf('stream.unshare', { streamId, roomId })).toBe(0);
        }
        return code;
      };
    },
    textsAt: (watcher) =>
      watcher
        .eventsOf('room.streamUpdate')
        .filter(({ update }) => update === 'add')
        .flatMap(({ streams }) => (streams as { extraInfo: string }[]).map(({ extraInfo }) => extraInfo)),
  },
  {
    kind: 'changedExtraInfo',
    tooLong: ['x'.repeat(1025), 1003051],
    prepare: async (app, roomId) => {
      const client = await enter(app, roomId, 'sender');
      const streamId = await publish(app, client, roomId);
      expect(await client.codeOf('stream.share', { streamId, roomId })).toBe(0);
      return (extraInfo) => client.codeOf('stream.setExtraInfo', { streamId, extraInfo });
    },
    textsAt: (watcher) =>
      watcher.eventsOf('room.streamChanged').map(({ stream }) => (stream as { extraInfo: string }).extraInfo),
  },
  {
    kind: 'transparent',
    tooLong: ['x'.repeat(4097), 1009013],
    prepare: async (app, roomId) => {
      const client = await enter(app, roomId, 'sender');
      return (text) =>
        client.codeOf('message.transparent', {
          ...{ roomId, mode: 'clients', to: [], ...newId() },
          content: toContent('transparent', text),
        });
    },
    textsAt: storedAt('transparent', (content) => Buffer.from(content, 'base64').toString()),
  },
  {
    kind: 'userName',
    tooLong: ['x'.repeat(256), 1002010],
    prepare: async (app, roomId) => {
      const client = await testCluster.connect(0);
      return async (userName) => {
        const user = { userId: 'sender', userName };
        const code = await client.codeOf('room.login', loginParams(app, roomId, 'sender', { user }));
        if (code === 0) {
          expect(await client.codeOf('room.logout', {})).toBe(0);
        }
        return code;
      };
    },
    textsAt: (watcher) =>
      watcher
        .eventsOf('room.userUpdate')
        .filter(({ update }) => update === 'add')
        .flatMap(({ users }) => (users as { userName: string }[]).map(({ userName }) => userName)),
  },
];

/** Waits for a message sent after everything else, and so for everything before it. */
async function waitForMarks(app: TestApp, roomId: string, watcher: RawClient): Promise<void> {
  const room = `/v1/apps/${app.appId}/rooms/${roomId}`;
  await testCluster.cluster.admin.send('PUT', `${room}/attributes`, {
    changes: [{ key: 'mark', value: 'end' }],
  });
  await testCluster.cluster.admin.send('POST', `${room}/messages`, { kind: 'broadcast', content: 'end' });
  const isMarked = (event: string): boolean => JSON.stringify(watcher.eventsOf(event)).includes('"end"');
  await waitFor(() => isMarked('room.attributesUpdate') && isMarked('message.received'), {
    timeoutMs: 5000,
    describe: 'the marks',
  });
}

async function watch(app: TestApp, roomId: string): Promise<RawClient> {
  const watcher = await testCluster.connect(1);
  const config = { isUserStatusNotify: true };
  expect(await watcher.codeOf('room.login', loginParams(app, roomId, 'watcher', { config }))).toBe(0);
  // Earlier messages are in the history only.
  await waitFor(() => watcher.eventsOf('message.position').some((data) => data['roomId'] === roomId), {
    timeoutMs: 20_000,
    describe: 'the position from which messages arrive live',
  });
  return watcher;
}

const withoutMark = (texts: string[]): string[] => texts.filter((text) => text !== 'end');

test('every client method that sends a text to members is one of these', () => {
  expect(Object.keys(textsOf).sort()).toEqual(Object.keys(clientMethods).sort());
  const sent = [...new Set(Object.values(textsOf).flat())].filter((kind) => kind !== 'streamId');
  expect(sent.sort()).toEqual(sendMethods.map(({ kind }) => kind).sort());
});

describe.each(sendMethods)('$kind', ({ kind, tooFast = 1009015, tooLong, prepare, textsAt }) => {
  test('above its size is refused and reaches no member', async () => {
    const roomId = `sizes-${kind}`;
    const watcher = await watch(limited, roomId);
    const send = await prepare(limited, roomId);
    const [text, code] = tooLong;
    expect(await send(text)).toBe(code);
    expect(await send('short')).toBe(0);
    await waitForMarks(limited, roomId, watcher);
    expect(withoutMark(textsAt(watcher))).toEqual(['short']);
    watcher.close();
  });

  test('above the rate is refused and reaches no member', async () => {
    const roomId = `rates-${kind}`;
    const watcher = await watch(limited, roomId);
    const send = await prepare(limited, roomId);
    const accepted: string[] = [];
    const codes = new Set<number>();
    const startedAtMs = performance.now();
    for (let n = 0; n < sends; n++) {
      const code = await send(`text ${n}`);
      codes.add(code);
      if (code === 0) {
        accepted.push(`text ${n}`);
      }
    }
    const refilled = Math.floor((perSecond * (performance.now() - startedAtMs)) / 1000);
    expect(codes).toEqual(new Set([0, tooFast]));
    // The first name of a user is not a change.
    expect(accepted.length).toBeLessThanOrEqual(perSecond + refilled + (kind === 'userName' ? 1 : 0));
    await waitForMarks(limited, roomId, watcher);
    expect(withoutMark(textsAt(watcher))).toEqual(accepted);
    watcher.close();
  });

  test('rejected by moderation is refused with 1190501 and reaches no member; a rewritten one is delivered rewritten', async () => {
    const roomId = `polite-${kind}`;
    const watcher = await watch(moderated, roomId);
    const send = await prepare(moderated, roomId);
    expect(await send('rude')).toBe(1190501);
    expect(await send('kind')).toBe(0);
    expect(await send('mild')).toBe(0);
    expect(await send('rude')).toBe(1190501);
    await waitForMarks(moderated, roomId, watcher);
    const texts = withoutMark(textsAt(watcher)).filter((text) => text !== 'sender name');
    expect(texts).toEqual(['kind', '****']);
    watcher.close();
  });
});

test('shares of one user in one room are limited to 20 a second, because members get the stream IDs', async () => {
  const [roomId, elsewhere, streamId] = ['shares', 'shares-elsewhere', 'shown-and-hidden'];
  const watcher = await watch(limited, roomId);
  const client = await enter(limited, roomId, 'sender');
  expect(await client.codeOf('room.login', loginParams(limited, elsewhere, 'sender'))).toBe(0);
  const codecs = [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }];
  const rtpParameters = { mid: '0', codecs, encodings: [{ ssrc: 4711 }] };
  expect(await client.codeOf('stream.publish', { streamId, channel: 0, roomId })).toBe(0);
  expect(await client.codeOf('stream.produce', { streamId, kind: 'audio', rtpParameters })).toBe(0);
  expect(await client.codeOf('stream.share', { streamId, roomId: elsewhere })).toBe(0);
  const startedAtMs = performance.now();
  const sharing = Array.from({ length: 240 }, (_, index) =>
    client.codeOf(index % 2 === 0 ? 'stream.share' : 'stream.unshare', { streamId, roomId }),
  );
  const codes = (await Promise.all(sharing)).filter((_, index) => index % 2 === 0);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const accepted = codes.filter((code) => code === 0).length;
  expect(codes.filter((code) => code !== 1009015)).toHaveLength(accepted);
  // A machine that needs six seconds for them stays below the limit.
  expect(accepted).toBeLessThanOrEqual(20 * (1 + seconds) + 1);
  await waitForMarks(limited, roomId, watcher);
  const shown = watcher.eventsOf('room.streamUpdate').filter(({ update }) => update === 'add');
  expect(shown).toHaveLength(accepted);
  watcher.close();
  client.close();
});

test('enters other rooms under the rewritten user name', async () => {
  const user = { userId: 'mild-user', userName: 'mild' };
  const client = await enter(moderated, 'first', 'mild-user', { user });
  expect(await client.codeOf('room.login', loginParams(moderated, 'second', 'mild-user', { user }))).toBe(0);
  client.close();
});
