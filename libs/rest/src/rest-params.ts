import {
  appIdSchema,
  appSecretsRpc,
  authRpc,
  eventCursorSchema,
  mediaKindSchema,
  messageIdSchema,
  recordingIdSchema,
  roomAdminRpc,
  roomIdSchema,
  streamIdSchema,
  userIdSchema,
  webhookIdSchema,
} from '@polyroom/contracts';
import { z } from 'zod';

/** Path parameters of the REST API. */
const appIdText = z.coerce
  .number()
  .pipe(appIdSchema)
  .meta({ type: 'integer', minimum: 1, maximum: 0xffffffff });

export const appPath = z.object({ appId: appIdText });
export const entitlementPath = appPath.extend({ name: z.string() });
export const secretPath = appPath.extend({ secretId: appSecretsRpc.secretIdSchema });
export const userPath = appPath.extend({ userId: userIdSchema });
export const userEntitlementPath = userPath.extend({ name: z.string() });
export const roomPath = appPath.extend({ roomId: roomIdSchema });
export const messagePath = roomPath.extend({
  messageId: z.coerce.number().pipe(messageIdSchema).meta({ type: 'integer', minimum: 1 }),
});
export const memberPath = roomPath.extend({ userId: userIdSchema });
export const memberMutePath = memberPath.extend({ kind: mediaKindSchema });
export const streamPath = appPath.extend({ streamId: streamIdSchema });
export const roomStreamPath = roomPath.extend({ streamId: streamIdSchema });
export const mutePath = roomStreamPath.extend({ kind: mediaKindSchema });
export const apiKeyPath = appPath.extend({ keyId: authRpc.apiKeyIdSchema });
export const webhookPath = appPath.extend({ endpointId: webhookIdSchema });
export const deliveryPath = webhookPath.extend({ cursor: eventCursorSchema });
export const recordingPath = appPath.extend({ recordingId: recordingIdSchema });

export const banPath = appPath.extend({ banId: roomAdminRpc.banIdSchema });

/** Entries of a page. */
export const limitText = (most: number, usual: number) =>
  z.coerce
    .number()
    .pipe(z.number().int().min(1).max(most))
    .default(usual)
    .meta({ type: 'integer', minimum: 1, maximum: most });

export type AppPath = z.output<typeof appPath>;
export type EntitlementPath = z.output<typeof entitlementPath>;
export type SecretPath = z.output<typeof secretPath>;
export type UserPath = z.output<typeof userPath>;
export type UserEntitlementPath = z.output<typeof userEntitlementPath>;
export type RoomPath = z.output<typeof roomPath>;
export type MessagePath = z.output<typeof messagePath>;
export type MemberPath = z.output<typeof memberPath>;
export type MemberMutePath = z.output<typeof memberMutePath>;
export type StreamPath = z.output<typeof streamPath>;
export type RoomStreamPath = z.output<typeof roomStreamPath>;
export type MutePath = z.output<typeof mutePath>;
export type ApiKeyPath = z.output<typeof apiKeyPath>;
export type WebhookPath = z.output<typeof webhookPath>;
export type DeliveryPath = z.output<typeof deliveryPath>;
export type RecordingPath = z.output<typeof recordingPath>;
export type BanPath = z.output<typeof banPath>;
