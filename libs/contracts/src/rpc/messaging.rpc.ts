import { z } from 'zod';
import { defineRpc } from '../define.js';
import { appIdSchema, roomIdSchema, userSchema } from '../ids.js';

/**
 * Stores a broadcast message and hands it to every gateway with members in the room. The caller has
 * checked the membership. The answer means: stored, and numbered in the room's one order.
 */
export const sendBroadcast = defineRpc('messaging', 'sendBroadcast', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    from: userSchema,
    content: z.string(),
    /** Chosen by the sender: the same ID again is the same message. */
    clientMessageId: z.string().min(1).max(64),
  }),
  reply: z.strictObject({ messageId: z.number().int(), seq: z.number().int(), sentAtMs: z.number().int() }),
  errors: [
    'IM_CONTENT_NULL',
    'IM_CONTENT_TOO_LONG',
    'IM_BROADCAST_MESSAGE_QPS_OVERLOAD',
    'ROOM_CALL_API_TOO_FREQUENT',
    'IM_SEND_FAILED',
  ],
});
