"""Contains all the data models used in inputs/outputs"""

from .api_key import ApiKey
from .api_keys_create_body import ApiKeysCreateBody
from .api_keys_create_body_permissions_item import ApiKeysCreateBodyPermissionsItem
from .api_keys_create_response_201 import ApiKeysCreateResponse201
from .api_keys_list_response_200 import ApiKeysListResponse200
from .api_keys_revoke_response_200 import ApiKeysRevokeResponse200
from .api_keys_set_expiry_body import ApiKeysSetExpiryBody
from .api_keys_set_expiry_response_200 import ApiKeysSetExpiryResponse200
from .app import App
from .app_event import AppEvent
from .app_event_data import AppEventData
from .app_event_type import AppEventType
from .apps_create_body import AppsCreateBody
from .apps_create_response_201 import AppsCreateResponse201
from .apps_delete_body import AppsDeleteBody
from .apps_delete_response_200 import AppsDeleteResponse200
from .apps_get_response_200 import AppsGetResponse200
from .apps_list_response_200 import AppsListResponse200
from .apps_set_credentials_body import AppsSetCredentialsBody
from .apps_set_credentials_response_200 import AppsSetCredentialsResponse200
from .apps_set_enabled_body import AppsSetEnabledBody
from .apps_set_enabled_response_200 import AppsSetEnabledResponse200
from .audit_entry import AuditEntry
from .audit_list_of_app_response_200 import AuditListOfAppResponse200
from .audit_list_response_200 import AuditListResponse200
from .ban import Ban
from .ban_privilege import BanPrivilege
from .bans_lift_response_200 import BansLiftResponse200
from .bans_list_response_200 import BansListResponse200
from .bans_set_body import BansSetBody
from .bans_set_body_privilege import BansSetBodyPrivilege
from .bans_set_response_200 import BansSetResponse200
from .cluster_get_response_200 import ClusterGetResponse200
from .credential_kind import CredentialKind
from .delivery_outcome import DeliveryOutcome
from .entitlement import Entitlement
from .entitlement_stored import EntitlementStored
from .entitlements_get_response_200 import EntitlementsGetResponse200
from .entitlements_list_of_user_response_200 import EntitlementsListOfUserResponse200
from .entitlements_list_response_200 import EntitlementsListResponse200
from .entitlements_read_quotas_response_200 import EntitlementsReadQuotasResponse200
from .entitlements_set_body import EntitlementsSetBody
from .entitlements_set_of_user_body import EntitlementsSetOfUserBody
from .entitlements_set_of_user_response_200 import EntitlementsSetOfUserResponse200
from .entitlements_set_response_200 import EntitlementsSetResponse200
from .events_read_response_200 import EventsReadResponse200
from .instance import Instance
from .instance_checks import InstanceChecks
from .instance_service import InstanceService
from .login_hook import LoginHook
from .login_hook_delete_response_200 import LoginHookDeleteResponse200
from .login_hook_get_response_200 import LoginHookGetResponse200
from .login_hook_on_failure import LoginHookOnFailure
from .login_hook_set_body import LoginHookSetBody
from .login_hook_set_body_on_failure import LoginHookSetBodyOnFailure
from .login_hook_set_response_200 import LoginHookSetResponse200
from .media_kind import MediaKind
from .media_node import MediaNode
from .media_node_state import MediaNodeState
from .member import Member
from .members_kick_body import MembersKickBody
from .members_kick_from_all_body import MembersKickFromAllBody
from .members_kick_from_all_response_200 import MembersKickFromAllResponse200
from .members_kick_response_200 import MembersKickResponse200
from .members_list_response_200 import MembersListResponse200
from .members_list_rooms_response_200 import MembersListRoomsResponse200
from .members_list_sessions_response_200 import MembersListSessionsResponse200
from .message import Message
from .message_category import MessageCategory
from .message_kind import MessageKind
from .messages_delete_response_200 import MessagesDeleteResponse200
from .messages_list_response_200 import MessagesListResponse200
from .messages_send_body import MessagesSendBody
from .messages_send_body_category import MessagesSendBodyCategory
from .messages_send_body_kind import MessagesSendBodyKind
from .messages_send_response_201_type_0 import MessagesSendResponse201Type0
from .messages_send_response_201_type_1 import MessagesSendResponse201Type1
from .mutes import Mutes
from .mutes_mute_member_body import MutesMuteMemberBody
from .mutes_mute_stream_body import MutesMuteStreamBody
from .operator import Operator
from .operator_grant import OperatorGrant
from .operator_role import OperatorRole
from .operator_session import OperatorSession
from .operators_create_body import OperatorsCreateBody
from .operators_create_response_201 import OperatorsCreateResponse201
from .operators_end_session_response_200 import OperatorsEndSessionResponse200
from .operators_end_sessions_response_200 import OperatorsEndSessionsResponse200
from .operators_list_response_200 import OperatorsListResponse200
from .operators_list_sessions_response_200 import OperatorsListSessionsResponse200
from .operators_reset_factors_response_200 import OperatorsResetFactorsResponse200
from .operators_reset_password_response_201 import OperatorsResetPasswordResponse201
from .operators_set_enabled_body import OperatorsSetEnabledBody
from .operators_set_enabled_response_200 import OperatorsSetEnabledResponse200
from .operators_set_grants_body import OperatorsSetGrantsBody
from .operators_set_grants_response_200 import OperatorsSetGrantsResponse200
from .problem import Problem
from .problem_details import ProblemDetails
from .problem_error import ProblemError
from .problem_error_details import ProblemErrorDetails
from .problem_error_fault import ProblemErrorFault
from .problem_fault import ProblemFault
from .quota import Quota
from .quota_name import QuotaName
from .recorded_file import RecordedFile
from .recorded_stream import RecordedStream
from .recorded_stream_file import RecordedStreamFile
from .recording import Recording
from .recordings_end_response_200 import RecordingsEndResponse200
from .recordings_list_files_response_200 import RecordingsListFilesResponse200
from .recordings_list_response_200 import RecordingsListResponse200
from .revocations_revoke_body import RevocationsRevokeBody
from .revocations_revoke_response_201 import RevocationsRevokeResponse201
from .revocations_revoke_response_201_revocation import (
    RevocationsRevokeResponse201Revocation,
)
from .room import Room
from .room_attribute import RoomAttribute
from .room_snapshot import RoomSnapshot
from .room_stream import RoomStream
from .room_stream_kinds_item import RoomStreamKindsItem
from .rooms_close_body import RoomsCloseBody
from .rooms_close_response_200 import RoomsCloseResponse200
from .rooms_create_body import RoomsCreateBody
from .rooms_create_response_200 import RoomsCreateResponse200
from .rooms_get_attributes_response_200 import RoomsGetAttributesResponse200
from .rooms_get_settings_response_200 import RoomsGetSettingsResponse200
from .rooms_list_response_200 import RoomsListResponse200
from .rooms_set_attributes_body import RoomsSetAttributesBody
from .rooms_set_attributes_body_changes_item import RoomsSetAttributesBodyChangesItem
from .rooms_set_attributes_response_200 import RoomsSetAttributesResponse200
from .secret import Secret
from .secret_state import SecretState
from .secrets_add_body import SecretsAddBody
from .secrets_add_response_201 import SecretsAddResponse201
from .secrets_list_response_200 import SecretsListResponse200
from .secrets_promote_response_200 import SecretsPromoteResponse200
from .secrets_replace_app_sign_body import SecretsReplaceAppSignBody
from .secrets_replace_app_sign_response_200 import SecretsReplaceAppSignResponse200
from .secrets_retire_response_200 import SecretsRetireResponse200
from .streams_list_of_room_response_200 import StreamsListOfRoomResponse200
from .streams_list_of_user_response_200 import StreamsListOfUserResponse200
from .streams_stop_response_200 import StreamsStopResponse200
from .transfers_copy_body import TransfersCopyBody
from .transfers_copy_response_200 import TransfersCopyResponse200
from .transfers_move_body import TransfersMoveBody
from .transfers_move_response_200 import TransfersMoveResponse200
from .transfers_share_response_200 import TransfersShareResponse200
from .transfers_unshare_response_200 import TransfersUnshareResponse200
from .usage import Usage
from .usage_get_by import UsageGetBy
from .usage_get_response_200 import UsageGetResponse200
from .user_room import UserRoom
from .user_session import UserSession
from .user_session_mode import UserSessionMode
from .user_session_state import UserSessionState
from .user_stream import UserStream
from .webhook import Webhook
from .webhook_delivery import WebhookDelivery
from .webhook_disabled_reason import WebhookDisabledReason
from .webhook_format import WebhookFormat
from .webhook_type_type_1 import WebhookTypeType1
from .webhooks_create_body import WebhooksCreateBody
from .webhooks_create_body_format import WebhooksCreateBodyFormat
from .webhooks_create_response_201 import WebhooksCreateResponse201
from .webhooks_delete_response_200 import WebhooksDeleteResponse200
from .webhooks_deliveries_response_200 import WebhooksDeliveriesResponse200
from .webhooks_deliveries_response_200_state import WebhooksDeliveriesResponse200State
from .webhooks_list_response_200 import WebhooksListResponse200
from .webhooks_replay_body import WebhooksReplayBody
from .webhooks_replay_response_200 import WebhooksReplayResponse200
from .webhooks_retry_response_200 import WebhooksRetryResponse200
from .webhooks_rotate_body import WebhooksRotateBody
from .webhooks_rotate_response_200 import WebhooksRotateResponse200
from .webhooks_test_response_200 import WebhooksTestResponse200
from .webhooks_update_body import WebhooksUpdateBody
from .webhooks_update_response_200 import WebhooksUpdateResponse200

__all__ = (
    "ApiKey",
    "ApiKeysCreateBody",
    "ApiKeysCreateBodyPermissionsItem",
    "ApiKeysCreateResponse201",
    "ApiKeysListResponse200",
    "ApiKeysRevokeResponse200",
    "ApiKeysSetExpiryBody",
    "ApiKeysSetExpiryResponse200",
    "App",
    "AppEvent",
    "AppEventData",
    "AppEventType",
    "AppsCreateBody",
    "AppsCreateResponse201",
    "AppsDeleteBody",
    "AppsDeleteResponse200",
    "AppsGetResponse200",
    "AppsListResponse200",
    "AppsSetCredentialsBody",
    "AppsSetCredentialsResponse200",
    "AppsSetEnabledBody",
    "AppsSetEnabledResponse200",
    "AuditEntry",
    "AuditListOfAppResponse200",
    "AuditListResponse200",
    "Ban",
    "BanPrivilege",
    "BansLiftResponse200",
    "BansListResponse200",
    "BansSetBody",
    "BansSetBodyPrivilege",
    "BansSetResponse200",
    "ClusterGetResponse200",
    "CredentialKind",
    "DeliveryOutcome",
    "Entitlement",
    "EntitlementStored",
    "EntitlementsGetResponse200",
    "EntitlementsListOfUserResponse200",
    "EntitlementsListResponse200",
    "EntitlementsReadQuotasResponse200",
    "EntitlementsSetBody",
    "EntitlementsSetOfUserBody",
    "EntitlementsSetOfUserResponse200",
    "EntitlementsSetResponse200",
    "EventsReadResponse200",
    "Instance",
    "InstanceChecks",
    "InstanceService",
    "LoginHook",
    "LoginHookDeleteResponse200",
    "LoginHookGetResponse200",
    "LoginHookOnFailure",
    "LoginHookSetBody",
    "LoginHookSetBodyOnFailure",
    "LoginHookSetResponse200",
    "MediaKind",
    "MediaNode",
    "MediaNodeState",
    "Member",
    "MembersKickBody",
    "MembersKickFromAllBody",
    "MembersKickFromAllResponse200",
    "MembersKickResponse200",
    "MembersListResponse200",
    "MembersListRoomsResponse200",
    "MembersListSessionsResponse200",
    "Message",
    "MessageCategory",
    "MessageKind",
    "MessagesDeleteResponse200",
    "MessagesListResponse200",
    "MessagesSendBody",
    "MessagesSendBodyCategory",
    "MessagesSendBodyKind",
    "MessagesSendResponse201Type0",
    "MessagesSendResponse201Type1",
    "Mutes",
    "MutesMuteMemberBody",
    "MutesMuteStreamBody",
    "Operator",
    "OperatorGrant",
    "OperatorRole",
    "OperatorSession",
    "OperatorsCreateBody",
    "OperatorsCreateResponse201",
    "OperatorsEndSessionResponse200",
    "OperatorsEndSessionsResponse200",
    "OperatorsListResponse200",
    "OperatorsListSessionsResponse200",
    "OperatorsResetFactorsResponse200",
    "OperatorsResetPasswordResponse201",
    "OperatorsSetEnabledBody",
    "OperatorsSetEnabledResponse200",
    "OperatorsSetGrantsBody",
    "OperatorsSetGrantsResponse200",
    "Problem",
    "ProblemDetails",
    "ProblemError",
    "ProblemErrorDetails",
    "ProblemErrorFault",
    "ProblemFault",
    "Quota",
    "QuotaName",
    "RecordedFile",
    "RecordedStream",
    "RecordedStreamFile",
    "Recording",
    "RecordingsEndResponse200",
    "RecordingsListFilesResponse200",
    "RecordingsListResponse200",
    "RevocationsRevokeBody",
    "RevocationsRevokeResponse201",
    "RevocationsRevokeResponse201Revocation",
    "Room",
    "RoomAttribute",
    "RoomSnapshot",
    "RoomStream",
    "RoomStreamKindsItem",
    "RoomsCloseBody",
    "RoomsCloseResponse200",
    "RoomsCreateBody",
    "RoomsCreateResponse200",
    "RoomsGetAttributesResponse200",
    "RoomsGetSettingsResponse200",
    "RoomsListResponse200",
    "RoomsSetAttributesBody",
    "RoomsSetAttributesBodyChangesItem",
    "RoomsSetAttributesResponse200",
    "Secret",
    "SecretState",
    "SecretsAddBody",
    "SecretsAddResponse201",
    "SecretsListResponse200",
    "SecretsPromoteResponse200",
    "SecretsReplaceAppSignBody",
    "SecretsReplaceAppSignResponse200",
    "SecretsRetireResponse200",
    "StreamsListOfRoomResponse200",
    "StreamsListOfUserResponse200",
    "StreamsStopResponse200",
    "TransfersCopyBody",
    "TransfersCopyResponse200",
    "TransfersMoveBody",
    "TransfersMoveResponse200",
    "TransfersShareResponse200",
    "TransfersUnshareResponse200",
    "Usage",
    "UsageGetBy",
    "UsageGetResponse200",
    "UserRoom",
    "UserSession",
    "UserSessionMode",
    "UserSessionState",
    "UserStream",
    "Webhook",
    "WebhookDelivery",
    "WebhookDisabledReason",
    "WebhookFormat",
    "WebhookTypeType1",
    "WebhooksCreateBody",
    "WebhooksCreateBodyFormat",
    "WebhooksCreateResponse201",
    "WebhooksDeleteResponse200",
    "WebhooksDeliveriesResponse200",
    "WebhooksDeliveriesResponse200State",
    "WebhooksListResponse200",
    "WebhooksReplayBody",
    "WebhooksReplayResponse200",
    "WebhooksRetryResponse200",
    "WebhooksRotateBody",
    "WebhooksRotateResponse200",
    "WebhooksTestResponse200",
    "WebhooksUpdateBody",
    "WebhooksUpdateResponse200",
)
