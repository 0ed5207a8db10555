from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="MembersKickResponse200")


@_attrs_define
class MembersKickResponse200:
    """
    Attributes:
        room_ids (list[str]):
    """

    room_ids: list[str]

    def to_dict(self) -> dict[str, Any]:
        room_ids = self.room_ids

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "roomIds": room_ids,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        room_ids = cast(list[str], d.pop("roomIds"))

        members_kick_response_200 = cls(
            room_ids=room_ids,
        )

        return members_kick_response_200
