from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="RoomsCloseResponse200")


@_attrs_define
class RoomsCloseResponse200:
    """
    Attributes:
        members (int):
    """

    members: int

    def to_dict(self) -> dict[str, Any]:
        members = self.members

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "members": members,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        members = d.pop("members")

        rooms_close_response_200 = cls(
            members=members,
        )

        return rooms_close_response_200
