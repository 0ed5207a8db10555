import { z } from 'zod';
import { defineRpc } from '../../define.js';
import { appIdSchema, roomIdSchema, userIdSchema } from '../../ids.js';
import { cursorSchema } from './cursor.js';

/** At most one day, as in ZEGO's `SetForbidUserRule`; 0 lifts the ban. */
const banForMsSchema = z.number().int().min(0).max(86_400_000);

/** What a ban takes away: logins, publishing, or playing. */
export const banPrivilegeSchema = z.enum(['login', 'publish', 'play'], 'COMMON_ILLEGAL_PARAM');

export type BanPrivilege = z.infer<typeof banPrivilegeSchema>;

const banTargetFields = {
  userId: userIdSchema.optional(),
  roomId: roomIdSchema.optional(),
  /** An address, or a network in CIDR notation. */
  address: z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]).optional(),
};

const banFields = {
  ...banTargetFields,
  /** `publish` and `play` are of a user, in one room or in all. */
  privilege: banPrivilegeSchema.default('login'),
  forMs: banForMsSchema,
};

/** A ban names a user, a room or both, or an address; a ban from publishing or playing names a user. */
function namesOneTarget({
  userId,
  roomId,
  address,
  privilege,
}: { [K in keyof typeof banFields]?: unknown }): boolean {
  return privilege === 'login'
    ? (address === undefined) !== (userId === undefined && roomId === undefined)
    : userId !== undefined && address === undefined;
}

/** What a ban names. `address` is in canonical form, so that any notation of the range names the same ban. */
export interface BanTarget {
  userId?: string | undefined;
  roomId?: string | undefined;
  address?: string | undefined;
  privilege: BanPrivilege;
}

/** The text under which a ban is counted. Its Base64url form is the ID of the ban. */
export function toBanText({ address, roomId, userId, privilege }: BanTarget): string {
  const parts = [address ?? null, roomId ?? null, userId ?? null];
  return JSON.stringify(privilege === 'login' ? parts : [...parts, privilege]);
}

/** The ID of a ban: what it names, encoded. */
export const banIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,800}$/);

/** A ban in force. */
const banViewSchema = z.strictObject({
  banId: banIdSchema,
  userId: z.string().optional(),
  roomId: z.string().optional(),
  address: z.string().optional(),
  privilege: banPrivilegeSchema,
  untilMs: z.number().int(),
});

export type BanView = z.infer<typeof banViewSchema>;

/** A ban without its AppID. */
export const banSchema = z.strictObject(banFields).refine(namesOneTarget, 'COMMON_ILLEGAL_PARAM');

/**
 * Bans a user everywhere, all users from a room, a user from a room, or an address or network. The live sessions
 * of a banned user or address end (1002055), or lose the room. A ban of a whole room leaves its members there. With
 * `privilege`, a user only loses its streams, or what it plays.
 */
export const setBan = defineRpc('room', 'setBan', {
  authority: 'users:ban',
  request: z
    .strictObject({ appId: appIdSchema, ...banFields })
    .refine(namesOneTarget, 'COMMON_ILLEGAL_PARAM'),
  reply: z.strictObject({
    /** Omitted: it was lifted. */
    ban: banViewSchema.optional(),
  }),
  errors: ['APP_EXCEED_MAXIMUM_BAN_COUNT', 'ENGINE_APPID_INCORRECT_OR_NOT_ONLINE', 'COMMON_APP_OFFLINE'],
});

/** Lifts a ban. */
export const liftBan = defineRpc('room', 'liftBan', {
  authority: 'users:ban',
  request: z.strictObject({ appId: appIdSchema, banId: banIdSchema }),
  reply: z.strictObject({ ban: banViewSchema }),
  errors: ['BAN_NOT_FOUND'],
});

/** Bans in force, page by page; a ban that begins or ends meanwhile may be missing or listed twice. */
export const listBans = defineRpc('room', 'listBans', {
  authority: 'users:ban',
  request: z.strictObject({
    appId: appIdSchema,
    ...banTargetFields,
    address: z.string().max(64).optional(),
    /** Omitted or '0' = from the beginning. */
    cursor: cursorSchema.default('0'),
    limit: z.number().int().min(1).max(1000).default(100),
  }),
  reply: z.strictObject({
    bans: z.array(banViewSchema),
    /** Omitted on the last page. A page may be empty. */
    next: z.string().optional(),
  }),
  errors: [],
});
