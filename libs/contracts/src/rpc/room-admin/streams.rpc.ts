import { z } from 'zod';
import { defineRpc } from '../../define.js';
import {
  appIdSchema,
  nodeIdSchema,
  publishChannelSchema,
  roomIdSchema,
  sessionIdSchema,
  streamIdSchema,
  userIdSchema,
} from '../../ids.js';
import { roomStreamSchema } from '../room.rpc.js';

/** The streams that a room shows, with what operators have muted. */
export const listRoomStreams = defineRpc('room', 'listRoomStreams', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, roomId: roomIdSchema }),
  reply: z.strictObject({ streams: z.array(roomStreamSchema) }),
  errors: ['ROOM_ROOMID_INCORRECT'],
});

/** The streams of a user, over all sessions. */
export const listUserStreams = defineRpc('room', 'listUserStreams', {
  authority: 'streams:read',
  request: z.strictObject({ appId: appIdSchema, userId: userIdSchema }),
  reply: z.strictObject({
    streams: z.array(
      z.strictObject({
        streamId: streamIdSchema,
        sessionId: sessionIdSchema,
        /** 0 to 3; a stream of data has none. */
        channel: publishChannelSchema.optional(),
        roomIds: z.array(roomIdSchema),
      }),
    ),
  }),
  errors: [],
});

/** Ends a stream in all its rooms (1003025 for its publisher). The publisher may publish again. */
export const stopStream = defineRpc('room', 'stopStream', {
  authority: 'streams:stop',
  request: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ roomIds: z.array(roomIdSchema) }),
  errors: ['PLAYER_PLAY_STREAM_NOT_EXIST'],
});

/** The media node that publishes a stream, in any room. */
export const findStream = defineRpc('room', 'findStream', {
  request: z.strictObject({ appId: appIdSchema, streamId: streamIdSchema }),
  reply: z.strictObject({ nodeId: nodeIdSchema }),
  errors: ['PLAYER_PLAY_STREAM_NOT_EXIST'],
});
