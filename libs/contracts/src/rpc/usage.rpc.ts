import { z } from 'zod';
import { defineRpc } from '../define.js';
import { appIdSchema } from '../ids.js';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What is counted. Times in ms. */
export const usageCounts = {
  /** How long the user's sessions had a connection. */
  sessionMs: count,
  /** How long the user was in the room, over such sessions. */
  memberMs: count,
  /** Messages that the user sent in the room. */
  messages: count,
  messageBytes: count,
  /** Media that the user sent, once for all rooms that show it. */
  sentBytes: count,
  /** Media that the user received: once, in the first room for which it is played. */
  receivedBytes: count,
} as const;
export type UsageCount = keyof typeof usageCounts;
export const usageCountNames = Object.keys(usageCounts) as UsageCount[];

const usageRowSchema = z.strictObject({
  appId: appIdSchema,
  /** The hour in which it was used: Unix time in ms of its begin. */
  hourMs: z.number().int().multipleOf(3_600_000),
  /** '' = in no particular room. */
  roomId: z.string().max(128),
  userId: z.string().max(64),
  ...usageCounts,
});
export type UsageRow = z.infer<typeof usageRowSchema>;

export const maxUsageRows = 1000;

/** Adds what a process has counted. The same report is added once: the sender repeats it until it is answered. */
export const recordUsage = defineRpc('auth', 'recordUsage', {
  request: z.strictObject({
    reportId: z.string().min(1).max(64),
    rows: z.array(usageRowSchema).min(1).max(maxUsageRows),
  }),
  reply: z.strictObject({}),
  errors: [],
  timeoutMs: 10_000,
});

/** By what the usage of an AppID is summed. */
export const usageGroupSchema = z.enum(['app', 'room', 'user', 'hour', 'day']);
export type UsageGroup = z.infer<typeof usageGroupSchema>;

const timeSchema = z.number().int().min(0).max(8.64e15);
const decimals = z.number().min(0);

const usageViewSchema = z.strictObject({
  /** With `by=room`; omitted for usage in no particular room. */
  roomId: z.string().optional(),
  /** With `by=user`. */
  userId: z.string().optional(),
  /** With `by=hour` and `by=day`: Unix time in ms of its begin, in UTC. */
  fromMs: z.number().int().optional(),
  sessionMinutes: decimals,
  memberMinutes: decimals,
  messages: count,
  messageBytes: count,
  sentBytes: count,
  receivedBytes: count,
});
export type UsageView = z.infer<typeof usageViewSchema>;

/** The usage of an AppID in the hours that begin in the period. */
export const getUsage = defineRpc('auth', 'getUsage', {
  authority: 'usage:read',
  request: z.strictObject({
    appId: appIdSchema,
    /** Inclusive. */
    fromMs: timeSchema,
    /** Exclusive. */
    toMs: timeSchema,
    by: usageGroupSchema.default('app'),
    /** `next` of the previous page. */
    cursor: z.string().max(128).optional(),
    limit: z.number().int().min(1).max(1000).default(100),
  }),
  reply: z.strictObject({
    usage: z.array(usageViewSchema),
    /** Omitted on the last page. */
    next: z.string().optional(),
  }),
  errors: [],
  timeoutMs: 10_000,
});
