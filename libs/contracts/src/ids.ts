import { z } from 'zod';
import { type CallerText, findFormError, findTextError, textRules } from './caller-text.js';
import { type ErrorName } from './errors/registry.js';
import { ownIdPrefixes, type OwnIdKind } from './own-id.js';

/** Errors that an invalid text of each kind may have. */
export const textErrors = Object.fromEntries(
  Object.entries(textRules).map(([kind, { empty, tooLong, charset }]) => [kind, [empty, tooLong, charset]]),
) as Record<CallerText, ErrorName[]>;

/** A zod schema for one kind; the issue's message is the name of the error in the registry. */
function textSchema(kind: CallerText, findError = findTextError) {
  return z.string(textRules[kind].empty).superRefine((value, context) => {
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

/** Sender of messages that name no user: those of application servers, and deletions. */
export const systemUser: User = { userId: '$system', userName: 'System' };

/** Sender of a message between our own processes: a user, or the system under a reserved ID. */
export const senderSchema = z.strictObject({
  userId: textSchema('userId', findFormError),
  userName: userNameSchema,
});

function ownIdSchema(kind: OwnIdKind) {
  return z.string().regex(new RegExp(`^${ownIdPrefixes[kind]}_[0-9A-Za-z-]{1,64}$`));
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

/** One client of an SDK, with the number of its socket. */
export const clientInstanceSchema = z.strictObject({
  /** Random. */
  id: z.string().min(1).max(64),
  /** Counts the sockets of the client: a session over a later one replaces that over an earlier one. */
  socket: z.number().int().min(0),
});
export type ClientInstance = z.infer<typeof clientInstanceSchema>;

/** Identifies one login of one user from one device in one app. Every write carries it. */
export const sessionRefSchema = z.strictObject({
  appId: appIdSchema,
  userId: userIdSchema,
  sessionId: sessionIdSchema,
});
export type SessionRef = z.infer<typeof sessionRefSchema>;
