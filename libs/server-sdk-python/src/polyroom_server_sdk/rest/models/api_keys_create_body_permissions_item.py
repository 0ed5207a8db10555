from typing import Literal, cast

ApiKeysCreateBodyPermissionsItem = Literal[
    "audit:read",
    "entitlements:read",
    "events:read",
    "messages:delete",
    "messages:read",
    "messages:send",
    "recordings:read",
    "recordings:write",
    "rooms:read",
    "rooms:write",
    "streams:mute",
    "streams:read",
    "streams:share",
    "streams:stop",
    "tokens:revoke",
    "usage:read",
    "users:ban",
    "users:kick",
    "users:move",
    "webhooks:read",
    "webhooks:write",
]


def check_api_keys_create_body_permissions_item(
    value: str,
) -> ApiKeysCreateBodyPermissionsItem:
    return cast(ApiKeysCreateBodyPermissionsItem, value)
