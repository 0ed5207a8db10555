from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.app_event_type import AppEventType, check_app_event_type
from ..models.webhook_disabled_reason import (
    WebhookDisabledReason,
    check_webhook_disabled_reason,
)
from ..models.webhook_format import WebhookFormat, check_webhook_format
from ..models.webhook_type_type_1 import WebhookTypeType1, check_webhook_type_type_1
from ..types import UNSET, Unset

T = TypeVar("T", bound="Webhook")


@_attrs_define
class Webhook:
    """
    Attributes:
        endpoint_id (str):
        url (str):
        format_ (WebhookFormat):
        types (list[AppEventType | WebhookTypeType1]):
        room_ids (list[str]):
        description (str):
        enabled (bool):
        created_at_ms (int):
        updated_at_ms (int):
        disabled_reason (WebhookDisabledReason | Unset):
        disabled_at_ms (int | Unset):
        old_secret_valid_until_ms (int | Unset):
    """

    endpoint_id: str
    url: str
    format_: WebhookFormat
    types: list[AppEventType | WebhookTypeType1]
    room_ids: list[str]
    description: str
    enabled: bool
    created_at_ms: int
    updated_at_ms: int
    disabled_reason: WebhookDisabledReason | Unset = UNSET
    disabled_at_ms: int | Unset = UNSET
    old_secret_valid_until_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        endpoint_id = self.endpoint_id

        url = self.url

        format_: str = self.format_

        types = []
        for types_item_data in self.types:
            types_item: str
            if isinstance(types_item_data, str):
                types_item = types_item_data
            else:
                types_item = types_item_data

            types.append(types_item)

        room_ids = self.room_ids

        description = self.description

        enabled = self.enabled

        created_at_ms = self.created_at_ms

        updated_at_ms = self.updated_at_ms

        disabled_reason: str | Unset = UNSET
        if not isinstance(self.disabled_reason, Unset):
            disabled_reason = self.disabled_reason

        disabled_at_ms = self.disabled_at_ms

        old_secret_valid_until_ms = self.old_secret_valid_until_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "endpointId": endpoint_id,
                "url": url,
                "format": format_,
                "types": types,
                "roomIds": room_ids,
                "description": description,
                "enabled": enabled,
                "createdAtMs": created_at_ms,
                "updatedAtMs": updated_at_ms,
            }
        )
        if disabled_reason is not UNSET:
            field_dict["disabledReason"] = disabled_reason
        if disabled_at_ms is not UNSET:
            field_dict["disabledAtMs"] = disabled_at_ms
        if old_secret_valid_until_ms is not UNSET:
            field_dict["oldSecretValidUntilMs"] = old_secret_valid_until_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        endpoint_id = d.pop("endpointId")

        url = d.pop("url")

        format_ = check_webhook_format(d.pop("format"))

        types = []
        _types = d.pop("types")
        for types_item_data in _types:

            def _parse_types_item(data: object) -> AppEventType | WebhookTypeType1:
                try:
                    if not isinstance(data, str):
                        raise TypeError()
                    componentsschemas_webhook_type_type_0 = check_app_event_type(data)

                    return componentsschemas_webhook_type_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_webhook_type_type_1 = check_webhook_type_type_1(data)

                return componentsschemas_webhook_type_type_1

            types_item = _parse_types_item(types_item_data)

            types.append(types_item)

        room_ids = cast(list[str], d.pop("roomIds"))

        description = d.pop("description")

        enabled = d.pop("enabled")

        created_at_ms = d.pop("createdAtMs")

        updated_at_ms = d.pop("updatedAtMs")

        _disabled_reason = d.pop("disabledReason", UNSET)
        disabled_reason: WebhookDisabledReason | Unset
        if isinstance(_disabled_reason, Unset):
            disabled_reason = UNSET
        else:
            disabled_reason = check_webhook_disabled_reason(_disabled_reason)

        disabled_at_ms = d.pop("disabledAtMs", UNSET)

        old_secret_valid_until_ms = d.pop("oldSecretValidUntilMs", UNSET)

        webhook = cls(
            endpoint_id=endpoint_id,
            url=url,
            format_=format_,
            types=types,
            room_ids=room_ids,
            description=description,
            enabled=enabled,
            created_at_ms=created_at_ms,
            updated_at_ms=updated_at_ms,
            disabled_reason=disabled_reason,
            disabled_at_ms=disabled_at_ms,
            old_secret_valid_until_ms=old_secret_valid_until_ms,
        )

        return webhook
