from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..models.app_event_type import AppEventType, check_app_event_type
from ..models.webhook_format import WebhookFormat, check_webhook_format
from ..models.webhook_type_type_1 import WebhookTypeType1, check_webhook_type_type_1
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhooksUpdateBody")


@_attrs_define
class WebhooksUpdateBody:
    """
    Attributes:
        url (str | Unset):
        format_ (WebhookFormat | Unset):
        types (list[AppEventType | WebhookTypeType1] | Unset):
        room_ids (list[str] | Unset):
        description (str | Unset):
        enabled (bool | Unset):
        secret (str | Unset):
    """

    url: str | Unset = UNSET
    format_: WebhookFormat | Unset = UNSET
    types: list[AppEventType | WebhookTypeType1] | Unset = UNSET
    room_ids: list[str] | Unset = UNSET
    description: str | Unset = UNSET
    enabled: bool | Unset = UNSET
    secret: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        format_: str | Unset = UNSET
        if not isinstance(self.format_, Unset):
            format_ = self.format_

        types: list[str] | Unset = UNSET
        if not isinstance(self.types, Unset):
            types = []
            for types_item_data in self.types:
                types_item: str
                if isinstance(types_item_data, str):
                    types_item = types_item_data
                else:
                    types_item = types_item_data

                types.append(types_item)

        room_ids: list[str] | Unset = UNSET
        if not isinstance(self.room_ids, Unset):
            room_ids = self.room_ids

        description = self.description

        enabled = self.enabled

        secret = self.secret

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if url is not UNSET:
            field_dict["url"] = url
        if format_ is not UNSET:
            field_dict["format"] = format_
        if types is not UNSET:
            field_dict["types"] = types
        if room_ids is not UNSET:
            field_dict["roomIds"] = room_ids
        if description is not UNSET:
            field_dict["description"] = description
        if enabled is not UNSET:
            field_dict["enabled"] = enabled
        if secret is not UNSET:
            field_dict["secret"] = secret

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        url = d.pop("url", UNSET)

        _format_ = d.pop("format", UNSET)
        format_: WebhookFormat | Unset
        if isinstance(_format_, Unset):
            format_ = UNSET
        else:
            format_ = check_webhook_format(_format_)

        _types = d.pop("types", UNSET)
        types: list[AppEventType | WebhookTypeType1] | Unset = UNSET
        if _types is not UNSET:
            types = []
            for types_item_data in _types:

                def _parse_types_item(data: object) -> AppEventType | WebhookTypeType1:
                    try:
                        if not isinstance(data, str):
                            raise TypeError()
                        componentsschemas_webhook_type_type_0 = check_app_event_type(
                            data
                        )

                        return componentsschemas_webhook_type_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    if not isinstance(data, str):
                        raise TypeError()
                    componentsschemas_webhook_type_type_1 = check_webhook_type_type_1(
                        data
                    )

                    return componentsschemas_webhook_type_type_1

                types_item = _parse_types_item(types_item_data)

                types.append(types_item)

        room_ids = cast(list[str], d.pop("roomIds", UNSET))

        description = d.pop("description", UNSET)

        enabled = d.pop("enabled", UNSET)

        secret = d.pop("secret", UNSET)

        webhooks_update_body = cls(
            url=url,
            format_=format_,
            types=types,
            room_ids=room_ids,
            description=description,
            enabled=enabled,
            secret=secret,
        )

        return webhooks_update_body
