import {
  type auditRpc,
  type appSecretsRpc,
  type authRpc,
  type InstanceReport,
  type NodeReport,
  type operatorSessionRpc,
  type operatorsRpc,
  type recorderRpc,
  type ReplyOf,
  type roomAdminRpc,
  type roomRpc,
} from '@polyroom/contracts';

export type { UsageView } from '@polyroom/contracts';

/** Replies of the API, by the contracts of the services. Types only: the page has no schemas. */
export type AppView = ReplyOf<typeof authRpc.listApps>['apps'][number];
export type CreatedApp = ReplyOf<typeof authRpc.createApp>;
export type EntitlementList = ReplyOf<typeof authRpc.listEntitlements>;
export type EntitlementView = EntitlementList['entitlements'][number];
export type ApiKeyView = ReplyOf<typeof authRpc.listApiKeys>['apiKeys'][number];
export type SecretView = ReplyOf<typeof appSecretsRpc.listSecrets>['secrets'][number];
export type AuditEntry = auditRpc.AuditEntryView;
export type AuditPage = ReplyOf<typeof auditRpc.listAudit>;
export type OperatorView = operatorsRpc.OperatorView;
export type OperatorSession = operatorsRpc.OperatorSessionView & { current?: boolean };
export type SignInMethods = operatorSessionRpc.StepReply<'listMethods'>;
export type Passkey = operatorSessionRpc.StepReply<'listPasskeys'>['passkeys'][number];
export type RoomSnapshot = ReplyOf<typeof roomRpc.getSnapshot>;
export type MemberView = ReplyOf<typeof roomAdminRpc.listMembers>['members'][number];
export type UserRoom = ReplyOf<typeof roomAdminRpc.listUserRooms>['rooms'][number];
export type RecordedFile = ReplyOf<typeof recorderRpc.listRecordingFiles>['files'][number];
export type RecordingView = ReplyOf<typeof recorderRpc.listRecordings>['recordings'][number];

export interface RoomView {
  roomId: string;
  roomEpoch: number;
  memberCount: number;
  streamCount: number;
  maxMemberCount: number;
  createdAtMs: number;
  keepUntilMs?: number;
}

export interface StreamView {
  streamId: string;
  user: MemberView;
  kinds: string[];
  extraInfo: string;
  /** Muted by the publisher. */
  mutedKinds?: string[];
  operatorMutedKinds?: string[];
}

export interface AttributeView {
  key: string;
  value: string;
  version: number;
  updatedByUserId: string;
  updatedAtMs: number;
}

export interface MessageView {
  seq: number;
  messageId: string;
  sentAtMs: number;
  kind: string;
  from: MemberView;
  content: string;
}

export interface UserSessionView {
  sessionId: string;
  state: 'live' | 'suspended';
  mode?: string;
  gatewayId: string;
  clientAddress?: string;
  graceEndMs?: number;
  roomIds: string[];
}

export interface UserStreamView {
  streamId: string;
  channel: number;
  sessionId: string;
  roomIds: string[];
}

export interface BanView {
  banId: string;
  userId?: string;
  roomId?: string;
  address?: string;
  privilege: 'login' | 'publish' | 'play';
  untilMs: number;
}

export interface QuotaView {
  name: string;
  used: number;
  limit: number;
}

export interface WebhookView {
  endpointId: string;
  url: string;
  format: 'standard' | 'zego';
  types: string[];
  roomIds: string[];
  description: string;
  enabled: boolean;
  disabledReason?: 'operator' | 'failing';
  disabledAtMs?: number;
  createdAtMs: number;
}

export interface DeliveryView {
  eventId: string;
  cursor: string;
  type: string;
  roomId?: string;
  userId?: string;
  attempt: number;
  atMs: number;
  durationMs: number;
  outcome: 'delivered' | 'failed' | 'expired';
  status?: number;
  error?: string;
}

export interface DeliveryPage {
  state: { cursor: string; waiting: number; failingSinceMs?: number; nextAttemptAtMs?: number };
  deliveries: DeliveryView[];
}

export interface ClusterView {
  instances: (InstanceReport & { reportedAtMs: number })[];
  mediaNodes: NodeReport[];
}
