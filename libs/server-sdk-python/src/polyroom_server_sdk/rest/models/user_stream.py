from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="UserStream")


@_attrs_define
class UserStream:
    """
    Attributes:
        stream_id (str):
        session_id (str):
        room_ids (list[str]):
        channel (int | Unset):
    """

    stream_id: str
    session_id: str
    room_ids: list[str]
    channel: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        stream_id = self.stream_id

        session_id = self.session_id

        room_ids = self.room_ids

        channel = self.channel

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "streamId": stream_id,
                "sessionId": session_id,
                "roomIds": room_ids,
            }
        )
        if channel is not UNSET:
            field_dict["channel"] = channel

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        stream_id = d.pop("streamId")

        session_id = d.pop("sessionId")

        room_ids = cast(list[str], d.pop("roomIds"))

        channel = d.pop("channel", UNSET)

        user_stream = cls(
            stream_id=stream_id,
            session_id=session_id,
            room_ids=room_ids,
            channel=channel,
        )

        return user_stream
