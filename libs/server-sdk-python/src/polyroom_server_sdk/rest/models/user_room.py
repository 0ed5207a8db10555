from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

T = TypeVar("T", bound="UserRoom")


@_attrs_define
class UserRoom:
    """
    Attributes:
        room_id (str):
        session_id (str):
        epoch (int):
    """

    room_id: str
    session_id: str
    epoch: int

    def to_dict(self) -> dict[str, Any]:
        room_id = self.room_id

        session_id = self.session_id

        epoch = self.epoch

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "roomId": room_id,
                "sessionId": session_id,
                "epoch": epoch,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        room_id = d.pop("roomId")

        session_id = d.pop("sessionId")

        epoch = d.pop("epoch")

        user_room = cls(
            room_id=room_id,
            session_id=session_id,
            epoch=epoch,
        )

        return user_room
