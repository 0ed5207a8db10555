import { type ClientErrorName } from './errors/client-errors.js';

/**
 * IDs chosen by callers (room, user, stream) and IDs that we generate. Lengths are counted in UTF-8 bytes.
 * Character sets and lengths: ZEGO Express, `loginRoom` and `startPublishingStream`; where its sources
 * disagree the stricter native rule holds (roomID 1..127, userID 1..63, userName and streamID 1..255 bytes).
 */
const callerIdPattern = /^[0-9A-Za-z~!@#$%^&*()_+=\-`;',.<>\\]+$/;
const streamIdPattern = /^[0-9A-Za-z_-]+$/;
/**
 * IDs with this prefix are reserved for the system, such as the sender `$system`; clients and tokens cannot
 * use them.
 */
const reservedPrefix = '$';
// Any printable text: control characters are refused, as is a lone surrogate, which is not UTF-8.
const userNamePattern = /^[^\p{Cc}\p{Cs}]+$/u;

export const roomIdMaxBytes = 127;
export const userIdMaxBytes = 63;
export const userNameMaxBytes = 255;
export const streamIdMaxBytes = 255;
export const streamExtraInfoMaxBytes = 1024;

/** The rule for one kind of caller-chosen ID, with an error for each violation. */
interface TextRule {
  maxBytes: number;
  pattern: RegExp;
  empty: ClientErrorName;
  charset: ClientErrorName;
  tooLong: ClientErrorName;
}

export const textRules = {
  roomId: {
    maxBytes: roomIdMaxBytes,
    pattern: callerIdPattern,
    empty: 'ROOM_ROOMID_NULL',
    charset: 'ROOM_ROOMID_INVALID_CHARACTER',
    tooLong: 'ROOM_ROOMID_TOO_LONG',
  },
  userId: {
    maxBytes: userIdMaxBytes,
    pattern: callerIdPattern,
    empty: 'ROOM_USER_ID_NULL',
    charset: 'ROOM_USER_ID_INVALID_CHARACTER',
    tooLong: 'ROOM_USER_ID_TOO_LONG',
  },
  userName: {
    maxBytes: userNameMaxBytes,
    pattern: userNamePattern,
    empty: 'ROOM_USER_NAME_NULL',
    charset: 'ROOM_USER_NAME_INVALID_CHARACTER',
    tooLong: 'ROOM_USER_NAME_TOO_LONG',
  },
  streamId: {
    maxBytes: streamIdMaxBytes,
    pattern: streamIdPattern,
    empty: 'COMMON_STREAM_ID_NULL',
    charset: 'COMMON_STREAM_ID_INVALID_CHARACTER',
    tooLong: 'COMMON_STREAM_ID_TOO_LONG',
  },
} as const satisfies Record<string, TextRule>;

export type CallerText = keyof typeof textRules;

const encoder = /* #__PURE__ */ new TextEncoder();

/**
 * The error of the rule that `value` violates, or undefined if it is valid. Order: empty, length, characters.
 */
export function findTextError(kind: CallerText, value: unknown): ClientErrorName | undefined {
  const isReserved = kind !== 'userName' && typeof value === 'string' && isReservedId(value);
  return findFormError(kind, value) ?? (isReserved ? textRules[kind].charset : undefined);
}

/** Whether an ID is one of the system's, which no client, token or REST call may use. */
export function isReservedId(id: string): boolean {
  return id.startsWith(reservedPrefix);
}

/** The same without the reserved prefix, which the system itself may use. */
export function findFormError(kind: CallerText, value: unknown): ClientErrorName | undefined {
  const rule = textRules[kind];
  if (typeof value !== 'string' || value.length === 0) {
    return value === undefined || value === null || value === '' ? rule.empty : rule.charset;
  }
  if (isLonger(value, rule.maxBytes)) {
    return rule.tooLong;
  }
  return rule.pattern.test(value) ? undefined : rule.charset;
}

/** The error of a stream's text, in UTF-8 bytes; '' is none. */
export function findExtraInfoError(value: unknown): ClientErrorName | undefined {
  if (typeof value !== 'string') {
    return 'PUBLISHER_EXTRA_INFO_NULL';
  }
  return isLonger(value, streamExtraInfoMaxBytes) ? 'PUBLISHER_EXTRA_INFO_TOO_LONG' : undefined;
}

/** Encodes only a text that may be too long: each of its UTF-16 units takes 1 to 3 bytes. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && encoder.encode(text).length > maxBytes;
}
