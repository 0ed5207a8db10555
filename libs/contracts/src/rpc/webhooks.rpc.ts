import { z } from 'zod';
import { defineRpc } from '../define.js';
import { appEventSchema, eventCursorSchema } from '../events/app-events.js';
import { roomRightSchema } from '../grants.js';
import { appIdSchema, roomIdSchema, streamIdSchema, textErrors, userIdSchema } from '../ids.js';
import {
  sendableWebhookSchema,
  webhookFields,
  webhookIdSchema,
  webhookSchema,
  loginHookSchema,
} from '../webhooks.js';
import { originFields } from './audit.rpc.js';

/* Endpoints: stored by auth. */

export const maxEndpoints = 20;
/** How long the former secret signs after a rotation, at most. */
export const maxOverlapSeconds = 7 * 86_400;

const secretSchema = z
  .string('COMMON_ILLEGAL_PARAM')
  .min(16, 'COMMON_ILLEGAL_PARAM')
  .max(128, 'COMMON_ILLEGAL_PARAM');
const target = { appId: appIdSchema, endpointId: webhookIdSchema };

/** Creates an endpoint. The secret is returned only in this reply. */
export const createWebhook = defineRpc('auth', 'createWebhook', {
  authority: 'webhooks:write',
  request: z.strictObject({
    ...originFields,
    appId: appIdSchema,
    url: webhookFields.url,
    format: webhookFields.format.default('standard'),
    types: webhookFields.types.default(['*']),
    roomIds: webhookFields.roomIds.default([]),
    description: webhookFields.description.default(''),
    enabled: webhookFields.enabled.default(true),
    /** Of format `zego`: the CallbackSecret. By default a new one. */
    secret: secretSchema.optional(),
  }),
  reply: z.strictObject({ webhook: webhookSchema, secret: z.string() }),
  errors: ['ADMIN_APP_NOT_FOUND', 'WEBHOOK_LIMIT_REACHED', 'COMMON_ILLEGAL_PARAM'],
});

export const listWebhooks = defineRpc('auth', 'listWebhooks', {
  authority: 'webhooks:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ webhooks: z.array(webhookSchema) }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

export const updateWebhook = defineRpc('auth', 'updateWebhook', {
  authority: 'webhooks:write',
  request: z.strictObject({
    ...originFields,
    ...target,
    url: webhookFields.url.optional(),
    format: webhookFields.format.optional(),
    types: webhookFields.types.optional(),
    roomIds: webhookFields.roomIds.optional(),
    description: webhookFields.description.optional(),
    enabled: webhookFields.enabled.optional(),
    /** With another format only, which needs it: the secrets of the formats differ. The former secret ends. */
    secret: secretSchema.optional(),
  }),
  reply: z.strictObject({ webhook: webhookSchema }),
  errors: ['WEBHOOK_NOT_FOUND', 'ADMIN_APP_NOT_FOUND', 'COMMON_ILLEGAL_PARAM'],
});

export const deleteWebhook = defineRpc('auth', 'deleteWebhook', {
  authority: 'webhooks:write',
  request: z.strictObject({ ...originFields, ...target }),
  reply: z.strictObject({}),
  errors: ['WEBHOOK_NOT_FOUND', 'ADMIN_APP_NOT_FOUND'],
});

/** Replaces the secret; the former one signs too until the overlap has passed. */
export const rotateWebhookSecret = defineRpc('auth', 'rotateWebhookSecret', {
  authority: 'webhooks:write',
  request: z.strictObject({
    ...originFields,
    ...target,
    overlapSeconds: z
      .number('COMMON_ILLEGAL_PARAM')
      .int('COMMON_ILLEGAL_PARAM')
      .min(0, 'COMMON_ILLEGAL_PARAM')
      .max(maxOverlapSeconds, 'COMMON_ILLEGAL_PARAM')
      .default(86_400),
    secret: secretSchema.optional(),
  }),
  reply: z.strictObject({ webhook: webhookSchema, secret: z.string() }),
  errors: ['WEBHOOK_NOT_FOUND', 'ADMIN_APP_NOT_FOUND', 'COMMON_ILLEGAL_PARAM'],
});

/** Every endpoint with its secrets, page by page: for the webhooks service alone, so not below `rpc.auth`. */
export const readEndpoints = defineRpc('webhookStore', 'readEndpoints', {
  request: z.strictObject({ appId: appIdSchema.optional(), after: z.string().max(64).optional() }),
  reply: z.strictObject({ webhooks: z.array(sendableWebhookSchema), next: z.string().optional() }),
  errors: [],
});

/** Disables an endpoint that has failed for days. False if it or its AppID is not enabled, or was enabled again since. */
export const disableEndpoint = defineRpc('webhookStore', 'disableEndpoint', {
  request: z.strictObject({
    ...target,
    failingSinceMs: z.number().int(),
    enabledAtMs: sendableWebhookSchema.shape.enabledAtMs,
  }),
  reply: z.strictObject({ disabled: z.boolean() }),
  errors: [],
});

/* The hook that decides logins: stored by auth. */

/** Sets the hook. Without a secret, a new hook gets one, and an existing one keeps its own; shown only in this reply. */
export const setLoginHook = defineRpc('auth', 'setLoginHook', {
  authority: 'webhooks:write',
  request: z.strictObject({
    ...originFields,
    appId: appIdSchema,
    url: loginHookSchema.shape.url,
    deadlineMs: loginHookSchema.shape.deadlineMs.default(1000),
    onFailure: loginHookSchema.shape.onFailure,
    secret: secretSchema.optional(),
  }),
  reply: z.strictObject({ loginHook: loginHookSchema, secret: z.string().optional() }),
  errors: ['ADMIN_APP_NOT_FOUND', 'COMMON_ILLEGAL_PARAM'],
});

export const getLoginHook = defineRpc('auth', 'getLoginHook', {
  authority: 'webhooks:read',
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ loginHook: loginHookSchema.optional() }),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

export const deleteLoginHook = defineRpc('auth', 'deleteLoginHook', {
  authority: 'webhooks:write',
  request: z.strictObject({ ...originFields, appId: appIdSchema }),
  reply: z.strictObject({}),
  errors: ['ADMIN_APP_NOT_FOUND'],
});

/** With the secret: for the webhooks service alone. */
export const readLoginHook = defineRpc('webhookStore', 'readLoginHook', {
  request: z.strictObject({ appId: appIdSchema }),
  reply: z.strictObject({ loginHook: loginHookSchema.extend({ secret: z.string() }).optional() }),
  errors: [],
});

/**
 * Asks the application whether a user may log in to a room, or renew its token there. Throws LOGIN_REFUSED_BY_APP; the
 * asking gateway decides by `onFailure` if there is no answer.
 */
export const decideLogin = defineRpc('webhooks', 'decideLogin', {
  request: z.strictObject({
    appId: appIdSchema,
    roomId: roomIdSchema,
    userId: userIdSchema,
    act: z.enum(['login', 'renew']),
    clientAddress: z.string().max(64).optional(),
  }),
  reply: z.strictObject({
    /** Of the application; omitted: everything that the token grants. */
    rights: z.array(roomRightSchema).optional(),
    streams: z.array(streamIdSchema).optional(),
  }),
  errors: ['LOGIN_REFUSED_BY_APP', 'LOGIN_HOOK_FAILED'],
  timeoutMs: 4000,
});

/* Delivery and the log: the webhooks service. */

/** One attempt to deliver an event. */
export const deliverySchema = z.strictObject({
  eventId: z.string(),
  cursor: eventCursorSchema,
  type: z.string(),
  roomId: z.string().optional(),
  userId: z.string().optional(),
  attempt: z.number().int(),
  atMs: z.number().int(),
  durationMs: z.number().int(),
  /** `delivered`; `failed` and tried again later, unless it is `manual`; `expired`: given up after a day of attempts. */
  outcome: z.enum(['delivered', 'failed', 'expired']),
  /** Of the answer. */
  status: z.number().int().optional(),
  /** Why there is no answer, or why it does not count. */
  error: z.string().max(256).optional(),
  /** Made by hand. */
  manual: z.boolean().optional(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** Sends `webhook.test` now, once. */
export const testWebhook = defineRpc('webhooks', 'testWebhook', {
  authority: 'webhooks:write',
  request: z.strictObject(target),
  reply: z.strictObject({ delivery: deliverySchema }),
  errors: ['WEBHOOK_NOT_FOUND'],
  timeoutMs: 20_000,
});

/** State of an endpoint, and its latest attempts, the newest first. */
export const listDeliveries = defineRpc('webhooks', 'listDeliveries', {
  authority: 'webhooks:read',
  request: z.strictObject({
    ...target,
    outcome: deliverySchema.shape.outcome.optional(),
    limit: z.coerce
      .number('COMMON_ILLEGAL_PARAM')
      .int('COMMON_ILLEGAL_PARAM')
      .min(1, 'COMMON_ILLEGAL_PARAM')
      .max(500, 'COMMON_ILLEGAL_PARAM')
      .default(100),
  }),
  reply: z.strictObject({
    state: z.strictObject({
      /** Everything up to here is delivered, but for the rooms that wait for a retry. */
      cursor: eventCursorSchema,
      /** Rooms and users whose events wait for a retry. */
      waiting: z.number().int(),
      failingSinceMs: z.number().int().optional(),
      nextAttemptAtMs: z.number().int().optional(),
    }),
    deliveries: z.array(deliverySchema),
  }),
  errors: ['WEBHOOK_NOT_FOUND'],
  timeoutMs: 5000,
});

/** Sends one event again, now, out of order. */
export const retryDelivery = defineRpc('webhooks', 'retryDelivery', {
  authority: 'webhooks:write',
  request: z.strictObject({ ...target, cursor: eventCursorSchema }),
  reply: z.strictObject({ delivery: deliverySchema }),
  errors: ['WEBHOOK_NOT_FOUND', 'WEBHOOK_EVENT_NOT_FOUND'],
  timeoutMs: 20_000,
});

const replayFields = {
  after: eventCursorSchema.optional(),
  fromMs: z
    .number('COMMON_ILLEGAL_PARAM')
    .int('COMMON_ILLEGAL_PARAM')
    .min(0, 'COMMON_ILLEGAL_PARAM')
    .optional(),
};
function namesOne({ after, fromMs }: { after?: string | undefined; fromMs?: number | undefined }): boolean {
  return (after === undefined) !== (fromMs === undefined);
}

/** Where a replay begins. */
export const replayFrom = z.strictObject(replayFields).refine(namesOne, 'name either after or fromMs');

/** Delivers again everything after a position or from a time on, in order. */
export const replayWebhook = defineRpc('webhooks', 'replayWebhook', {
  authority: 'webhooks:write',
  request: z.strictObject({ ...target, ...replayFields }).refine(namesOne, 'name either after or fromMs'),
  reply: z.strictObject({ cursor: eventCursorSchema }),
  errors: ['WEBHOOK_NOT_FOUND', 'COMMON_ILLEGAL_PARAM'],
  timeoutMs: 5000,
});

/** Events after a position, oldest first; of one room or user, or of the AppID. */
export const readEvents = defineRpc('webhooks', 'readEvents', {
  authority: 'events:read',
  request: z.strictObject({
    appId: appIdSchema,
    after: eventCursorSchema.optional(),
    fromMs: z.coerce
      .number('COMMON_ILLEGAL_PARAM')
      .int('COMMON_ILLEGAL_PARAM')
      .min(0, 'COMMON_ILLEGAL_PARAM')
      .optional(),
    room: roomIdSchema.optional(),
    user: userIdSchema.optional(),
    limit: z.coerce
      .number('COMMON_ILLEGAL_PARAM')
      .int('COMMON_ILLEGAL_PARAM')
      .min(1, 'COMMON_ILLEGAL_PARAM')
      .max(500, 'COMMON_ILLEGAL_PARAM')
      .default(100),
  }),
  reply: z.strictObject({
    events: z.array(appEventSchema),
    /** Read on after this position; omitted: nothing was found, ask again later with the same one. */
    next: eventCursorSchema.optional(),
    /** Some events after the position are no longer stored. */
    gone: z.boolean(),
  }),
  errors: [...textErrors.roomId, ...textErrors.userId],
  timeoutMs: 5000,
});
