import { z } from 'zod';
import { defineRpc } from '../define.js';
import {
  appIdSchema,
  gatewayIdSchema,
  roomIdSchema,
  sessionRefSchema,
  streamIdSchema,
  userIdSchema,
  userSchema,
} from '../ids.js';
import { streamExtraInfoSchema } from './room.rpc.js';

const roomFields = { appId: appIdSchema, roomId: roomIdSchema };

/** A member, without hidden ones. */
const memberInRoomSchema = userSchema.extend({
  /** When the user entered the room: Unix ms. */
  enteredAtMs: z.number().int(),
});
export type MemberInRoom = z.infer<typeof memberInRoomSchema>;

/** How many members rooms have; 0 for a room that does not exist. */
export const countMembers = defineRpc('room', 'countMembers', {
  authority: 'rooms:read',
  request: z.strictObject({ appId: appIdSchema, roomIds: z.array(roomIdSchema).min(1).max(100) }),
  reply: z.strictObject({
    rooms: z.array(z.strictObject({ roomId: roomIdSchema, exists: z.boolean(), members: z.number().int() })),
  }),
  errors: [],
});

/** Which of these users are in a room. */
export const findMembers = defineRpc('room', 'findMembers', {
  authority: 'rooms:read',
  request: z.strictObject({ ...roomFields, userIds: z.array(userIdSchema).min(1).max(100) }),
  reply: z.strictObject({ exists: z.boolean(), members: z.array(memberInRoomSchema) }),
  errors: [],
});

/** Members of a room in the order in which they entered it. Reads all of them for each page. */
export const listMembersInOrder = defineRpc('room', 'listMembersInOrder', {
  authority: 'rooms:read',
  request: z.strictObject({
    ...roomFields,
    order: z.enum(['oldest', 'newest']).default('oldest'),
    limit: z.number().int().min(1).max(200).default(200),
    /** The last member of the page before. */
    after: memberInRoomSchema.pick({ enteredAtMs: true, userId: true }).optional(),
  }),
  reply: z.strictObject({ members: z.array(memberInRoomSchema), isLast: z.boolean() }),
  errors: [],
  timeoutMs: 5000,
});

/** Streams of a room with the time at which the room first showed them. */
export const listTimedStreams = defineRpc('room', 'listTimedStreams', {
  authority: 'streams:read',
  request: z.strictObject(roomFields),
  reply: z.strictObject({
    streams: z.array(
      z.strictObject({
        streamId: streamIdSchema,
        user: userSchema,
        /** Unix ms; 0 if it was not recorded. */
        shownAtMs: z.number().int(),
        /** Its number in the room; 0 if it was not recorded. */
        number: z.number().int(),
      }),
    ),
  }),
  errors: [],
});

/** Streams of application servers in one room. */
export const maxAnnouncedStreams = 100;

/**
 * Lists a stream in a room that exists, as of a user who need not be there. It says nothing about media: the stream can
 * be played while a session of the AppID publishes its ID. It stays until it is withdrawn or the room ends.
 */
export const announceStream = defineRpc('room', 'announceStream', {
  authority: 'streams:share',
  request: z.strictObject({
    ...roomFields,
    streamId: streamIdSchema,
    user: userSchema,
    extraInfo: streamExtraInfoSchema.default(''),
  }),
  reply: z.strictObject({ added: z.boolean() }),
  /** 1002002: there is no such room; 1003028: the room shows this stream of another user. */
  errors: ['ROOM_ROOMID_INCORRECT', 'PUBLISHER_REPETITIVE_PUBLISH_STREAM', 'ROOM_STREAM_LIMIT_REACHED'],
});

/** Removes an announced stream from a room. */
export const withdrawStream = defineRpc('room', 'withdrawStream', {
  authority: 'streams:share',
  request: z.strictObject({ ...roomFields, streamId: streamIdSchema }),
  reply: z.strictObject({
    removed: z.boolean(),
    /** The room shows the stream for the session that publishes it: only this session can remove it. */
    isOfSession: z.boolean(),
  }),
  errors: [],
});

/** Longest time for which a stream ID is forbidden. */
export const maxForbiddenSeconds = 366 * 86_400;

/**
 * Forbids a stream ID: claims of it get 1003025. Lifted with 0. The reply names the session that publishes the stream,
 * which the caller ends.
 */
export const forbidStream = defineRpc('room', 'forbidStream', {
  authority: 'streams:stop',
  request: z.strictObject({
    appId: appIdSchema,
    streamId: streamIdSchema,
    forSeconds: z.number().int().min(0).max(maxForbiddenSeconds),
  }),
  reply: z.strictObject({
    owner: z.strictObject({ session: sessionRefSchema, gatewayId: gatewayIdSchema }).optional(),
  }),
  errors: ['APP_EXCEED_MAXIMUM_BAN_COUNT', 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});
