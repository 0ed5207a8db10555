import { z } from 'zod';
import { findTextError } from './caller-text.js';
import { roomIdSchema } from './ids.js';

/**
 * What a token may grant in a room. `publish` stands for `media` and `data`; `message` for `sendMessages`,
 * `readMessages` and `attributes`. `hidden` is part of no other right, nor of a token without a list of rooms: a member
 * that has it is in no list and no count.
 */
export const roomRightSchema = z.enum([
  'login',
  'publish',
  'subscribe',
  'message',
  'share',
  'media',
  'data',
  'sendMessages',
  'readMessages',
  'attributes',
  'hidden',
]);
export type RoomRight = z.infer<typeof roomRightSchema>;

/** The right that includes another one. */
const includedIn: Partial<Record<RoomRight, RoomRight>> = {
  media: 'publish',
  data: 'publish',
  sendMessages: 'message',
  readMessages: 'message',
  attributes: 'message',
};

const wildcard = '*';

/** A room ID in which each `*` stands for any characters, none included. */
export const roomPatternSchema = patternSchema('roomId');
/** A stream ID, or a pattern: stream IDs contain no `*`. */
export const streamPatternSchema = patternSchema('streamId');

/** The pattern must be an ID itself once each `*` is one character. */
function patternSchema(kind: 'roomId' | 'streamId') {
  return z.string().superRefine((value, context) => {
    const errorName = findTextError(kind, value.replaceAll(wildcard, 'x'));
    if (errorName !== undefined) {
      context.addIssue({ code: 'custom', message: errorName });
    }
  });
}

/**
 * The ways in which clients prove who they are. An AppSign names no user: it is in every copy of the application, and
 * a client that has it may log in as any user.
 */
export const credentialKindSchema = z.enum(['appSign', 'token04', 'native']);
export type CredentialKind = z.infer<typeof credentialKindSchema>;

/** What a new AppID accepts. An AppSign must be allowed explicitly, for development. */
export const defaultCredentialKinds: readonly CredentialKind[] = ['token04', 'native'];

/** Longest validity of a token, from its issue to its expiry, that an operator may set. */
export const tokenLifetimeBounds = { minSeconds: 60, maxSeconds: 366 * 86_400 };

/** Length of the longest token that the servers accept. */
export const tokenMaxChars = 8192;

/** The rights in the room of an ID, or in the rooms whose IDs match a pattern. */
export const roomGrantSchema = z
  .strictObject({
    roomId: roomIdSchema.optional(),
    roomPattern: roomPatternSchema.optional(),
    rights: z.array(roomRightSchema),
    /** Streams that may be published or shared there; undefined = any. */
    streams: z.array(streamPatternSchema).optional(),
  })
  .refine((grant) => (grant.roomId === undefined) !== (grant.roomPattern === undefined), {
    message: 'COMMON_ILLEGAL_PARAM',
  });
export type RoomGrant = z.infer<typeof roomGrantSchema>;

/**
 * What an identity may do. `rooms` undefined = any room with all rights (AppSign logins and tokens
 * without a list); `streams` undefined = any stream ID. In a room that several entries name, each of them grants.
 */
export const grantsSchema = z.strictObject({
  rooms: z.array(roomGrantSchema).optional(),
  streams: z.array(streamPatternSchema).optional(),
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

/** Whether the grants are those of a token. An AppSign names no user: it is the weaker credential. */
export function isOfToken(grants: Grants): boolean {
  return grants.issuedAtMs !== undefined;
}

/** Whether a token names `roomId`; one without a list of rooms names all. */
export function namesRoom(grants: Grants, roomId: string): boolean {
  return grants.rooms === undefined || grants.rooms.some((room) => concerns(room, roomId));
}

/** Whether `grants` hold `right` in `roomId`. */
export function hasRight(grants: Grants, roomId: string, right: RoomRight): boolean {
  return (
    grants.rooms === undefined ||
    grants.rooms.some((room) => concerns(room, roomId) && includesRight(room, right))
  );
}

/** Whether `grants` hold `right` in `roomId` for this stream: one entry must grant both. */
export function hasStreamRight(grants: Grants, roomId: string, right: RoomRight, streamId: string): boolean {
  return (
    namesStream(grants.streams, streamId) &&
    (grants.rooms === undefined ||
      grants.rooms.some(
        (room) => concerns(room, roomId) && includesRight(room, right) && namesStream(room.streams, streamId),
      ))
  );
}

/** A token without a list of rooms has all of them but `hidden`. */
const visibleRights = roomRightSchema.options.filter((right) => right !== 'hidden');

/** What an application leaves of the grants of a login. */
export interface Narrowing {
  /** Undefined: all that the token grants. */
  rights?: readonly RoomRight[] | undefined;
  /** IDs of streams that may be published or shared; undefined: all that the token grants. */
  streams?: readonly string[] | undefined;
}

/**
 * Grants that hold in `roomId` what both the token and the application grant, never more than the token. They name no
 * other room: there they would replace the decision of the application for that room.
 */
export function narrowGrants(grants: Grants, roomId: string, { rights, streams }: Narrowing): Grants {
  const entries: RoomGrant[] = grants.rooms?.filter((room) => concerns(room, roomId)) ?? [
    { roomId, rights: visibleRights },
  ];
  const leaves = (right: RoomRight) => rights === undefined || includesRight({ rights: [...rights] }, right);
  const narrowed = entries.map((entry) => {
    const left = visibleRights.filter((right) => includesRight(entry, right) && leaves(right));
    const isHiddenLeft = entry.rights.includes('hidden');
    const named = streams?.filter((id) => namesStream(entry.streams, id)) ?? entry.streams;
    return {
      roomId,
      rights: isHiddenLeft ? [...left, 'hidden' as const] : left,
      ...(named === undefined ? {} : { streams: [...named] }),
    };
  });
  return { ...grants, rooms: narrowed };
}

/** Whether a member that enters `roomId` with these grants is hidden from the others. */
export function isHidden(grants: Grants, roomId: string): boolean {
  return grants.rooms !== undefined && hasRight(grants, roomId, 'hidden');
}

/** The grants, which grant in `roomId` what they grant in `fromRoomId`, too. */
export function extendToRoom(grants: Grants, fromRoomId: string, roomId: string): Grants {
  if (grants.rooms === undefined) {
    return grants;
  }
  const added = grants.rooms
    .filter((room) => concerns(room, fromRoomId))
    .map(({ rights, streams }): RoomGrant => ({
      roomId,
      rights,
      ...(streams === undefined ? {} : { streams }),
    }));
  return { ...grants, rooms: [...grants.rooms, ...added] };
}

/** Whether `text` matches `pattern`, in which `*` stands for any characters. The time is bounded by their product. */
export function matchesPattern(pattern: string, text: string): boolean {
  let next = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (pattern[next] === wildcard) {
      star = next;
      starAt = at;
      next += 1;
    } else if (pattern[next] === text[at]) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      // The last wildcard takes one character more.
      starAt += 1;
      at = starAt;
      next = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[next] === wildcard) {
    next += 1;
  }
  return next === pattern.length;
}

function concerns({ roomId, roomPattern }: RoomGrant, id: string): boolean {
  return roomId === id || (roomPattern !== undefined && matchesPattern(roomPattern, id));
}

function includesRight({ rights }: Pick<RoomGrant, 'rights'>, right: RoomRight): boolean {
  const whole = includedIn[right];
  return rights.includes(right) || (whole !== undefined && rights.includes(whole));
}

function namesStream(streams: string[] | undefined, streamId: string): boolean {
  return streams === undefined || streams.some((pattern) => matchesPattern(pattern, streamId));
}
