import { z } from 'zod';
import { defineEvent } from '../define.js';
import { appIdSchema, roomIdSchema, sessionRefSchema, streamIdSchema, userIdSchema } from '../ids.js';

/** dBov of the loudest that there is: 0, down to -127. */
const volumeSchema = z.number().min(-127).max(0);

/**
 * Who was heard on the workers of a media node within the last moment, the loudest of each worker. A node does
 * not know in which rooms they are heard: the gateways that hold their sessions do.
 */
export const voicesHeard = defineEvent('event.media.voicesHeard', {
  payload: z.strictObject({
    voices: z.array(
      z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema, volume: volumeSchema }),
    ),
  }),
});

/** Somebody was heard in a room. Gateways with members in the room subscribe; lost ones are not missed. */
export const roomVoice = defineEvent('room.voice', {
  tokens: ['appId', 'roomId'],
  payload: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    streamId: streamIdSchema,
    userId: userIdSchema,
    volume: volumeSchema,
  }),
});
export type RoomVoice = z.infer<typeof roomVoice.payload>;
