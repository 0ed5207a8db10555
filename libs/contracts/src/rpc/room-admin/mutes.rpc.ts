import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { appIdSchema, mediaKindSchema, roomIdSchema, streamIdSchema, userIdSchema } from '../../ids.js';

const mostMuteSeconds = 30 * 86_400;

const muteFields = {
  appId: appIdSchema,
  roomId: roomIdSchema,
  kind: mediaKindSchema,
  muted: z.boolean(),
  /** How long the mute lasts, also if the room ends meanwhile. */
  forSeconds: z.number().int().min(1).max(mostMuteSeconds).default(mostMuteSeconds),
};

/** All kinds now muted in the room. */
const mutedKindsSchema = z.strictObject({ kinds: z.array(mediaKindSchema) });

/**
 * Mutes or unmutes one kind of a user's streams in a room, independent of the publisher: of all streams that the user
 * shares there, now or later, from any session.
 */
export const setMemberMute = defineRpc('room', 'setMemberMute', {
  authority: 'streams:mute',
  request: z.strictObject({ ...muteFields, userId: userIdSchema }),
  reply: mutedKindsSchema,
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/**
 * As `setMemberMute`, for the user of a stream. A stream that the room does not show yet is muted by its ID until
 * its user shares it.
 */
export const setStreamMute = defineRpc('room', 'setStreamMute', {
  authority: 'streams:mute',
  request: z.strictObject({ ...muteFields, streamId: streamIdSchema }),
  reply: mutedKindsSchema,
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** Kinds of a user that operators have muted in a room. */
export const readMemberMutes = defineRpc('room', 'readMemberMutes', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, userId: userIdSchema }),
  reply: mutedKindsSchema,
  errors: [],
});

/** Kinds of a stream that operators have muted in a room. */
export const readStreamMutes = defineRpc('room', 'readStreamMutes', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema, streamId: streamIdSchema }),
  reply: mutedKindsSchema,
  errors: [],
});

/** What a gateway applies to a stream of a user in a room. */
export const readMutes = defineRpc('room', 'readMutes', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    userId: userIdSchema,
    streamId: streamIdSchema,
  }),
  reply: mutedKindsSchema.extend({
    /** When to read again, because a mute ends. Unix ms. */
    untilMs: z.number().int().optional(),
  }),
  errors: [],
});
