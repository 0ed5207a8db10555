import { z } from 'zod';
import { defineRpc } from '../define.js';
import { appIdSchema } from '../ids.js';
import { statementSchema } from '../permission-schemas.js';
import { type Permission } from '../permissions.js';
import { printableTextSchema } from '../printable-text.js';

const addressSchema = z.string().max(64);
export const requestIdSchema = z.string().max(64);

/**
 * Where a request came from, for the audit row that the responder writes. The author is not among these fields: it
 * comes from the statement.
 */
export const originFields = {
  /** Of the client of the REST API. */
  address: addressSchema.optional(),
  requestId: requestIdSchema.optional(),
};
/** For the bodies of REST routes, which do not have these fields. */
export const originKeys = { address: true, requestId: true } as const;

/**
 * `done`: the act succeeded. `unknown`: no answer, or an internal error; it may have happened. `refused`: a sign-in.
 */
export const outcomeSchema = z.enum(['done', 'refused', 'unknown']);

/** Acts of services other than auth, with the permission under which each is done. */
export const reportedActions = {
  'user.kick': 'users:kick',
  'user.move': 'users:move',
  'user.copy': 'users:move',
  'ban.set': 'users:ban',
  'ban.lift': 'users:ban',
  'room.create': 'rooms:write',
  'room.close': 'rooms:write',
  'room.setAttributes': 'rooms:write',
  'webhook.test': 'webhooks:write',
  'webhook.retry': 'webhooks:write',
  'webhook.replay': 'webhooks:write',
  'member.mute': 'streams:mute',
  'member.unmute': 'streams:mute',
  'stream.mute': 'streams:mute',
  'stream.unmute': 'streams:mute',
  'stream.stop': 'streams:stop',
  'stream.announce': 'streams:share',
  'stream.withdraw': 'streams:share',
  'stream.forbid': 'streams:stop',
  'stream.permit': 'streams:stop',
  'stream.share': 'streams:share',
  'stream.unshare': 'streams:share',
  'recording.start': 'recordings:write',
  'recording.stop': 'recordings:write',
  'message.send': 'messages:send',
  'message.delete': 'messages:delete',
} as const satisfies Record<string, Permission>;

export type ReportedAction = keyof typeof reportedActions;

const maxTextChars = 512;
const textSchema = z.string().max(maxTextChars);
const filterTextSchema = printableTextSchema(maxTextChars);
const reportIdSchema = z.string().min(1).max(64);

/** An act that another service carried out, as the gateway that asked for it reports it. Never with secrets. */
export const reportedActSchema = z.strictObject({
  /** The same report is stored once. */
  reportId: reportIdSchema,
  /** When it was asked for. The statement must have been valid then. */
  atMs: z.number().int(),
  /** The one with which it was asked for: proves the author, the permission and the AppID. */
  statement: statementSchema,
  ...originFields,
  action: z.enum(Object.keys(reportedActions) as ReportedAction[]),
  appId: appIdSchema,
  subject: textSchema,
  after: z.json().optional(),
  outcome: outcomeSchema,
});
export type ReportedAct = z.input<typeof reportedActSchema>;

export const maxActsAtOnce = 100;

/**
 * Stores acts; the reply means that they are stored, except the `refused` ones, whose statements prove no such act.
 * The caller repeats the request until it is answered.
 */
export const recordActs = defineRpc('auth', 'recordActs', {
  request: z.strictObject({ acts: z.array(reportedActSchema).min(1).max(maxActsAtOnce) }),
  reply: z.strictObject({ refused: z.array(reportIdSchema) }),
  errors: [],
});

/** Position in the audit: the ID of an entry. */
const entryIdSchema = z.string().regex(/^\d{1,18}$/);
const timeSchema = z.number().int().min(0).max(8.64e15);

/** Filters of the audit; each matches exactly. */
export const auditFilterFields = {
  actor: filterTextSchema.optional(),
  action: filterTextSchema.optional(),
  subject: filterTextSchema.optional(),
  /** Inclusive. */
  fromMs: timeSchema.optional(),
  /** Exclusive. */
  toMs: timeSchema.optional(),
};

export const auditEntrySchema = z.strictObject({
  id: z.string(),
  /** 0 = no AppID. */
  appId: z.number().int(),
  /** Number in the hash chain of the AppID, from 1; 0 = written before there were chains. */
  seq: z.number().int(),
  atMs: z.number().int(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  outcome: z.string(),
  hash: z.string().nullable(),
});
export type AuditEntryView = z.output<typeof auditEntrySchema>;

const pageFields = {
  ...auditFilterFields,
  order: z.enum(['newest', 'oldest']).default('newest'),
  /** `next` of the previous page. */
  cursor: entryIdSchema.optional(),
  limit: z.number().int().min(1).max(1000).default(100),
};

const pageSchema = z.strictObject({
  entries: z.array(auditEntrySchema),
  /** Omitted on the last page. */
  next: entryIdSchema.optional(),
});

/** One page of the audit of an AppID, also of a deleted one. */
export const listAudit = defineRpc('auth', 'listAudit', {
  authority: 'audit:read',
  request: z.strictObject({ appId: appIdSchema, ...pageFields }),
  reply: pageSchema,
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** One page of the whole audit, with the rows that belong to no AppID. */
export const listAllAudit = defineRpc('auth', 'listAllAudit', {
  authority: 'audit:readAll',
  request: z.strictObject(pageFields),
  reply: pageSchema,
  errors: [],
});
