import { type RoomGrant } from '@polyroom/contracts';
import { generateToken04, issueNativeToken } from '@polyroom/tokens';
import { type Credential, type RoomEntry } from './authorisation-oracle.js';
import { type TestApp } from './test-cluster.js';

/** Rooms that a session of the matrix enters, if its credential lets it. */
export const ownRooms = ['hall', 'annex', 'cellar'];

const rights = [
  ...['subscribe', 'publish', 'media', 'data', 'share'],
  ...['message', 'sendMessages', 'readMessages', 'attributes', 'hidden'],
];

const byId = (granted: string[], more: Partial<RoomEntry> = {}): RoomEntry[] =>
  ownRooms.map((roomId) => ({ roomId, rights: granted, ...more }));

/** Every kind of credential, every right alone and every right missing, by room and by pattern, by stream. */
export const credentials: Credential[] = [
  { name: 'AppSign', kind: 'appSign' },
  { name: 'AppSign, listen-only', kind: 'appSign', listenOnly: true },
  { name: 'token04 of any room', kind: 'token04' },
  { name: 'token04 of any room, listen-only', kind: 'token04', listenOnly: true },
  { name: 'token04, login', kind: 'token04', rooms: [{ roomId: 'hall', rights: ['login'] }] },
  { name: 'token04, publish', kind: 'token04', rooms: [{ roomId: 'hall', rights: ['publish'] }] },
  {
    name: 'token04, login and publish',
    kind: 'token04',
    rooms: [{ roomId: 'hall', rights: ['login', 'publish'] }],
  },
  {
    name: 'token04, login and publish one stream',
    kind: 'token04',
    rooms: [{ roomId: 'hall', rights: ['login', 'publish'], streams: ['cam-me'] }],
  },
  {
    name: 'token04 of another room',
    kind: 'token04',
    rooms: [{ roomId: 'vault', rights: ['login', 'publish'] }],
  },
  { name: 'native of any room', kind: 'native' },
  { name: 'native of any room, listen-only', kind: 'native', listenOnly: true },
  { name: 'native of any room, streams', kind: 'native', streams: ['cam-*'] },
  { name: 'native of no room', kind: 'native', rooms: [] },
  { name: 'native of another room', kind: 'native', rooms: [{ roomId: 'vault', rights: ['login'] }] },
  { name: 'native, login', kind: 'native', rooms: byId(['login']) },
  { name: 'native without login', kind: 'native', rooms: byId(rights) },
  ...rights.map((right): Credential => {
    return { name: `native, login and ${right}`, kind: 'native', rooms: byId(['login', right]) };
  }),
  ...['subscribe', 'media', 'data', 'share', 'sendMessages', 'readMessages', 'attributes'].map(
    (right): Credential => {
      // Without the rights that include others.
      const others = rights.filter((each) => ![right, 'publish', 'message', 'hidden'].includes(each));
      return {
        name: `native by pattern, without ${right}`,
        kind: 'native',
        rooms: [{ roomPattern: '*', rights: ['login', ...others] }],
      };
    },
  ),
  {
    name: 'native by pattern, the annex only',
    kind: 'native',
    rooms: [
      { roomId: 'hall', rights: ['login'] },
      { roomPattern: 'an*x', rights: ['login', ...rights] },
    ],
  },
  {
    name: 'native by pattern, not these rooms',
    kind: 'native',
    rooms: [{ roomPattern: 'hall-*', rights: ['login', ...rights] }],
  },
  {
    name: 'native, listen-only',
    kind: 'native',
    listenOnly: true,
    rooms: byId(['login', 'publish', 'share', 'message']),
  },
  {
    name: 'native, several entries of a room',
    kind: 'native',
    rooms: [...byId(['login', 'share']), { roomPattern: 'h*', rights: ['publish', 'readMessages'] }],
  },
  {
    name: 'native, streams of an entry',
    kind: 'native',
    rooms: byId(['login', 'publish', 'share'], { streams: ['data-*'] }),
  },
  {
    name: 'native, the right and the stream in different entries',
    kind: 'native',
    rooms: [
      ...byId(['login', 'publish'], { streams: ['other'] }),
      ...byId(['share'], { streams: ['cam-*'] }),
    ],
  },
  {
    name: 'native, streams of the token and of an entry',
    kind: 'native',
    streams: ['cam-*'],
    rooms: byId(['login', 'publish', 'share'], { streams: ['*-me'] }),
  },
];

export interface TokenOfUser {
  app: Pick<TestApp, 'appId' | 'serverSecret'>;
  userId: string;
  seconds?: number;
  nowMs?: number;
}

/** A token of the credential; undefined for an AppSign. */
export async function issueToken(
  { kind, rooms, streams }: Credential,
  { app: { appId, serverSecret: secret }, userId, seconds = 600, nowMs }: TokenOfUser,
): Promise<string | undefined> {
  const options = {
    ...{ appId, userId, secret, effectiveTimeSeconds: seconds },
    ...(nowMs === undefined ? {} : { nowMs }),
  };
  switch (kind) {
    case 'appSign':
      return undefined;
    case 'token04':
      return generateToken04(rooms === undefined ? options : { ...options, payload: payloadOf(rooms[0]!) });
    case 'native':
      return issueNativeToken({
        ...options,
        ...(rooms === undefined ? {} : { rooms: rooms as RoomGrant[] }),
        ...(streams === undefined ? {} : { streams }),
      });
  }
}

/** ZEGO's form of the rights of a token04. */
function payloadOf({ roomId, rights: granted, streams }: RoomEntry): string {
  return JSON.stringify({
    room_id: roomId,
    privilege: { 1: granted.includes('login') ? 1 : 0, 2: granted.includes('publish') ? 1 : 0 },
    stream_id_list: streams ?? null,
  });
}
