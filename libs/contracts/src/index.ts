export * from './caller-text.js';
export * from './own-id.js';
export * from './ids.js';
export * from './define.js';
export * from './entitlements.js';
export * from './grants.js';
export * from './revocation.js';
export * from './errors/category.js';
export * from './errors/client-errors.js';
export * from './errors/error-spec.js';
export * from './errors/registry.js';
export * from './errors/app-error.js';
export * from './errors/describe-argument.js';
export * from './errors/problem.js';
export * from './parse.js';
export * from './permissions.js';
export * from './permission-schemas.js';
export * from './roles.js';
export * from './role-schemas.js';
export * as authRpc from './rpc/auth/index.js';
export * as operatorsRpc from './rpc/operators.rpc.js';
export * as operatorSessionRpc from './rpc/operator-session.rpc.js';
export * as appSecretsRpc from './rpc/app-secrets.rpc.js';
export * as auditRpc from './rpc/audit.rpc.js';
export * as roomRpc from './rpc/room.rpc.js';
export * as roomAdminRpc from './rpc/room-admin/index.js';
export * as idempotencyRpc from './rpc/idempotency.rpc.js';
export * as roomDirectoryRpc from './rpc/room-directory.rpc.js';
export * as sessionAdminRpc from './rpc/session-admin.rpc.js';
export * as messagingRpc from './rpc/messaging.rpc.js';
export * as mediaRpc from './rpc/media.rpc.js';
export * as interopRpc from './rpc/interop.rpc.js';
export * as recordingRpc from './rpc/recording.rpc.js';
export * as webhooksRpc from './rpc/webhooks.rpc.js';
export type { Delivery } from './rpc/webhooks.rpc.js';
export * as usageRpc from './rpc/usage.rpc.js';
export * as recorderRpc from './rpc/recorder.rpc.js';
export * as mediaPipeRpc from './rpc/media-pipe.rpc.js';
export type { PipeEnd } from './rpc/media-pipe.rpc.js';
export { snapshotMostMembers } from './rpc/room.rpc.js';
export {
  banPrivilegeSchema,
  type BanPrivilege,
  type BanView,
  type RoomSummary,
} from './rpc/room-admin/index.js';
export type {
  HeldSession,
  MembershipNote,
  RoomAttribute,
  RoomSnapshot,
  RoomStream,
  TokenEnd,
} from './rpc/room.rpc.js';
export type { IceServer, MediaSession, MuteAuthor, TransportDirection } from './rpc/media.rpc.js';
export * from './events/app-events.js';
export * from './events/facts.js';
export type {
  ActiveRecording,
  CompleteFile,
  RecordedStream,
  RecordingEndReason,
  RecordingFile,
} from './rpc/recording.rpc.js';
export type { MemberInRoom } from './rpc/room-directory.rpc.js';
export type { AuditEntryView, ReportedAct } from './rpc/audit.rpc.js';
export type { UsageCount, UsageGroup, UsageRow, UsageView } from './rpc/usage.rpc.js';
export { recordingIdSchema } from './rpc/recording.rpc.js';
export type { RecordingTarget, RecordingView } from './rpc/recorder.rpc.js';
export * from './events/messages.js';
export * from './events/recordings.js';
export * from './events/speakers.js';
export * from './events/webhooks.js';
export * from './webhooks.js';
export * from './events/instances.js';
export * from './client/message-limits.js';
export * from './client/message-protocol.js';
export * from './client/socket.js';
export * from './client/client-events.js';
export * from './client/protocol.js';
export * from './client/socket-limits.js';
