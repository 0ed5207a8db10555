import { z } from 'zod';
import { roomIdSchema, streamIdSchema } from './ids.js';

export const roomRightSchema = z.enum(['login', 'publish', 'subscribe', 'message', 'share']);
export type RoomRight = z.infer<typeof roomRightSchema>;

/** Length of the longest token that the servers accept. */
export const tokenMaxChars = 8192;

/**
 * What an identity may do. `rooms` undefined = any room with all rights (AppSign logins and tokens
 * without a list); `streams` undefined = any stream ID.
 */
export const grantsSchema = z.strictObject({
  rooms: z.array(z.strictObject({ roomId: roomIdSchema, rights: z.array(roomRightSchema) })).optional(),
  streams: z.array(streamIdSchema).optional(),
  /** A ceiling below the AppID's maxRoomsPerUser. */
  maxRooms: z.number().int().min(1).optional(),
  /** Issue time of the token, Unix time in ms; the newer token counts. Undefined = AppSign. */
  issuedAtMs: z.number().int().optional(),
  /** Unix time in ms; undefined = does not expire. */
  expiresAtMs: z.number().int().optional(),
  /** ID of the token, to revoke it. Undefined = AppSign. */
  tokenId: z.string().max(64).optional(),
  /** The token states no issue time: `issuedAtMs` is the time of its use. */
  undated: z.literal(true).optional(),
});
export type Grants = z.infer<typeof grantsSchema>;

/** Whether a token names `roomId`; one without a list of rooms names all. */
export function namesRoom(grants: Grants, roomId: string): boolean {
  return grants.rooms === undefined || grants.rooms.some((room) => room.roomId === roomId);
}

/** Whether `grants` hold `right` in `roomId`. */
export function hasRight(grants: Grants, roomId: string, right: RoomRight): boolean {
  return (
    grants.rooms === undefined ||
    grants.rooms.some((room) => room.roomId === roomId && room.rights.includes(right))
  );
}
