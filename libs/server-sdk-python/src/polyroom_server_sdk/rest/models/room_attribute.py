from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="RoomAttribute")


@_attrs_define
class RoomAttribute:
    """
    Attributes:
        key (str):
        value (str):
        version (int):
        updated_by_user_id (str):
        updated_at_ms (int):
    """

    key: str
    value: str
    version: int
    updated_by_user_id: str
    updated_at_ms: int

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        value = self.value

        version = self.version

        updated_by_user_id = self.updated_by_user_id

        updated_at_ms = self.updated_at_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "key": key,
                "value": value,
                "version": version,
                "updatedByUserId": updated_by_user_id,
                "updatedAtMs": updated_at_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        key = d.pop("key")

        value = d.pop("value")

        version = d.pop("version")

        updated_by_user_id = d.pop("updatedByUserId")

        updated_at_ms = d.pop("updatedAtMs")

        room_attribute = cls(
            key=key,
            value=value,
            version=version,
            updated_by_user_id=updated_by_user_id,
            updated_at_ms=updated_at_ms,
        )

        return room_attribute
