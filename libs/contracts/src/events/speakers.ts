import { z } from 'zod';
import { defineEvent } from '../define.js';
import { appIdSchema, roomIdSchema, sessionRefSchema, streamIdSchema, userIdSchema } from '../ids.js';

/** dBov: 0 is the loudest level, -127 the quietest. */
const volumeSchema = z.number().min(-127).max(0);

/**
 * Recent active speakers on the workers of a media node, the loudest of each worker. A node does not know
 * their rooms; the gateways that hold their sessions do.
 */
export const speakersReported = defineEvent('event.media.speakersReported', {
  payload: z.strictObject({
    speakers: z.array(
      z.strictObject({ session: sessionRefSchema, streamId: streamIdSchema, volume: volumeSchema }),
    ),
  }),
});

/**
 * An active speaker of a room. Gateways with members in the room subscribe; a lost event needs no recovery.
 */
export const roomSpeaker = defineEvent('room.speaker', {
  tokens: ['appId', 'roomId'],
  payload: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    streamId: streamIdSchema,
    userId: userIdSchema,
    volume: volumeSchema,
  }),
});
export type RoomSpeaker = z.infer<typeof roomSpeaker.payload>;
