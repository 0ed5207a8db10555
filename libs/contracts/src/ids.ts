import { z } from 'zod';
import { type ErrorName } from './errors/registry.js';

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

/** The rule for one kind of caller-chosen ID, with an error for each violation. */
interface TextRule {
  maxBytes: number;
  pattern: RegExp;
  empty: ErrorName;
  charset: ErrorName;
  tooLong: ErrorName;
}

const rules = {
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

export type CallerText = keyof typeof rules;

/** Errors that an invalid text of each kind may have. */
export const textErrors = Object.fromEntries(
  Object.entries(rules).map(([kind, { empty, tooLong, charset }]) => [kind, [empty, tooLong, charset]]),
) as Record<CallerText, ErrorName[]>;

const encoder = new TextEncoder();

/**
 * The error of the rule that `value` violates, or undefined if it is valid. Order: empty, length, characters.
 */
export function findTextError(kind: CallerText, value: unknown): ErrorName | undefined {
  const isReserved = kind !== 'userName' && typeof value === 'string' && isReservedId(value);
  return findFormError(kind, value) ?? (isReserved ? rules[kind].charset : undefined);
}

/** Whether an ID is one of the system's, which no client, token or REST call may use. */
export function isReservedId(id: string): boolean {
  return id.startsWith(reservedPrefix);
}

function findFormError(kind: CallerText, value: unknown): ErrorName | undefined {
  const rule = rules[kind];
  if (typeof value !== 'string' || value.length === 0) {
    return value === undefined || value === null || value === '' ? rule.empty : rule.charset;
  }
  if (encoder.encode(value).length > rule.maxBytes) {
    return rule.tooLong;
  }
  return rule.pattern.test(value) ? undefined : rule.charset;
}

/** A zod schema for one kind; the issue's message is the name of the error in the registry. */
function textSchema(kind: CallerText, findError = findTextError) {
  return z.string(rules[kind].empty).superRefine((value, context) => {
    const errorName = findError(kind, value);
    if (errorName !== undefined) {
      context.addIssue({ code: 'custom', message: errorName });
    }
  });
}

/** uint32, not 0 (ZEGO Express, `createEngine`). */
export const appIdSchema = z
  .number('COMMON_ILLEGAL_PARAM')
  .int('COMMON_ILLEGAL_PARAM')
  .min(1, 'ENGINE_APPID_ZERO')
  .max(0xffffffff, 'COMMON_ILLEGAL_PARAM');
export const roomIdSchema = textSchema('roomId');
export const userIdSchema = textSchema('userId');
export const userNameSchema = textSchema('userName');
export const streamIdSchema = textSchema('streamId');

export const userSchema = z.strictObject({ userId: userIdSchema, userName: userNameSchema });
export type User = z.infer<typeof userSchema>;

/** Sender of a message between our own processes: a user, or the system under a reserved ID. */
export const senderSchema = z.strictObject({
  userId: textSchema('userId', findFormError),
  userName: userNameSchema,
});

const prefixes = {
  session: 'se',
  gateway: 'gw',
  node: 'nd',
  message: 'ms',
  correlation: 'co',
  pipe: 'pi',
  instance: 'in',
  request: 'rq',
  report: 'rp',
} as const;
export type OwnIdKind = keyof typeof prefixes;

/** Generates an unguessable ID such as `se_5f3a…` (128 random bits). */
export function newId(kind: OwnIdKind): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `${prefixes[kind]}_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function ownIdSchema(kind: OwnIdKind) {
  return z.string().regex(new RegExp(`^${prefixes[kind]}_[0-9A-Za-z-]{1,64}$`));
}

export const sessionIdSchema = ownIdSchema('session');
/** Gateways and media nodes may be named by the operator: `gw_1`, `nd_eu-west-1`. */
export const gatewayIdSchema = ownIdSchema('gateway');
export const nodeIdSchema = ownIdSchema('node');
/** One process of a service, for its lifetime. */
export const instanceIdSchema = ownIdSchema('instance');

export const roomModeSchema = z.enum(['single', 'multi'], 'COMMON_ILLEGAL_PARAM');
export type RoomMode = z.infer<typeof roomModeSchema>;

/** main 0, aux 1, third 2, fourth 3 (ZegoPublishChannel). */
export const publishChannelSchema = z
  .number('COMMON_ILLEGAL_PARAM')
  .int('COMMON_ILLEGAL_PARAM')
  .min(0, 'COMMON_ILLEGAL_PARAM')
  .max(3, 'COMMON_ILLEGAL_PARAM');

export const mediaKindSchema = z.enum(['audio', 'video'], 'COMMON_ILLEGAL_PARAM');
export type MediaKind = z.infer<typeof mediaKindSchema>;

/** Kind of media of a stream: audio and video, or data alone. */
export const streamKindSchema = z.enum(['audio', 'video', 'data'], 'COMMON_ILLEGAL_PARAM');
export type StreamKind = z.infer<typeof streamKindSchema>;

/** Upper bound on data streams published per session, regardless of entitlements. */
export const dataChannelCount = 16;
/** Data streams use the channels after the publish channels; the gateway assigns them. */
export const firstDataChannel = 4;

/** Channel of a claim: a publish channel, or one assigned to a data stream. */
export const claimChannelSchema = z
  .number()
  .int()
  .min(0)
  .max(firstDataChannel + dataChannelCount - 1);

/** Identifies one login of one user from one device in one app. Every write carries it. */
export const sessionRefSchema = z.strictObject({
  appId: appIdSchema,
  userId: userIdSchema,
  sessionId: sessionIdSchema,
});
export type SessionRef = z.infer<typeof sessionRefSchema>;
