from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="RoomsSetAttributesBodyChangesItem")


@_attrs_define
class RoomsSetAttributesBodyChangesItem:
    """
    Attributes:
        key (str):
        value (str):
        version (int | Unset):
    """

    key: str
    value: str
    version: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        value = self.value

        version = self.version

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "key": key,
                "value": value,
            }
        )
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        key = d.pop("key")

        value = d.pop("value")

        version = d.pop("version", UNSET)

        rooms_set_attributes_body_changes_item = cls(
            key=key,
            value=value,
            version=version,
        )

        return rooms_set_attributes_body_changes_item
