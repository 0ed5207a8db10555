import { roomRightSchema, tokenMaxChars } from '@polyroom/contracts';
import { maxLifetimeBounds } from '@polyroom/tokens';
import { assertFilledList, assertId, assertInteger, assertObject, refusal } from './checks.js';

/**
 * What a user may do in a room. Without `login` the user cannot enter it. `publish` is `media` and `data`; `message` is
 * `sendMessages`, `readMessages` and `attributes`.
 */
export type RoomRight =
  | 'login'
  | 'publish'
  | 'subscribe'
  | 'message'
  | 'share'
  | 'media'
  | 'data'
  | 'sendMessages'
  | 'readMessages'
  | 'attributes'
  | 'hidden';

/** The rights in one room, or in the rooms that match a pattern. */
export interface RoomGrant {
  /** 1 to 127 bytes. Either this or `roomPattern`. */
  roomId?: string;
  /** A room ID in which each `*` stands for any characters, none included. */
  roomPattern?: string;
  rights: readonly RoomRight[];
  /** The streams that the user may publish or share there: IDs, or patterns with `*`. Default: any. */
  streams?: readonly string[];
}

/** What tokens of both kinds have. */
export interface BaseTokenOptions {
  /** 1 to 4294967295. */
  appId: number;
  /** 1 to 63 bytes. Does not begin with `$`. */
  userId: string;
  /** The ServerSecret of the AppID: 32 bytes. */
  secret: string;
  /** How long the token is valid, from now on. */
  effectiveTimeSeconds: number;
  /**
   * The longest validity that the servers accept: POLYROOM_MAX_GRANT_SECONDS of the cluster. Default: 2073600, which is
   * the cluster's default.
   */
  maxLifetimeSeconds?: number;
  /** The time of issue. Default: now. */
  nowMs?: number;
}

export const baseTokenKeys = [
  'appId',
  'userId',
  'secret',
  'effectiveTimeSeconds',
  'maxLifetimeSeconds',
  'nowMs',
];
const secretBytes = 32;
const appIdBounds = { min: 1, max: 0xffffffff };
const clockBounds = { min: 0, max: 2 ** 50 };

export function assertBaseTokenOptions(options: BaseTokenOptions): void {
  assertAppId(options.appId);
  assertId('userId', 'userId', options.userId);
  assertSecret(options.secret);
  const max = readMaxLifetime(options.maxLifetimeSeconds);
  const note = ', the longest validity that the servers accept (POLYROOM_MAX_GRANT_SECONDS)';
  assertInteger('effectiveTimeSeconds', options.effectiveTimeSeconds, { min: 1, max }, note);
  assertClock(options.nowMs);
}

export function assertAppId(appId: unknown): void {
  if (appId === 0) {
    throw refusal('appId', 'must be a whole number from 1 to 4294967295', 'ENGINE_APPID_ZERO');
  }
  assertInteger('appId', appId, appIdBounds);
}

export function assertSecret(secret: unknown): void {
  if (typeof secret !== 'string' || Buffer.byteLength(secret) !== secretBytes) {
    const found = typeof secret === 'string' ? `has ${Buffer.byteLength(secret)}` : 'is no string';
    throw refusal(
      'secret',
      `must be the ServerSecret of the AppID, which has ${secretBytes} bytes; this one ${found}`,
    );
  }
}

/** The bound of the cluster; throws if no cluster can have it. */
export function readMaxLifetime(maxLifetimeSeconds: unknown): number {
  const { minSeconds: min, maxSeconds: max, defaultSeconds } = maxLifetimeBounds;
  if (maxLifetimeSeconds === undefined) {
    return defaultSeconds;
  }
  assertInteger('maxLifetimeSeconds', maxLifetimeSeconds, { min, max });
  return Number(maxLifetimeSeconds);
}

export function assertClock(nowMs: unknown): void {
  if (nowMs !== undefined) {
    assertInteger('nowMs', nowMs, clockBounds);
  }
}

/** Throws unless `rights` is a list of these rights. */
export function assertRights(
  argument: string,
  rights: unknown,
  allowed: readonly string[] = roomRightSchema.options,
): void {
  assertFilledList(argument, rights, `there are ${allowed.join(', ')}`);
  rights.forEach((right, index) => {
    if (!allowed.includes(right as string)) {
      throw refusal(`${argument}[${index}]`, `must be one of ${allowed.join(', ')}`);
    }
  });
}

export function assertRoomGrant(argument: string, room: RoomGrant): void {
  assertObject(argument, room, ['roomId', 'roomPattern', 'rights', 'streams']);
  if (room.roomPattern === undefined) {
    assertId('roomId', `${argument}.roomId`, room.roomId);
  } else if (room.roomId === undefined) {
    assertPattern('roomId', `${argument}.roomPattern`, room.roomPattern);
  } else {
    throw refusal(`${argument}.roomPattern`, 'must be left out if there is a roomId');
  }
  assertRights(`${argument}.rights`, room.rights);
  assertStreamPatterns(`${argument}.streams`, room.streams);
}

/** Stream IDs, or patterns of them. */
export function assertStreamPatterns(argument: string, streams: unknown): void {
  if (streams !== undefined) {
    assertFilledList(argument, streams, 'leave it out to allow any stream ID');
    streams.forEach((pattern, index) => assertPattern('streamId', `${argument}[${index}]`, pattern));
  }
}

/** As the servers: an ID once each `*` is one character. */
function assertPattern(kind: 'roomId' | 'streamId', argument: string, pattern: unknown): void {
  assertId(kind, argument, typeof pattern === 'string' ? pattern.replaceAll('*', 'x') : pattern);
}

export function assertStreams(argument: string, streams: unknown): void {
  if (streams !== undefined) {
    assertFilledList(argument, streams, 'leave it out to allow any stream ID');
    streams.forEach((streamId, index) => assertId('streamId', `${argument}[${index}]`, streamId));
  }
}

/** The token, unless the servers refuse one of its length. */
export function checkLength(token: string, argument: string): string {
  if (token.length > tokenMaxChars) {
    const problem = `makes a token longer than the servers accept (${tokenMaxChars} characters)`;
    throw refusal(argument, `${problem}; name fewer rooms or streams`);
  }
  return token;
}
