from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="Room")


@_attrs_define
class Room:
    """
    Attributes:
        room_id (str):
        room_epoch (str):
        member_count (int):
        stream_count (int):
        max_member_count (int):
        created_at_ms (int):
        keep_until_ms (int | Unset):
    """

    room_id: str
    room_epoch: str
    member_count: int
    stream_count: int
    max_member_count: int
    created_at_ms: int
    keep_until_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        room_id = self.room_id

        room_epoch = self.room_epoch

        member_count = self.member_count

        stream_count = self.stream_count

        max_member_count = self.max_member_count

        created_at_ms = self.created_at_ms

        keep_until_ms = self.keep_until_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "roomId": room_id,
                "roomEpoch": room_epoch,
                "memberCount": member_count,
                "streamCount": stream_count,
                "maxMemberCount": max_member_count,
                "createdAtMs": created_at_ms,
            }
        )
        if keep_until_ms is not UNSET:
            field_dict["keepUntilMs"] = keep_until_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        room_id = d.pop("roomId")

        room_epoch = d.pop("roomEpoch")

        member_count = d.pop("memberCount")

        stream_count = d.pop("streamCount")

        max_member_count = d.pop("maxMemberCount")

        created_at_ms = d.pop("createdAtMs")

        keep_until_ms = d.pop("keepUntilMs", UNSET)

        room = cls(
            room_id=room_id,
            room_epoch=room_epoch,
            member_count=member_count,
            stream_count=stream_count,
            max_member_count=max_member_count,
            created_at_ms=created_at_ms,
            keep_until_ms=keep_until_ms,
        )

        return room
