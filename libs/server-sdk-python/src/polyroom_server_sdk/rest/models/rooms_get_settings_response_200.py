from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="RoomsGetSettingsResponse200")


@_attrs_define
class RoomsGetSettingsResponse200:
    """
    Attributes:
        max_member_count (int):
        keep_until_ms (int | Unset):
    """

    max_member_count: int
    keep_until_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        max_member_count = self.max_member_count

        keep_until_ms = self.keep_until_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "maxMemberCount": max_member_count,
            }
        )
        if keep_until_ms is not UNSET:
            field_dict["keepUntilMs"] = keep_until_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        max_member_count = d.pop("maxMemberCount")

        keep_until_ms = d.pop("keepUntilMs", UNSET)

        rooms_get_settings_response_200 = cls(
            max_member_count=max_member_count,
            keep_until_ms=keep_until_ms,
        )

        return rooms_get_settings_response_200
