import {
  appEventSchema,
  appSecretsRpc,
  auditRpc,
  authRpc,
  messagingRpc,
  operatorGrantSchema,
  operatorsRpc,
  recorderRpc,
  roomAdminRpc,
  roomRpc,
  usageRpc,
  webhookFields,
  webhookSchema,
  webhooksRpc,
} from '@polyroom/contracts';
import { type z } from 'zod';
import { clusterSchema } from './cluster/cluster.controller.js';

const app = authRpc.getApp.reply.shape.app;
const entitlement = authRpc.setEntitlement.reply.shape.entitlement;
const recording = recorderRpc.beginRecording.reply;
const mutes = roomAdminRpc.readMemberMutes.reply;

/** What the API answers with, by the names of their types in generated clients. */
export const restSchemas: Record<string, z.ZodType> = {
  ApiKey: authRpc.revokeApiKey.reply.shape.apiKey,
  App: app,
  AppEvent: appEventSchema,
  AppEventType: appEventSchema.shape.type,
  AuditEntry: auditRpc.auditEntrySchema,
  Ban: roomAdminRpc.liftBan.reply.shape.ban,
  CredentialKind: app.shape.credentialKinds.element,
  DeliveryOutcome: webhooksRpc.deliverySchema.shape.outcome,
  Entitlement: entitlement,
  EntitlementValue: entitlement.shape.value,
  Instance: clusterSchema.shape.instances.element,
  LoginHook: webhooksRpc.setLoginHook.reply.shape.loginHook,
  MediaKind: mutes.shape.kinds.element,
  MediaNode: clusterSchema.shape.mediaNodes.element,
  Member: roomAdminRpc.listMembers.reply.shape.members.element,
  Message: messagingRpc.listMessages.reply.shape.messages.element,
  Mutes: mutes,
  Operator: operatorsRpc.operatorSchema,
  OperatorGrant: operatorGrantSchema,
  OperatorRole: operatorGrantSchema.shape.role,
  OperatorSession: operatorsRpc.operatorSessionSchema,
  Quota: roomAdminRpc.readQuotas.reply.shape.quotas.element,
  RecordedFile: recorderRpc.listRecordingFiles.reply.shape.files.element,
  RecordedStream: recording.shape.recordings.element,
  Recording: recording,
  Room: roomAdminRpc.listRooms.reply.shape.rooms.element,
  RoomAttribute: roomAdminRpc.readRoomAttributes.reply.shape.attributes.element,
  RoomSnapshot: roomRpc.getSnapshot.reply,
  RoomStream: roomAdminRpc.listRoomStreams.reply.shape.streams.element,
  Secret: appSecretsRpc.addSecret.reply.shape.secret,
  Usage: usageRpc.getUsage.reply.shape.usage.element,
  UserRoom: roomAdminRpc.listUserRooms.reply.shape.rooms.element,
  UserSession: roomAdminRpc.listUserSessions.reply.shape.sessions.element,
  UserStream: roomAdminRpc.listUserStreams.reply.shape.streams.element,
  Webhook: webhookSchema,
  WebhookDelivery: webhooksRpc.deliverySchema,
  WebhookFormat: webhookFields.format,
  WebhookType: webhookFields.types.element,
};
