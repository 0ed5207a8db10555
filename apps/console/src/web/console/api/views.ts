import { type operatorSessionRpc } from '@polyroom/contracts';
import { type ReplyOf, type Resources } from '@polyroom/server-sdk';

/** What the API answers with, by its OpenAPI document. Types only: the page has no schemas. */
export type AppView = Resources['App'];
export type CreatedApp = ReplyOf<'apps_create'>;
export type EntitlementList = ReplyOf<'entitlements_list'>;
export type EntitlementView = Resources['Entitlement'];
export type ApiKeyView = Resources['ApiKey'];
export type SecretView = Resources['Secret'];
export type AuditEntry = Resources['AuditEntry'];
export type AuditPage = ReplyOf<'audit_list'>;
export type OperatorView = Resources['Operator'];
export type OperatorSession = Resources['OperatorSession'] & { current?: boolean };
export type RoomView = Resources['Room'];
export type RoomSnapshot = Resources['RoomSnapshot'];
export type MemberView = Resources['Member'];
export type StreamView = Resources['RoomStream'];
export type AttributeView = Resources['RoomAttribute'];
export type MessageView = Resources['Message'];
export type UserRoom = Resources['UserRoom'];
export type UserSessionView = Resources['UserSession'];
export type UserStreamView = Resources['UserStream'];
export type BanView = Resources['Ban'];
export type RecordedFile = Resources['RecordedFile'];
export type RecordingView = Resources['Recording'];
export type UsageView = Resources['Usage'];
export type WebhookView = Resources['Webhook'];
export type DeliveryView = Resources['WebhookDelivery'];
export type DeliveryPage = ReplyOf<'webhooks_deliveries'>;
export type ClusterView = ReplyOf<'cluster_get'>;

/** Of the sign-in, which is no part of the API for application servers. */
export type SignInMethods = operatorSessionRpc.StepReply<'listMethods'>;
export type Passkey = operatorSessionRpc.StepReply<'listPasskeys'>['passkeys'][number];
