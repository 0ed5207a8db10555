import { UsageError } from '../output/failure.js';
import { dateTime, fields } from '../output/table.js';

/** What a token says of itself. Nothing of it is verified. */
export interface DecodedToken {
  kind: 'native' | 'token04';
  appId?: number;
  user?: string;
  rooms?: 'any' | { room: string; rights: string[]; streams?: string[] }[];
  streams?: 'any' | string[];
  maxRooms?: number;
  issuedAtMs?: number;
  notBeforeMs?: number;
  expiresAtMs?: number;
}

interface NativeClaims {
  app?: number;
  user?: string;
  rooms?: { id?: string; pattern?: string; rights?: string[]; streams?: string[] }[];
  streams?: string[];
  max_rooms?: number;
  iat?: number;
  nbf?: number;
  exp?: number;
}

/** Throws a UsageError for a text that is no token. */
export function decodeToken(token: string): DecodedToken {
  const decoded = token.startsWith('04') ? decodeToken04(token) : decodeNative(token);
  if (decoded === undefined) {
    throw new UsageError(
      'this is no token',
      'a native token has three parts, separated by dots; a token04 begins with 04',
    );
  }
  return decoded;
}

export function describeToken(token: DecodedToken, nowMs = Date.now()): string {
  const { appId, expiresAtMs, issuedAtMs, kind, maxRooms, notBeforeMs, rooms, streams, user } = token;
  return fields({
    kind: kind === 'native' ? 'native token' : 'token04: the rest is encrypted with the ServerSecret',
    ...(kind === 'token04' ? {} : { appId, user }),
    ...(rooms === undefined ? {} : { rooms: describeRooms(rooms) }),
    ...(streams === undefined ? {} : { streams: streams === 'any' ? 'any' : streams.join(', ') }),
    ...(maxRooms === undefined ? {} : { maxRooms }),
    ...(issuedAtMs === undefined ? {} : { issued: dateTime(issuedAtMs) }),
    ...(notBeforeMs === undefined ? {} : { validFrom: dateTime(notBeforeMs) }),
    expires: expiresAtMs === undefined ? undefined : `${dateTime(expiresAtMs)} (${validityOf(token, nowMs)})`,
  });
}

/** By the local clock. */
export function validityOf({ expiresAtMs, notBeforeMs }: DecodedToken, nowMs: number): string {
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
    return 'expired';
  }
  return notBeforeMs !== undefined && notBeforeMs > nowMs ? 'not valid yet' : 'valid';
}

function describeRooms(rooms: (DecodedToken['rooms'] & object) | 'any'): string {
  return rooms === 'any'
    ? 'any, with all rights'
    : rooms
        .map(
          ({ rights, room, streams }) =>
            `${room}: ${rights.join(' ')}${streams === undefined ? '' : ` (${streams.join(' ')})`}`,
        )
        .join('; ');
}

function decodeNative(token: string): DecodedToken | undefined {
  const parts = token.split('.');
  const claims =
    parts.length === 3 ? parseObject(Buffer.from(parts[1]!, 'base64url').toString('utf8')) : undefined;
  if (claims === undefined) {
    return undefined;
  }
  const { app, exp, iat, max_rooms: maxRooms, nbf, rooms, streams, user } = claims as NativeClaims;
  return {
    kind: 'native',
    ...(app === undefined ? {} : { appId: app }),
    ...(user === undefined ? {} : { user }),
    rooms:
      rooms?.map(({ id, pattern, rights, streams: ofRoom }) => ({
        room: id ?? pattern ?? '',
        rights: rights ?? [],
        ...(ofRoom === undefined ? {} : { streams: ofRoom }),
      })) ?? 'any',
    streams: streams ?? 'any',
    ...(maxRooms === undefined ? {} : { maxRooms }),
    ...(iat === undefined ? {} : { issuedAtMs: iat * 1000 }),
    ...(nbf === undefined ? {} : { notBeforeMs: nbf * 1000 }),
    ...(exp === undefined ? {} : { expiresAtMs: exp * 1000 }),
  };
}

/** Only the expiry is in the clear: the first eight bytes. */
function decodeToken04(token: string): DecodedToken | undefined {
  const bytes = Buffer.from(token.slice(2), 'base64');
  return bytes.length < 16
    ? undefined
    : { kind: 'token04', expiresAtMs: Number(bytes.readBigInt64BE(0)) * 1000 };
}

function parseObject(text: string): object | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
