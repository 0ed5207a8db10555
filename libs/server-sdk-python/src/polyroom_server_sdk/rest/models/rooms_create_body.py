from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="RoomsCreateBody")


@_attrs_define
class RoomsCreateBody:
    """
    Attributes:
        keep_ms (int):
        max_member_count (int | Unset):  Default: 0.
    """

    keep_ms: int
    max_member_count: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        keep_ms = self.keep_ms

        max_member_count = self.max_member_count

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "keepMs": keep_ms,
            }
        )
        if max_member_count is not UNSET:
            field_dict["maxMemberCount"] = max_member_count

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        keep_ms = d.pop("keepMs")

        max_member_count = d.pop("maxMemberCount", UNSET)

        rooms_create_body = cls(
            keep_ms=keep_ms,
            max_member_count=max_member_count,
        )

        return rooms_create_body
