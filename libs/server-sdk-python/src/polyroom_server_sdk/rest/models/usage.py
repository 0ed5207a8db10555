from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from typing_extensions import Self

from ..types import UNSET, Unset

T = TypeVar("T", bound="Usage")


@_attrs_define
class Usage:
    """
    Attributes:
        session_minutes (float):
        member_minutes (float):
        messages (int):
        message_bytes (int):
        sent_bytes (int):
        received_bytes (int):
        room_id (str | Unset):
        user_id (str | Unset):
        from_ms (int | Unset):
    """

    session_minutes: float
    member_minutes: float
    messages: int
    message_bytes: int
    sent_bytes: int
    received_bytes: int
    room_id: str | Unset = UNSET
    user_id: str | Unset = UNSET
    from_ms: int | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        session_minutes = self.session_minutes

        member_minutes = self.member_minutes

        messages = self.messages

        message_bytes = self.message_bytes

        sent_bytes = self.sent_bytes

        received_bytes = self.received_bytes

        room_id = self.room_id

        user_id = self.user_id

        from_ms = self.from_ms

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "sessionMinutes": session_minutes,
                "memberMinutes": member_minutes,
                "messages": messages,
                "messageBytes": message_bytes,
                "sentBytes": sent_bytes,
                "receivedBytes": received_bytes,
            }
        )
        if room_id is not UNSET:
            field_dict["roomId"] = room_id
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if from_ms is not UNSET:
            field_dict["fromMs"] = from_ms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        session_minutes = d.pop("sessionMinutes")

        member_minutes = d.pop("memberMinutes")

        messages = d.pop("messages")

        message_bytes = d.pop("messageBytes")

        sent_bytes = d.pop("sentBytes")

        received_bytes = d.pop("receivedBytes")

        room_id = d.pop("roomId", UNSET)

        user_id = d.pop("userId", UNSET)

        from_ms = d.pop("fromMs", UNSET)

        usage = cls(
            session_minutes=session_minutes,
            member_minutes=member_minutes,
            messages=messages,
            message_bytes=message_bytes,
            sent_bytes=sent_bytes,
            received_bytes=received_bytes,
            room_id=room_id,
            user_id=user_id,
            from_ms=from_ms,
        )

        return usage
