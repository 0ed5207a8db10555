import { z } from 'zod';
import { roomIdSchema, streamIdSchema } from './ids.js';

export const roomRightSchema = z.enum(['login', 'publish', 'subscribe', 'message', 'share']);
export type RoomRight = z.infer<typeof roomRightSchema>;

/**
 * What an identity may do. `rooms` undefined = any room with all rights (AppSign logins and tokens
 * without a list); `streams` undefined = any stream ID.
 */
export const grantsSchema = z.strictObject({
  rooms: z.array(z.strictObject({ roomId: roomIdSchema, rights: z.array(roomRightSchema) })).optional(),
  streams: z.array(streamIdSchema).optional(),
  /** A ceiling below the AppID's maxRoomsPerUser. */
  maxRooms: z.number().int().min(1).optional(),
  /** Unix time in ms; undefined = does not expire. */
  expiresAtMs: z.number().int().optional(),
});
export type Grants = z.infer<typeof grantsSchema>;

/** Whether `grants` hold `right` in `roomId`. */
export function hasRight(grants: Grants, roomId: string, right: RoomRight): boolean {
  return (
    grants.rooms === undefined ||
    grants.rooms.some((room) => room.roomId === roomId && room.rights.includes(right))
  );
}
